using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class LossTensorAccumulatedTests
{
    private const string Id = "TL1102";

    private static readonly VerifyOptions Mild = new() { Severity = DiagnosticSeverity.Info };

    [Fact]
    public Task Names_the_sum_of_an_evaluation() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(2, 1);
        var data = new List<(Tensor, Tensor)>();
        var total = zeros(1);
        net.eval();
        foreach (var (x, y) in data)
        {
            var loss = nn.functional.mse_loss(net.forward(x), y);
            [|total += loss|];
        }

        Console.WriteLine(total.item<float>());
        """, "'total += loss' keeps the whole graph behind 'loss' in memory, round after round, because no backward() frees it: take its number with loss.item<float>()");

    [Fact]
    public Task Sums_the_numbers() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var data = new List<(Tensor, Tensor)>();
        Tensor total = 0; // of all batches
        foreach (var (x, y) in data)
            [|total += nn.functional.mse_loss(net.forward(x), y)|];
        Console.WriteLine($"{(total / data.Count).item<float>():F3}");
        """, """
        // top-level
        var net = Linear(2, 1);
        var data = new List<(Tensor, Tensor)>();
        float total = 0f; // of all batches
        foreach (var (x, y) in data)
            total += nn.functional.mse_loss(net.forward(x), y).item<float>();
        Console.WriteLine($"{(total / data.Count):F3}");
        """);

    [Fact]
    public Task Cuts_the_graph_off_where_a_tensor_is_wanted() => Verifier.Fix(Id, """
        public sealed class Evaluation(Module<Tensor, Tensor> net)
        {
            private float Run(List<(Tensor, Tensor)> data)
            {
                var losses = new List<Tensor>();
                var sum = zeros(1).to(ScalarType.Float32);
                foreach (var (x, y) in data)
                {
                    var loss = nn.functional.mse_loss(net.forward(x), y);
                    [|losses.Add(loss)|];
                    [|sum = sum + loss|];
                }

                return losses.Average(l => l.item<float>()) + sum.item<float>();
            }

            public static void Main() => Console.WriteLine(new Evaluation(Linear(2, 1)).Run([]));
        }
        """, """
        public sealed class Evaluation(Module<Tensor, Tensor> net)
        {
            private float Run(List<(Tensor, Tensor)> data)
            {
                var losses = new List<Tensor>();
                var sum = zeros(1).to(ScalarType.Float32);
                foreach (var (x, y) in data)
                {
                    var loss = nn.functional.mse_loss(net.forward(x), y);
                    losses.Add(loss.detach());
                    sum = sum + loss.detach();
                }

                return losses.Average(l => l.item<float>()) + sum.item<float>();
            }

            public static void Main() => Console.WriteLine(new Evaluation(Linear(2, 1)).Run([]));
        }
        """);

    [Fact]
    public Task Warns_where_the_scope_of_the_round_takes_the_sum_along() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var total = torch.zeros(1);
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                [|total += loss|];
            }

            Console.WriteLine(total.ToSingle());
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var total = 0f;
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                total += loss.ToSingle();
            }

            Console.WriteLine(total);
        }
        """, new VerifyOptions { Message = "'total += loss' adds to a tensor that the dispose scope of the round before has disposed, so the second round throws: take the number of 'loss' with loss.item<float>()" });

    [Fact]
    public Task Lets_a_sum_leave_the_scope_that_is_no_plain_local() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            private Tensor total = zeros(1);

            public float Epoch(List<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using var scope = NewDisposeScope();
                    sgd.zero_grad();
                    var loss = nn.functional.mse_loss(net.forward(x), y);
                    loss.backward();
                    sgd.step();
                    [|total += loss|];
                }

                return total.item<float>();
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            private Tensor total = zeros(1);

            public float Epoch(List<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using var scope = NewDisposeScope();
                    sgd.zero_grad();
                    var loss = nn.functional.mse_loss(net.forward(x), y);
                    loss.backward();
                    sgd.step();
                    total = (total + loss).MoveToOuterDisposeScope();
                }

                return total.item<float>();
            }
        }
        """);

    [Fact]
    public Task Suggests_the_number_after_backward() => Verifier.Fix(Id, """
        Tensor total = zeros(1);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            [|total += loss|];
        }

        Console.WriteLine(total.item<float>());
        """, """
        float total = 0f;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            total += loss.item<float>();
        }

        Console.WriteLine(total);
        """, Mild with { Message = "'total += loss' keeps the tensor 'loss' of every round, though only its number is wanted: take it with loss.item<float>()" });

    [Theory]
    [InlineData("total += loss.detach();")]
    [InlineData("number += loss.item<float>();")]
    [InlineData("number += (float)loss;")]
    [InlineData("number += loss.ToSingle();")]
    [InlineData("total.add_(loss.detach());")]
    [InlineData("using (no_grad()) total += loss.detach();")]
    [InlineData("total = loss;")]
    public Task Silent_when_the_number_is_taken(string code) => Verifier.Silent(Id, $$"""
        Tensor total = zeros(1);
        var number = 0f;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            {{code}}
        }

        Console.WriteLine(total.item<float>() + number);
        """);

    [Fact]
    public Task Silent_when_backward_is_called_on_the_sum() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            Tensor total = 0;
            var parts = new List<Tensor>();
            foreach (var part in x.unbind(0))
            {
                var loss = criterion.forward(model.forward(part), y);
                total += loss;
                parts.Add(loss);
            }

            total.backward();
            stack(parts).mean().backward();
            optimizer.step();
            Console.WriteLine(total.item<float>());
        }
        """);

    [Fact]
    public Task Silent_when_the_sum_is_returned_or_reset() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private Tensor Total(List<(Tensor, Tensor)> data)
            {
                Tensor total = zeros(1);
                foreach (var (x, y) in data)
                    total += nn.functional.mse_loss(net.forward(x), y);
                return total / data.Count;
            }

            private void Windows(List<(Tensor, Tensor)> data)
            {
                Tensor window = zeros(1);
                for (var i = 0; i < data.Count; i++)
                {
                    window += nn.functional.mse_loss(net.forward(data[i].Item1), data[i].Item2);
                    if (i % 10 != 9) continue;
                    Console.WriteLine(window.item<float>());
                    window = zeros(1);
                }
            }

            public static void Main()
            {
                var trainer = new Trainer(Linear(2, 1));
                trainer.Windows([]);
                Console.WriteLine(trainer.Total([]).item<float>());
            }
        }
        """);

    [Fact]
    public Task Silent_without_gradients() => Verifier.Silent(Id, """
        public sealed class Evaluation(Module<Tensor, Tensor> net)
        {
            public void Run(List<(Tensor, Tensor)> data)
            {
                using (no_grad())
                    Console.WriteLine(Sum(data));
                using var _ = inference_mode();
                Tensor total = zeros(1);
                foreach (var (x, y) in data)
                    total += nn.functional.mse_loss(net.forward(x), y);
                Console.WriteLine(total.item<float>());
            }

            private float Sum(List<(Tensor, Tensor)> data)
            {
                Tensor total = zeros(1);
                foreach (var (x, y) in data)
                    total += nn.functional.mse_loss(net.forward(x), y);
                return total.item<float>();
            }
        }

        public static class Library
        {
            public static float Sum(Module<Tensor, Tensor> net, List<(Tensor, Tensor)> data)
            {
                Tensor total = zeros(1);
                foreach (var (x, y) in data)
                    total += nn.functional.mse_loss(net.forward(x), y);
                return total.item<float>();
            }
        }
        """);

    [Theory]
    [InlineData("[|total += loss|];", "scope.DisposeEverything();", true)]
    [InlineData("total += loss.item<float>();", "scope.DisposeEverything();", false)]
    [InlineData("total += loss;", "scope.DisposeEverythingBut(total);", false)]
    public Task Sums_that_an_emptied_scope_takes_along(string sum, string empty, bool warns)
    {
        var source = $$"""
            var total = zeros(1);
            using (var scope = NewDisposeScope())
            using (no_grad())
            {
                foreach (var (x, y) in data)
                {
                    var loss = criterion.forward(model.forward(x), y);
                    {{sum}}
                    {{empty}}
                }
            }

            Console.WriteLine(total.item<float>());
            """;
        return warns ? Verifier.Warns(Id, source) : Verifier.Silent(Id, source);
    }
}
