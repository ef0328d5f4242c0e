using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class SummedLossTests
{
    private const string Id = "TL0411";

    [Fact]
    public Task Names_the_loss() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = [|functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum)|];
            loss.backward();
            optimizer.step();
        }
        """, "'functional.cross_entropy(…)' sums the loss over the batch, so each training step grows with the batch size: take the mean, or divide by the number of rows");

    [Fact]
    public Task Fixes_every_kind_of_sum() => Verifier.Fix(Id, """
        var summed = MSELoss(Reduction.Sum); // adds up
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            [|summed.forward(model.forward(x), y)|].backward();
            [|functional.l1_loss(model.forward(x), y, reduction: Reduction.Sum)|].backward();
            [|(model.forward(x) - y).pow(2).sum()|].backward();
            var loss = [|functional.mse_loss(model.forward(x), y, Reduction.None).sum()|];
            loss.backward();
            optimizer.step();
        }
        """, """
        var summed = MSELoss(Reduction.Mean); // adds up
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            summed.forward(model.forward(x), y).backward();
            functional.l1_loss(model.forward(x), y, reduction: Reduction.Mean).backward();
            (model.forward(x) - y).pow(2).mean().backward();
            var loss = functional.mse_loss(model.forward(x), y, Reduction.None).mean();
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_in_a_class_with_a_field() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            private readonly NLLLoss criterion = NLLLoss(reduction: Reduction.Sum);

            public void Fit(DataLoader loader)
            {
                foreach (var batch in loader)
                    Learn(batch["x"], batch["y"]);
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    var loss = [|criterion.forward(net.forward(batch["x"]), batch["y"])|];
                    loss.backward();
                    optimizer.step();
                }
            }

            private void Learn(Tensor x, Tensor y) => net.forward(x);
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            private readonly NLLLoss criterion = NLLLoss(reduction: Reduction.Mean);

            public void Fit(DataLoader loader)
            {
                foreach (var batch in loader)
                    Learn(batch["x"], batch["y"]);
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    var loss = criterion.forward(net.forward(batch["x"]), batch["y"]);
                    loss.backward();
                    optimizer.step();
                }
            }

            private void Learn(Tensor x, Tensor y) => net.forward(x);
        }
        """);

    [Theory]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum) / x.shape[0]")]
    [InlineData("functional.cross_entropy(model.forward(x), y)")]
    [InlineData("functional.mse_loss(model.forward(x), y, Reduction.None).mean()")]
    [InlineData("functional.binary_cross_entropy(model.forward(x), y, reduction: Reduction.Sum) + model.forward(y).pow(2).sum()")]
    [InlineData("-(model.forward(x).log_softmax(1) * y).sum()")]
    [InlineData("functional.kl_div(model.forward(x).log_softmax(1), y, reduction: Reduction.Sum)")]
    [InlineData("(x - y).pow(2).sum()")]
    [InlineData("functional.mse_loss(model.forward(x), y, Reduction.Sum).div(x.shape[0])")]
    public Task Silent_on_means_and_on_sums_of_another_kind(string loss) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = {{loss}};
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_in_evaluation_and_without_training() => Verifier.Silent(Id, """
        var (a, b) = data.First();
        functional.mse_loss(model.forward(a), b, Reduction.Sum).backward();
        double total = 0;
        long count = 0;
        using (no_grad())
        {
            foreach (var (x, y) in data)
            {
                total += functional.mse_loss(model.forward(x), y, Reduction.Sum).item<float>();
                count += x.shape[0];
            }
        }
        Console.WriteLine(total / count);
        """);

    [Fact]
    public Task Warns_where_each_round_makes_a_batch() => Verifier.Warns(Id, """
        for (var i = 0; i < 100; i++)
        {
            var x = randn(64, 4);
            var y = x.sum(1, keepdim: true);
            optimizer.zero_grad();
            [|functional.mse_loss(model.forward(x), y, Reduction.Sum)|].backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_where_every_round_sees_all_the_data() => Verifier.Silent(Id, """
        var x = randn(64, 4);
        var y = randn(64, 1);
        for (var i = 0; i < 100; i++)
        {
            var output = model.forward(x);
            optimizer.zero_grad();
            functional.mse_loss(output, y, Reduction.Sum).backward();
            optimizer.step();
        }
        """);

    private static string InAMethod(string loss, string call) => $$"""
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Fit(DataLoader loader, Tensor all, Tensor labels, int steps)
            {
                {{call}}
            }

            private float Step(Tensor x, Tensor y)
            {
                var loss = {{loss}};
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                return loss.item<float>();
            }
        }
        """;

    [Theory]
    [InlineData("foreach (var batch in loader) Step(batch[\"x\"], batch[\"y\"]);")]
    [InlineData("Console.WriteLine(loader.Average(batch => Step(batch[\"x\"], batch[\"y\"])));")]
    public Task Warns_in_a_method_that_is_run_for_each_batch(string call) => Verifier.Warns(Id, InAMethod("[|functional.cross_entropy(net.forward(x), y, reduction: Reduction.Sum)|]", call));

    [Theory]
    [InlineData("for (var i = 0; i < steps; i++) Step(all, labels);")]
    [InlineData("Step(all, labels);")]
    [InlineData("foreach (var rate in new[] { 0.1, 0.01 }) Step(all, labels);")]
    public Task Silent_in_a_method_that_is_given_all_the_data(string call) => Verifier.Silent(Id, InAMethod("functional.cross_entropy(net.forward(x), y, reduction: Reduction.Sum)", call));

    [Theory]
    [InlineData("[|functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum)|] + functional.mse_loss(model.forward(x), y)")]
    [InlineData("0.5 * functional.cross_entropy(model.forward(x), y) + 0.5 * [|functional.cross_entropy(model.forward(x + 1), y, reduction: Reduction.Sum)|]")]
    [InlineData("alpha * [|functional.mse_loss(model.forward(x), y, Reduction.Sum)|] + (1 - alpha) * functional.l1_loss(model.forward(x), y)")]
    [InlineData("[|functional.mse_loss(model.forward(x), y, Reduction.Sum)|] + alpha * model.forward(x).pow(2).mean()")]
    public Task Warns_for_a_sum_beside_a_mean(string loss) => Verifier.Warns(Id, $$"""
        var alpha = Convert.ToDouble(data.Count());
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = {{loss}};
            loss.backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum) / x.shape[0] + functional.mse_loss(model.forward(x), y)")]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.Sum) * alpha + functional.mse_loss(model.forward(x), y)")]
    [InlineData("alpha * functional.mse_loss(model.forward(x), y, Reduction.Sum) + (1 - beta) * functional.l1_loss(model.forward(x), y)")]
    [InlineData("functional.mse_loss(model.forward(x), y, Reduction.Sum) + alpha * model.forward(x).pow(2).sum()")]
    public Task Silent_where_the_sum_may_be_scaled_or_stands_beside_sums(string loss) => Verifier.Silent(Id, $$"""
        var alpha = 1.0 / data.First().x.shape[0];
        var beta = alpha / 2;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = {{loss}};
            loss.backward();
            optimizer.step();
        }
        """);
}
