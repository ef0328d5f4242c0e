using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class MetricDenominatorTests
{
    private const string Id = "TL0412";

    [Fact]
    public Task Names_the_division_and_points_at_the_sum() => Verifier.Warns(Id, """
        double total = 0;
        long count = 0;
        foreach (var (x, y) in data)
        {
            var loss = functional.mse_loss(model.forward(x), y);
            {|#0:total += loss.item<float>()|};
            count += x.shape[0];
        }
        Console.WriteLine([|total / count|]);
        """, "'total / count' divides a sum of batch means by the number of samples, so the figure is too small by the batch size: divide by the number of batches", [[0]]);

    [Theory]
    [InlineData("total += loss.ToSingle();", "count += y.size(0);", "[|total / count|]")]
    [InlineData("total = total + loss.item<float>();", "count += x.shape[0];", "[|total / count|]")]
    [InlineData("total += loss.cpu().item<float>();", "count += (int)x.shape[0];", "[|total / (float)count|]")]
    [InlineData("total += loss.detach().ToDouble();", "var n = x.shape[0]; count += n;", "[|(float)total / count|]")]
    [InlineData("var value = loss.item<float>(); total += value;", "count += x.shape[0];", "$\"{[|total / count|]:F4}\"")]
    [InlineData("total += (double)loss.ToSingle();", "count += x.shape[0];", "[|total /= count|]")]
    public Task Warns_for_every_way_of_writing_it(string sum, string counter, string division) => Verifier.Warns(Id, $$"""
        double total = 0;
        long count = 0;
        foreach (var (x, y) in data)
        {
            var loss = functional.cross_entropy(model.forward(x), y);
            {{sum}}
            {{counter}}
        }
        Console.WriteLine({{division}});
        """);

    private const string Loaded = """
        public sealed class Digits : torch.utils.data.Dataset
        {
            public override long Count => 1000;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4), ["y"] = zeros(1) };
        }

        """;

    [Fact]
    public Task Warns_where_the_number_of_samples_is_that_of_the_dataset() => Verifier.Warns(Id, Loaded + """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 3);
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public void Validate()
            {
                var digits = new Digits();
                using var loader = new DataLoader(digits, 32);
                var total = 0.0f;
                net.eval();
                foreach (var batch in loader)
                {
                    using var scope = NewDisposeScope();
                    total += criterion.forward(net.forward(batch["x"]), batch["y"]).ToSingle();
                }

                [|total /= digits.Count|];
                Console.WriteLine(total);
            }
        }
        """);

    [Fact]
    public Task Warns_where_loss_and_size_are_handed_in() => Verifier.Warns(Id, Loaded + """
        public static class Program
        {
            public static void Run()
            {
                var net = Linear(4, 3);
                var digits = new Digits();
                using var loader = new DataLoader(digits, 32, shuffle: false);
                var size = (int)digits.Count;
                Test(net, CrossEntropyLoss(), loader, size);
                Test(net, NLLLoss(), loader, (int)digits.Count);
            }

            private static void Test(Module<Tensor, Tensor> model, Loss<Tensor, Tensor, Tensor> loss, DataLoader loader, int size)
            {
                model.eval();
                double testLoss = 0;
                foreach (var batch in loader)
                {
                    var output = loss.forward(model.forward(batch["x"]), batch["y"]);
                    testLoss += output.ToSingle();
                }

                Console.WriteLine($"average loss {([|testLoss / size|]):F4}");
            }
        }
        """);

    [Fact]
    public Task Warns_where_sums_are_divided_by_the_number_of_batches() => Verifier.Warns(Id, Loaded + """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly NLLLoss criterion = NLLLoss(reduction: Reduction.Sum);

            public void Validate(DataLoader loader)
            {
                double total = 0, hits = 0;
                int batches = 0;
                net.eval();
                foreach (var batch in loader)
                {
                    var output = net.forward(batch["x"]);
                    {|#0:total += criterion.forward(output, batch["y"]).item<float>()|};
                    {|#1:hits += output.argmax(1).eq(batch["y"]).sum().ToInt32()|};
                    batches++;
                }

                Console.WriteLine([|total / loader.Count|]);
                Console.WriteLine(100 * ([|hits / batches|]));
            }
        }
        """, null, [[0], [1]]);

    [Fact]
    public Task Warns_where_a_mean_is_divided_by_the_batch_size() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var loss = functional.cross_entropy(model.forward(x), y);
            var value = loss.ToSingle();
            Console.WriteLine([|value / y.size(0)|]);
            Console.WriteLine([|loss.item<float>() / x.shape[0]|]);
        }
        """);

    [Fact]
    public Task Warns_where_the_sum_is_set_anew_for_every_batch() => Verifier.Warns(Id, """
        double total = 0;
        int batches = 0;
        foreach (var (x, y) in data)
        {
            var loss = functional.cross_entropy(model.forward(x), y);
            [|total = loss.item<float>()|];
            batches++;
        }
        Console.WriteLine(total / batches);
        """, "'total = loss.item<float>()' sets the figure anew for every batch, so only the last batch counts in the average: write += instead of =");

    [Fact]
    public Task Warns_where_the_counter_is_used_again_for_the_test() => Verifier.Warns(Id, """
        long count = 0;
        for (var epoch = 0; epoch < 3; epoch++)
        {
            float total = 0;
            count = 0;
            foreach (var (x, y) in data)
            {
                var loss = functional.nll_loss(model.forward(x), y);
                loss.backward();
                total += loss.ToSingle();
                count += y.size(0);
            }
            Console.WriteLine("{0} {1}", epoch + 1, [|total / count|]);
        }
        count = 0;
        foreach (var (x, y) in data) count += y.size(0);
        """);

    [Fact]
    public Task Warns_where_a_counter_is_handed_on_by_reference() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public float Validate(List<Tensor> rows)
            {
                net.eval();
                var correct = 0;
                var count = 0;
                var more = true;
                while (more)
                {
                    more = Step(rows, ref correct, ref count);
                }

                return correct / (float)count;
            }

            private bool Step(List<Tensor> rows, ref int correct, ref int count)
            {
                using (no_grad())
                {
                    correct += net.forward(torch.stack(rows)).argmax(1).eq(0).sum().ToInt32();
                    [|count = rows.Count|];
                }

                return rows.Count > 0;
            }
        }
        """, "'count = rows.Count' sets the count anew for every batch, so only the last batch counts in the average: write += instead of =");

    [Theory]
    [InlineData("total = loss.item<float>() * x.shape[0]", "count += x.shape[0];", "Math.Sqrt(total / count)")]
    [InlineData("total = scores.argmax(1).eq(y).sum().ToDouble()", "count += y.size(0);", "total / count")]
    [InlineData("total = (scores - y).pow(2).sum().ToDouble()", "count++;", "total / (double)count")]
    [InlineData("total = 100 * scores.argmax(1).eq(y).to(ScalarType.Float32).mean().ToDouble()", "", "total / data.Count()")]
    [InlineData("total = Distance(scores, y).ToDouble()", "count += y.shape[0];", "total / count")]
    public Task Warns_where_what_is_made_of_a_batch_is_set_anew_and_divided_by_a_count(string set, string counter, string average) => Verifier.Warns(Id, $$"""
        var (total, count) = (0.0, 0L);
        foreach (var (x, y) in data)
        {
            var scores = model.forward(x);
            var loss = functional.cross_entropy(scores, y);
            [|{{set}}|];
            {{counter}}
        }
        Console.WriteLine({{average}});

        static Tensor Distance(Tensor a, Tensor b) => (a - b).abs().sum();
        """);

    [Fact]
    public Task Warns_where_the_average_so_far_holds_the_last_batch_alone() => Verifier.Warns(Id, """
        var (right, seen, index) = (0.0, 0L, 0);
        foreach (var (x, y) in data)
        {
            [|right = model.forward(x).argmax(1).eq(y).sum().ToDouble()|];
            seen += y.size(0);
            if (++index % 100 == 0)
            {
                Console.WriteLine(right / seen);
                (right, seen) = (0, 0);
            }
        }
        """);

    [Theory]
    [InlineData("total = sum.ToDouble();", "count++;", "total / count")]
    [InlineData("total = Running(loss).ToDouble();", "count++;", "total / count")]
    [InlineData("total = loss.ToDouble() + before; before = before + loss.ToDouble();", "count++;", "total / count")]
    [InlineData("total = scores.argmax(1).eq(y).sum().ToDouble();", "count = y.shape[0];", "total / count")]
    [InlineData("total = scores.argmax(1).eq(y).sum().ToDouble();", "count++;", "total / 32")]
    [InlineData("total = scores.argmax(1).eq(y).sum().ToDouble(); Console.WriteLine(total / y.shape[0]);", "count++;", "count")]
    [InlineData("total = scores.argmax(1).eq(y).sum().ToDouble(); Console.WriteLine(total / rows);", "rows = 0;", "rows")]
    public Task Silent_where_the_figure_is_carried_on_or_is_that_of_one_batch(string set, string counter, string average) => Verifier.Silent(Id, $$"""
        var (total, count, rows, before) = (0.0, 0L, 0L, 0.0);
        Tensor sum = zeros(1);
        Tensor Running(Tensor loss) => sum = sum + loss;
        foreach (var (x, y) in data)
        {
            var scores = model.forward(x);
            var loss = functional.cross_entropy(scores, y);
            sum = sum + loss.detach();
            rows += y.shape[0];
            {{set}}
            {{counter}}
        }
        Console.WriteLine({{average}});
        """);

    [Fact]
    public Task Warns_where_a_helper_runs_the_batch() => Verifier.Warns(Id, Loaded + """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Run(DataLoader loader)
            {
                using var criterion = CrossEntropyLoss();
                var total = 0.0;
                foreach (var batch in loader) {|#0:total += Step(criterion, batch)|};
                Console.WriteLine([|total / loader.dataset.Count|]);
                Console.WriteLine(total / loader.Count);
            }

            private double Step(CrossEntropyLoss criterion, Dictionary<string, Tensor> batch)
            {
                optimizer.zero_grad();
                var loss = criterion.forward(net.forward(batch["x"]), batch["y"]);
                loss.backward();
                optimizer.step();
                return loss.ToDouble();
            }

            public double Validate(DataLoader loader)
            {
                var total = 0.0;
                foreach (var batch in loader) {|#1:total += Both(net.forward(batch["x"]), batch["y"]).ToDouble()|};
                return [|total / loader.dataset.Count|];
            }

            public double Ratio(DataLoader loader)
            {
                var total = 0.0;
                foreach (var batch in loader)
                {
                    var error = functional.mse_loss(net.forward(batch["x"]), batch["y"]).ToDouble();
                    {|#2:total += -10 * Math.Log10(error)|};
                }

                return [|total / loader.dataset.Count|];
            }

            private static Tensor Both(Tensor scores, Tensor y) => 0.5 * functional.binary_cross_entropy_with_logits(scores, y) + Overlap(scores, y);

            private static Tensor Overlap(Tensor scores, Tensor y) => (1 - (scores * y).sum(1)).mean();
        }
        """, null, [[0], [1], [2]]);

    [Fact]
    public Task Silent_where_a_helper_sums_or_may_do_either() => Verifier.Silent(Id, Loaded + """
        public abstract class Trainer(Module<Tensor, Tensor> net)
        {
            private const int BatchSize = 32;

            protected abstract Tensor Loss(Tensor scores, Tensor y);

            public double Validate(DataLoader loader)
            {
                double total = 0, sum = 0, scaled = 0, either = 0;
                foreach (var batch in loader)
                {
                    total += Sum(batch);
                    sum += Loss(net.forward(batch["x"]), batch["y"]).ToDouble();
                    scaled += BatchSize * functional.mse_loss(net.forward(batch["x"]), batch["y"]).ToDouble();
                    either += Either(batch, total);
                }

                return total / loader.dataset.Count + sum / loader.dataset.Count + scaled / loader.dataset.Count + either / loader.dataset.Count;
            }

            private double Sum(Dictionary<string, Tensor> batch) => functional.mse_loss(net.forward(batch["x"]), batch["y"], reduction: Reduction.Sum).ToDouble();

            private double Either(Dictionary<string, Tensor> batch, double total)
            {
                var loss = functional.mse_loss(net.forward(batch["x"]), batch["y"]).ToDouble();
                if (total > 1) return loss * batch["x"].shape[0];
                return loss;
            }
        }

        public sealed class Means(Module<Tensor, Tensor> net) : Trainer(net)
        {
            protected override Tensor Loss(Tensor scores, Tensor y) => functional.mse_loss(scores, y);
        }

        public sealed class Sums(Module<Tensor, Tensor> net) : Trainer(net)
        {
            protected override Tensor Loss(Tensor scores, Tensor y) => functional.mse_loss(scores, y, reduction: Reduction.Sum);
        }

        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                using var loader = new DataLoader(new Digits(), 1, shuffle: false);
                Console.WriteLine(Ratio(net, loader));
            }

            private static double Ratio(Module<Tensor, Tensor> net, DataLoader loader)
            {
                var total = 0.0;
                foreach (var batch in loader) total += -10 * Math.Log10(functional.mse_loss(net.forward(batch["x"]), batch["y"]).ToDouble());
                return total / loader.dataset.Count;
            }
        }
        """);

    [Fact]
    public Task Suggests_where_the_last_loss_is_returned() => Verifier.Warns(Id, """
        public static class Training
        {
            public static float Train(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer, DataLoader loader)
            {
                var epochLoss = 0.0f;
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(net.forward(batch["x"]), batch["y"]);
                    [|epochLoss = loss.ToSingle()|];
                    loss.backward();
                    optimizer.step();
                }

                return epochLoss;
            }
        }
        """, "'epochLoss' is set anew by every batch, so what is returned is the loss of the last batch alone: add up with += and divide by the number of batches",
        options: new() { Severity = DiagnosticSeverity.Info });

    [Theory]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "total += loss.item<float>() * x.shape[0];", "count += x.shape[0];")]
    [InlineData("functional.cross_entropy(model.forward(x), y) * x.shape[0]", "total += loss.item<float>();", "count += x.shape[0];")]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum)", "total += loss.item<float>();", "count += x.shape[0];")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "total += loss.item<float>();", "count++;")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "total += loss.item<float>();", "count += 1;")]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: y.numel() > 1 ? Reduction.Sum : Reduction.Mean)", "total += loss.item<float>();", "count += x.shape[0];")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "total += loss.item<float>(); total += 1;", "count += x.shape[0];")]
    [InlineData("model.forward(x).argmax(1).eq(y)", "total += loss.sum().item<long>();", "count += x.shape[0];")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "if (count > 3) total = loss.item<float>();", "count += 1;")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "total = 0.9 * total + 0.1 * loss.item<float>();", "count += x.shape[0];")]
    public Task Silent_where_sum_and_divisor_belong_together(string loss, string sum, string counter) => Verifier.Silent(Id, $$"""
        double total = 0;
        long count = 0;
        foreach (var (x, y) in data)
        {
            var loss = {{loss}};
            {{sum}}
            {{counter}}
        }
        Console.WriteLine(total / count);
        """);

    [Fact]
    public Task Silent_on_the_pairs_that_belong_together() => Verifier.Silent(Id, Loaded + """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                var digits = new Digits();
                using var loader = new DataLoader(digits, 32, shuffle: false);
                using var single = new DataLoader(digits, batchSize: 1, shuffle: false);
                Test(net, NLLLoss(reduction: Reduction.Sum), loader, (int)digits.Count);

                double means = 0, correct = 0, singles = 0;
                foreach (var batch in loader)
                {
                    means += functional.cross_entropy(net.forward(batch["x"]), batch["y"]).item<float>();
                    correct += net.forward(batch["x"]).argmax(1).eq(batch["y"]).sum().item<long>();
                }

                foreach (var batch in single) singles += functional.cross_entropy(net.forward(batch["x"]), batch["y"]).item<float>();
                Console.WriteLine(means / loader.Count + correct / digits.Count + singles / digits.Count);

                double samples = 0;
                for (var i = 0; i < digits.Count; i++)
                {
                    var row = digits.GetTensor(i);
                    samples += functional.mse_loss(net.forward(row["x"]), row["y"]).item<float>();
                }

                Console.WriteLine(samples / digits.Count);
            }

            private static void Test(Module<Tensor, Tensor> model, Loss<Tensor, Tensor, Tensor> loss, DataLoader loader, int size)
            {
                model.eval();
                double testLoss = 0;
                foreach (var batch in loader)
                {
                    var output = loss.forward(model.forward(batch["x"]), batch["y"]);
                    testLoss += output.ToSingle();
                }

                Console.WriteLine(testLoss / size);
            }
        }
        """);

    [Fact]
    public Task Silent_where_callers_hand_in_different_losses() => Verifier.Silent(Id, Loaded + """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, DataLoader loader)
            {
                var digits = new Digits();
                Test(net, NLLLoss(reduction: Reduction.Sum), loader, (int)digits.Count);
                Test(net, NLLLoss(), loader, (int)loader.Count);
            }

            private static void Test(Module<Tensor, Tensor> model, Loss<Tensor, Tensor, Tensor> loss, DataLoader loader, int size)
            {
                model.eval();
                double total = 0;
                foreach (var batch in loader) total += loss.forward(model.forward(batch["x"]), batch["y"]).ToSingle();
                Console.WriteLine(total / size);
            }
        }
        """);

    [Fact]
    public Task Silent_where_the_last_value_is_wanted() => Verifier.Silent(Id, """
        public static class Training
        {
            public static float Train(Module<Tensor, Tensor> net, DataLoader loader)
            {
                var lastLoss = 0.0f;
                var shown = 0.0f;
                var first = 0.0f;
                foreach (var batch in loader)
                {
                    var loss = functional.mse_loss(net.forward(batch["x"]), batch["y"]);
                    lastLoss = loss.ToSingle();
                    shown = loss.ToSingle();
                    Console.WriteLine(shown);
                }

                foreach (var batch in loader)
                {
                    first = functional.mse_loss(net.forward(batch["x"]), batch["y"]).ToSingle();
                    break;
                }

                if (first > 1) return first;
                return lastLoss;
            }
        }
        """);

    [Fact]
    public Task Names_the_entry_that_is_never_filled() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var steps = 10;
        var losses = new float[steps];
        for (var i = 0; i < steps - 1; i++)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            {|#0:losses[i] = loss.item<float>()|};
        }
        Console.WriteLine([|losses.Average()|]);
        """, "'losses.Average()' counts the last entry of 'losses' as well, which the loop never fills, so the figure is too small", [[0]]);

    [Theory]
    [InlineData("zeros(steps)", "0; i < steps - 1", "i", "losses.mean()")]
    [InlineData("zeros(steps + 1)", "0; i < steps", "i", "losses.mean()")]
    [InlineData("zeros(steps)", "1; i < steps", "i", "losses.mean()")]
    [InlineData("zeros(21)", "0; i < 20", "i", "losses.mean()")]
    [InlineData("new double[steps + 1]", "1; i <= steps", "i", "losses.Average()")]
    [InlineData("new double[steps + 2]", "0; i <= steps", "(i)", "(losses.Sum() / losses.Length)")]
    [InlineData("new double[steps + 1]", "1; i < steps", "i - 1", "losses.Average()")]
    public Task Warns_for_every_end_that_is_left_out(string made, string range, string index, string average)
    {
        var item = made.StartsWith("new", StringComparison.Ordinal) ? "loss.item<float>()" : "loss.detach()";
        return Verifier.Warns(Id, $$"""
            var (x, y) = data.First();
            const int steps = 10;
            var losses = {{made}};
            for (var i = {{range}}; i++)
            {
                optimizer.zero_grad();
                var loss = functional.mse_loss(model.forward(x), y);
                loss.backward();
                optimizer.step();
                losses[{{index}}] = {{item}};
            }
            var average = {{(average.StartsWith('(') ? "[|" + average[1..^1] + "|]" : "[|" + average + "|]")}};
            """);
    }

    [Theory]
    [InlineData("new float[steps]", "0; i < steps", "i", "losses.Average()")]
    [InlineData("new float[steps]", "1; i <= steps", "i - 1", "losses.Average()")]
    [InlineData("new float[steps + 1]", "1; i <= steps", "i", "losses.Skip(1).Average()")]
    [InlineData("new float[steps]", "0; i < rounds", "i", "losses.Average()")]
    [InlineData("new float[steps + 1]", "0; i < steps", "i", "Fill(losses)")]
    [InlineData("new float[steps + 1]", "0; i < steps", "i", "(losses[steps] = 1) + losses.Average()")]
    [InlineData("new float[steps + 1]", "0; i < steps++", "i", "losses.Average()")]
    [InlineData("new float[steps + 1]", "0; i < steps", "i", "losses.Max()")]
    public Task Silent_where_every_entry_may_be_filled(string made, string range, string index, string average) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var (steps, rounds) = (10, 9);
        float Fill(float[] values) => values.Average();
        var losses = {{made}};
        for (var i = {{range}}; i++)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            losses[{{index}}] = loss.item<float>();
        }
        var average = {{average}};
        """);
}
