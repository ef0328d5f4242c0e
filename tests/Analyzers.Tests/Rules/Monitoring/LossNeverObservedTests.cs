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

    [Fact]
    public Task Warns_when_only_data_is_read_or_a_number_that_nobody_reads() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd, Loss<Tensor, Tensor, Tensor> criterion)
        {
            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                var classes = data[0].y.max().ToInt64() + 1;
                var (right, seen) = (0.0, 0L);
                foreach (var (x, y) in data.OrderBy(_ => Random.Shared.Next()))
                {
                    sgd.zero_grad();
                    var scores = net.call(x);
                    var loss = [|criterion.call(scores, y)|];
                    loss.backward();
                    sgd.step();
                    right += scores.argmax(1).eq(y).sum().ToDouble();
                    seen += y.shape[0] + scores.size(0);
                }

                Console.WriteLine(seen + classes);
            }
        }
        """);

    [Fact]
    public Task Warns_when_two_losses_share_a_variable() => Verifier.Warns(Id, """
        public static class Gan
        {
            public static void Train(List<Tensor> data, Module<Tensor, Tensor> net, Module<Tensor, Tensor> generator, optim.Optimizer sgd)
            {
                foreach (var real in data)
                {
                    sgd.zero_grad();
                    var output = net.call(real);
                    var first = [|functional.binary_cross_entropy_with_logits(output, ones_like(output))|];
                    first.backward();
                    output = net.call(generator.call(randn(4, 4)).detach());
                    var second = [|functional.binary_cross_entropy_with_logits(output, zeros_like(output))|];
                    second.backward();
                    sgd.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_or_the_model_computes_the_loss() => Verifier.Warns(Id, """
        public sealed class Skip : Module<Tensor, Tensor, Tensor>
        {
            private readonly Linear inner = Linear(4, 4);

            public Skip() : base(nameof(Skip)) => RegisterComponents();

            public override Tensor forward(Tensor x, Tensor y) => -(inner.call(x) * y).sum(1).sigmoid().log().mean();
        }

        public sealed class Trainer(Skip skip, Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    var loss = [|Elbo(net.call(x), y)|];
                    loss.backward();
                    sgd.step();
                }

                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    var loss = [|skip.call(x, y)|];
                    loss.backward();
                    sgd.step();
                }
            }

            private static Tensor Elbo(Tensor output, Tensor y)
            {
                var fit = functional.binary_cross_entropy(output, y, reduction: Reduction.Sum);
                return fit + output.pow(2).sum();
            }
        }
        """);

    [Fact]
    public Task Warns_without_an_optimizer_and_where_one_step_adds_up_gradients() => Verifier.Warns(Id, """
        public static class Descent
        {
            public static void Network(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                for (var t = 0; t < 500; t++)
                {
                    var loss = [|functional.mse_loss(net.forward(x), y)|];
                    net.zero_grad();
                    loss.backward();
                    using (no_grad())
                        foreach (var p in net.parameters()) p.sub_(0.1 * p.grad!);
                }
            }

            public static void Step(Module<Tensor, Tensor> net, optim.Optimizer sgd, Tensor x, Tensor y)
            {
                sgd.zero_grad();
                foreach (var part in x.chunk(4))
                {
                    var loss = [|functional.mse_loss(net.forward(part), y)|];
                    loss.backward();
                }

                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_an_accuracy_is_read_and_used() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd, Loss<Tensor, Tensor, Tensor> criterion)
        {
            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                var right = 0.0;
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    var scores = net.call(x);
                    var loss = criterion.call(scores, y);
                    loss.backward();
                    sgd.step();
                    right += scores.argmax(1).eq(y).sum().ToDouble();
                }

                Console.WriteLine(right);
            }
        }
        """);
}
