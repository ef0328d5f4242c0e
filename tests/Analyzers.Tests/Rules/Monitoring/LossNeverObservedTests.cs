using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Monitoring;

public class LossNeverObservedTests
{
    private const string Id = "TL1001";

    [Fact]
    public Task Prints_the_loss_after_the_step() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var loss = [|criterion.forward(model.forward(x), y)|];
                loss.backward();
                optimizer.step();
            }
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                Console.WriteLine($"loss: {loss.ToSingle():F4}");
            }
        }
        """, new VerifyOptions { Message = "Nothing ever reads 'loss', so nobody will notice when it stops falling: print it, or keep loss.item<float>() of each epoch" });

    [Fact]
    public Task Warns_in_a_trainer_a_lambda_and_on_a_loss_without_a_name() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd, Loss<Tensor, Tensor, Tensor> criterion)
        {
            public void Fit(List<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using (NewDisposeScope())
                    {
                        sgd.zero_grad();
                        using var loss = [|criterion.call(net.call(x), y)|];
                        loss.backward();
                        sgd.step();
                    }
                }

                Action<Tensor> all = target =>
                {
                    foreach (var (x, y) in data)
                    {
                        sgd.zero_grad();
                        [|nn.functional.mse_loss(net.forward(x), target)|].backward();
                        sgd.step();
                    }
                };
                all(zeros(1));
            }

            public void Regularized(List<(Tensor, Tensor)> data, Tensor penalty)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    var loss = [|criterion.call(net.call(x), y)|];
                    loss = loss + penalty;
                    loss.backward();
                    sgd.step();
                }
            }
        }
        """);

    [Theory]
    [InlineData("Console.WriteLine(loss.item<float>());")]
    [InlineData("total += loss.ToSingle();")]
    [InlineData("total += (float)loss;")]
    [InlineData("last = loss;")]
    [InlineData("history.Add(loss.detach());")]
    [InlineData("Console.WriteLine($\"{loss}\");")]
    [InlineData("if (loss.isnan().ToBoolean()) throw new InvalidOperationException();")]
    [InlineData("Log(loss);")]
    [InlineData("Console.WriteLine((model.forward(x) - y).abs().mean().item<float>());")]
    public Task Silent_when_something_is_looked_at(string code) => Verifier.Silent(Id, $$"""
        var total = 0f;
        Tensor? last = null;
        var history = new List<Tensor>();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            {{code}}
        }

        Console.WriteLine(total + history.Count + (last is null ? 0 : 1));

        static void Log(Tensor t) => Console.WriteLine(t);
        """);

    [Fact]
    public Task Silent_when_the_parts_or_the_validation_are_looked_at() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            private Tensor? lastLoss;

            public void Parts(List<(Tensor, Tensor)> data, Action<Tensor> log)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    var fit = nn.functional.mse_loss(net.forward(x), y);
                    var loss = fit + net.forward(y).mean();
                    loss.backward();
                    sgd.step();
                    log(fit);
                }
            }

            public void Validated(List<(Tensor, Tensor)> data)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var (x, y) in data)
                    {
                        sgd.zero_grad();
                        var loss = nn.functional.mse_loss(net.forward(x), y);
                        loss.backward();
                        sgd.step();
                    }

                    Console.WriteLine(Validate(data));
                }
            }

            public float Tried(List<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    nn.functional.mse_loss(net.forward(x), y).backward();
                    sgd.step();
                }

                return Validate(data);
            }

            public void Stored(List<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    lastLoss = nn.functional.mse_loss(net.forward(x), y);
                    lastLoss.backward();
                    sgd.step();
                }
            }

            private float Validate(List<(Tensor, Tensor)> data) => data.Average(d => nn.functional.mse_loss(net.forward(d.Item1), d.Item2).item<float>());
        }
        """);

    [Fact]
    public Task Silent_outside_of_a_training_loop_in_a_test_and_for_a_value_that_only_steers() => Verifier.Silent(Id, """
        public sealed class FactAttribute : Attribute
        {
        }

        public sealed class Steps(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Once(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                var loss = nn.functional.mse_loss(net.forward(x), y);
                loss.backward();
                sgd.step();
            }

            [Fact]
            public void Trains()
            {
                for (var i = 0; i < 3; i++)
                {
                    sgd.zero_grad();
                    var loss = nn.functional.mse_loss(net.forward(rand(2)), rand(2));
                    loss.backward();
                    sgd.step();
                }
            }

            public void Policy(List<(Tensor, Tensor)> episodes)
            {
                foreach (var (state, advantage) in episodes)
                {
                    sgd.zero_grad();
                    var objective = -(net.forward(state) * advantage).mean();
                    objective.backward();
                    sgd.step();
                }
            }
        }
        """);
}
