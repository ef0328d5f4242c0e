using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Evaluation;

public class EvaluationTracksGradientsTests
{
    private const string Id = "TL0802";

    [Fact]
    public Task Names_the_pass_and_the_model() => Verifier.Warns(Id, """
        model.eval();
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward([|model.forward(x)|], y).item<float>());
        """, "'model.forward(…)' records a graph for gradients that nobody asks for: evaluate 'model' under torch.no_grad()");

    [Fact]
    public Task Warns_in_a_test_method_whose_caller_only_switches_the_mode() => Verifier.Warns(Id, """
        public static class Program
        {
            public static void Main()
            {
                var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 2));
                var adam = optim.Adam(net.parameters());
                var batches = new List<(Tensor, Tensor)>();
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        adam.zero_grad();
                        Loss(net.call(x), y).backward();
                        adam.step();
                    }

                    Console.WriteLine(Test(net, batches));
                }
            }

            private static Tensor Loss(Tensor output, Tensor y) => functional.cross_entropy(output, y);

            private static double Test(Module<Tensor, Tensor> net, IEnumerable<(Tensor, Tensor)> batches)
            {
                var total = 0.0;
                var correct = 0L;
                foreach (var (x, y) in batches)
                {
                    using var scope = NewDisposeScope();
                    var output = [|net.call(x)|];
                    total += Loss(output, y).item<float>();
                    correct += output.argmax(1).eq(y).sum().ToInt64();
                }

                return total + correct;
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_library_that_predicts() => Verifier.Warns(Id, """
        public sealed class Predictor(Module<Tensor, Tensor> net)
        {
            public Tensor Predict(Tensor x)
            {
                net.eval();
                return [|net.call(x)|].softmax(1);
            }
        }
        """);

    [Fact]
    public Task Warns_behind_an_interface() => Verifier.Warns(Id, """
        public interface IPredictor
        {
            Tensor Predict(Tensor x);
        }

        internal sealed class Predictor(Module<Tensor, Tensor> net) : IPredictor
        {
            public Tensor Predict(Tensor x)
            {
                net.eval();
                var y = zeros(x.size(0), 2);
                foreach (var part in x.split(8)) y.add_([|net.call(part)|]);
                return y;
            }
        }
        """);

    [Fact]
    public Task Silent_when_whoever_knows_the_interface_trains() => Verifier.Silent(Id, """
        public interface IFeatures
        {
            Tensor Style(Tensor x);
        }

        internal sealed class Features(Module<Tensor, Tensor> net) : IFeatures
        {
            public Tensor Style(Tensor x)
            {
                net.eval();
                return net.call(x).square().mean();
            }
        }

        public static class Program
        {
            public static void Step(IFeatures features, Tensor image, optim.Optimizer adam)
            {
                adam.zero_grad();
                features.Style(image).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_an_agent_chooses() => Verifier.Warns(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> q = Linear(4, 2);
            private readonly optim.Optimizer adam;

            public Agent() => adam = optim.Adam(q.parameters());

            public void Play(IEnumerable<Tensor> states)
            {
                foreach (var state in states)
                {
                    var action = Choose(state);
                    Learn(state, action);
                }
            }

            private long Choose(Tensor state)
            {
                var values = [|q.call(state)|];
                return values.argmax().ToInt64();
            }

            private void Learn(Tensor state, long action)
            {
                adam.zero_grad();
                functional.cross_entropy(q.call(state), tensor(action)).backward();
                adam.step();
            }
        }
        """);

    [Theory]
    [InlineData("using var guard = no_grad();")]
    [InlineData("using var guard = inference_mode();")]
    [InlineData("using var guard = set_grad_enabled(false);")]
    [InlineData("using var guard = Environment.ProcessorCount > 1 ? null : no_grad();")]
    [InlineData("using var guard = new Evaluation();")]
    public Task Silent_under_a_guard(string guard) => Verifier.Silent(Id, $$"""
        model.eval();
        {{guard}}
        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());

        // file: Evaluation.cs
        public sealed class Evaluation : IDisposable
        {
            private readonly IDisposable guard = no_grad();

            public void Dispose() => guard.Dispose();
        }
        """);

    [Fact]
    public Task Silent_in_a_guarded_block() => Verifier.Silent(Id, """
        model.eval();
        using (no_grad())
        {
            foreach (var (x, y) in data) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        }
        """);

    [Fact]
    public Task Silent_when_a_caller_holds_the_guard() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public double Validate(IEnumerable<Tensor> batches)
            {
                net.eval();
                using var guard = no_grad();
                return batches.Sum(Score);
            }

            public double Once(Tensor x)
            {
                net.eval();
                using (no_grad()) return Score(x);
            }

            private double Score(Tensor x)
            {
                net.eval();
                return net.call(x).mean().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_when_gradients_are_wanted() => Verifier.Silent(Id, """
        model.eval();
        foreach (var (x, y) in data)
        {
            x.requires_grad = true;
            var loss = criterion.forward(model.forward(x), y);
            model.zero_grad();
            loss.backward();
            var perturbed = x + 0.1 * x.grad!.sign();
            Console.WriteLine(criterion.forward(model.forward(perturbed), y).item<float>());
        }
        """);

    [Fact]
    public Task Silent_when_the_caller_wants_them() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Main()
            {
                var features = Sequential(Linear(4, 8), Dropout(0.5));
                var image = nn.Parameter(rand(1, 4));
                var adam = optim.Adam([image]);
                for (var i = 0; i < 10; i++)
                {
                    adam.zero_grad();
                    Style(features, image).backward();
                    adam.step();
                }
            }

            private static Tensor Style(Module<Tensor, Tensor> features, Tensor image)
            {
                features.eval();
                return features.call(image).square().mean();
            }
        }
        """);

    [Fact]
    public Task Silent_in_forward() => Verifier.Silent(Id, """
        public sealed class Head : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> backbone = Linear(4, 8);
            private readonly Module<Tensor, Tensor> last = Linear(8, 2);

            public Head() : base(nameof(Head)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                backbone.eval();
                var features = backbone.call(x);
                Console.WriteLine(features.mean().item<float>());
                return last.call(features);
            }
        }
        """);

    [Fact]
    public Task Silent_for_a_model_that_is_only_tried() => Verifier.Silent(Id, """
        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """);

    [Fact]
    public Task Silent_for_the_training_itself() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var output = model.forward(x);
            var loss = criterion.forward(output, y);
            loss.backward();
            optimizer.step();
            Console.WriteLine(output.mean().item<float>());
        }
        """);

    [Fact]
    public Task Silent_for_the_target_of_a_training_step() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> q = Linear(4, 2);
            private readonly optim.Optimizer adam;

            public Agent() => adam = optim.Adam(q.parameters());

            public void Play(IEnumerable<(Tensor, Tensor)> states)
            {
                foreach (var (state, next) in states) Learn(state, next);
            }

            private void Learn(Tensor state, Tensor next)
            {
                var best = q.call(next).argmax(1);
                var value = q.call(next).max(1).values.detach();
                adam.zero_grad();
                functional.mse_loss(q.call(state).gather(1, best), value).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_losses_are_gathered_first() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var losses = new List<Tensor>();
            for (var i = 0; i < 4; i++) losses.Add(criterion.forward(model.forward(x[i]), y[i]));
            stack(losses).mean().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fix_begins_the_evaluation_with_a_guard() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public double Validate(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                var total = 0.0;
                // all of them
                foreach (var (x, y) in batches)
                {
                    total += functional.mse_loss([|net.call(x)|], y).item<float>();
                }

                return total;
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public double Validate(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                var total = 0.0;
                using var noGrad = no_grad();
                // all of them
                foreach (var (x, y) in batches)
                {
                    total += functional.mse_loss(net.call(x), y).item<float>();
                }

                return total;
            }
        }
        """);

    [Fact]
    public Task Fix_stays_inside_the_loop_where_the_method_trains() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 3; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            model.eval();
            foreach (var (x, y) in data)
                Console.WriteLine(criterion.forward([|model.forward(x)|], y).item<float>());
        }
        """, """
        for (var epoch = 0; epoch < 3; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            model.eval();
            foreach (var (x, y) in data)
            {
                using var noGrad = no_grad();
                Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
            }
        }
        """);

    [Fact]
    public Task Fix_in_top_level_statements() => Verifier.Fix(Id, """
        using TorchSharp;

        var noGrad = 1;
        var net = torch.nn.Linear(4, 2);
        net.eval();
        var output = [|net.call(torch.rand(1, 4))|];
        Console.WriteLine(output.argmax(1).item<long>() + noGrad);
        """, """
        using TorchSharp;

        var noGrad = 1;
        var net = torch.nn.Linear(4, 2);
        net.eval();
        using var noGradGuard = torch.no_grad();
        var output = net.call(torch.rand(1, 4));
        Console.WriteLine(output.argmax(1).item<long>() + noGrad);
        """);
}
