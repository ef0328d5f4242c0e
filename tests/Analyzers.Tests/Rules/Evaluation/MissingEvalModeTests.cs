using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Evaluation;

public class MissingEvalModeTests
{
    private const string Id = "TL0801";

    private const string Net = """

        // file: DropNet.cs
        public sealed class DropNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), Dropout(0.5), Linear(8, 2));

            public DropNet() : base(nameof(DropNet)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """;

    private const string Moving = """

        // file: MovingNet.cs
        public sealed class MovingNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), Dropout(0.5), Linear(8, 2));

            public MovingNet() : base(nameof(MovingNet)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);

            public MovingNet to(Device device)
            {
                this.to<MovingNet>(device);
                return this;
            }

            public MovingNet Ready()
            {
                eval();
                return this;
            }
        }

        public static class Own
        {
            public static void Step(MovingNet net, optim.Optimizer adam, Tensor x, Tensor y)
            {
                adam.zero_grad();
                functional.cross_entropy(net.call(x), y).backward();
                adam.step();
            }
        }
        """;

    private const string Train = """
        private static void Train(DropNet net, optim.Optimizer adam, IEnumerable<(Tensor, Tensor)> batches)
            {
                net.train();
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    var loss = functional.cross_entropy(net.call(x), y);
                    loss.backward();
                    adam.step();
                }
            }
        """;

    [Fact]
    public Task Names_the_pass_and_the_model() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        var total = 0f;
        foreach (var (x, y) in data)
        {
            using var guard = no_grad();
            total += criterion.forward([|model.forward(x)|], y).item<float>();
        }
        """, "'model.forward(…)' evaluates 'model' in training mode: its dropout and batch normalization falsify the result; call model.eval() first");

    [Fact]
    public Task Warns_in_a_test_method_of_an_epoch_loop() => Verifier.Warns(Id, """
        var net = new DropNet();
        var adam = optim.Adam(net.parameters());
        var batches = new List<(Tensor, Tensor)>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Phases.Train(net, adam, batches);
            Console.WriteLine(Phases.Test(net, batches));
        }

        internal static class Phases
        {
            public static void Train(DropNet net, optim.Optimizer adam, IEnumerable<(Tensor, Tensor)> batches)
            {
                net.train();
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    var loss = functional.cross_entropy(net.call(x), y);
                    loss.backward();
                    adam.step();
                }
            }

            public static double Test(DropNet net, IEnumerable<(Tensor, Tensor)> batches)
            {
                using var guard = no_grad();
                var correct = 0;
                foreach (var (x, y) in batches)
                {
                    var prediction = [|net.call(x)|];
                    functional.cross_entropy(prediction, y);
                    correct += prediction.argmax(1).eq(y).sum().ToInt32();
                }

                return correct;
            }
        }
        """ + Net);

    [Fact]
    public Task Warns_in_a_trainer_that_keeps_the_model_in_a_field() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer adam;

            public Trainer() => adam = optim.Adam(net.parameters());

            public void Fit(IReadOnlyList<(Tensor, Tensor)> train, IReadOnlyList<(Tensor, Tensor)> rest)
            {
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    foreach (var (x, y) in train) Step(x, y);
                    Console.WriteLine(Validate(rest));
                }
            }

            private void Step(Tensor x, Tensor y)
            {
                adam.zero_grad();
                Loss(net.call(x), y).backward();
                adam.step();
            }

            private double Validate(IReadOnlyList<(Tensor, Tensor)> rest)
            {
                using var guard = inference_mode();
                var total = 0.0;
                foreach (var (x, y) in rest) total += Loss([|net.call(x)|], y).item<float>();
                return total / rest.Count;
            }

            private static Tensor Loss(Tensor output, Tensor y) => functional.cross_entropy(output, y);
        }
        """ + Net);

    [Fact]
    public Task Warns_in_a_model_that_trains_itself() => Verifier.Warns(Id, """
        public sealed class Recommender : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), Dropout(0.1), Linear(8, 1));

            public Recommender() : base(nameof(Recommender)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);

            public List<double> Fit(List<(Tensor, Tensor)> batches)
            {
                train();
                var costs = new List<double>();
                var adam = optim.Adam(parameters(true));
                foreach (var (x, y) in batches)
                {
                    var cost = functional.mse_loss(forward(x), y);
                    zero_grad();
                    cost.backward();
                    adam.step();
                }

                using (no_grad())
                {
                    var last = 0.0;
                    foreach (var (x, y) in batches)
                    {
                        var cost = functional.mse_loss([|forward(x)|], y) + 1;
                        last += cost.item<float>();
                    }

                    costs.Add(last);
                }

                return costs;
            }
        }
        """);

    [Fact]
    public Task Warns_where_lambdas_train_and_test() => Verifier.Warns(Id, """
        var net = new DropNet();
        var adam = optim.Adam(net.parameters());
        var batches = new List<(Tensor, Tensor)>();
        Action fit = () =>
        {
            foreach (var (x, y) in batches)
            {
                adam.zero_grad();
                functional.cross_entropy(net.call(x), y).backward();
                adam.step();
            }
        };
        Func<double> test = () =>
        {
            using var guard = no_grad();
            var total = 0.0;
            foreach (var (x, y) in batches) total += functional.cross_entropy([|net.call(x)|], y).item<float>();
            return total;
        };
        fit();
        Console.WriteLine(test());
        """ + Net);

    [Fact]
    public Task Warns_for_a_model_that_its_own_method_moves() => Verifier.Warns(Id, """
        var net = new MovingNet().to(CPU);
        var adam = optim.Adam(net.parameters());
        foreach (var (x, y) in data) Own.Step(net, adam, x, y);
        foreach (var (x, y) in data) Console.WriteLine(functional.cross_entropy([|net.call(x)|], y).item<float>());
        """ + Moving);

    [Fact]
    public Task Silent_for_passes_whose_result_is_dropped_and_those_before_the_loading() => Verifier.Silent(Id, """
        var net = new DropNet();
        net.forward(rand(2, 4));
        var before = net.forward(rand(2, 4)).mean().item<float>();
        net.load("model.dat");
        Console.WriteLine(before);
        """ + Net);

    [Fact]
    public Task Silent_for_a_part_that_is_switched_with_the_whole() => Verifier.Silent(Id, """
        public sealed class Whole : Module<Tensor, Tensor>
        {
            private readonly DropNet part = new();

            public Whole() : base(nameof(Whole)) => RegisterComponents();

            public override Tensor forward(Tensor x) => part.forward(x);

            public double Score(IEnumerable<Tensor> batches)
            {
                var total = 0.0;
                foreach (var x in batches) total += part.forward(x).mean().item<float>();
                return total;
            }

            public void Fit(Tensor x)
            {
                var adam = optim.Adam(parameters());
                forward(x).mean().backward();
                adam.step();
                optim.SGD(part.parameters(), 0.1).step();
            }
        }

        // file: Other.cs
        public static class Other
        {
            public static void Switch(Whole whole) => whole.eval();
        }
        """ + Net);

    [Fact]
    public Task Silent_when_its_own_method_switches_it() => Verifier.Silent(Id, """
        var net = new MovingNet().Ready();
        net.load("model.dat");
        foreach (var (x, y) in data) Console.WriteLine(functional.cross_entropy(net.call(x), y).item<float>());
        """ + Moving);

    [Fact]
    public Task Warns_when_a_loaded_model_answers() => Verifier.Warns(Id, """
        var net = new DropNet();
        net.load("model.dat");
        using var guard = no_grad();
        Console.WriteLine([|net.forward(rand(1, 4))|].argmax(1).item<long>());
        """ + Net);

    [Theory]
    [InlineData("model.eval();")]
    [InlineData("model.train(false);")]
    [InlineData("((Module)model).eval();")]
    public Task Silent_after_every_way_to_switch_off(string eval) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        {{eval}}
        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_when_the_caller_switches() => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Main()
            {
                var net = new DropNet();
                var adam = optim.Adam(net.parameters());
                var batches = new List<(Tensor, Tensor)>();
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Train(net, adam, batches);
                    net.eval();
                    Console.WriteLine(Test(net, batches));
                }
            }

            {{Train}}

            private static double Test(DropNet net, IEnumerable<(Tensor, Tensor)> batches) => batches.Sum(b => functional.cross_entropy(net.call(b.Item1), b.Item2).item<float>());
        }
        """ + Net);

    [Fact]
    public Task Silent_without_such_layers() => Verifier.Silent(Id, """
        var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        var optimizer = optim.SGD(model.parameters(), 0.1);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_when_several_answers_are_drawn() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        using var guard = no_grad();
        foreach (var (x, y) in data)
        {
            var total = 0f;
            for (var sample = 0; sample < 20; sample++) total += model.forward(x).mean().item<float>();
            Console.WriteLine(total / 20);
        }
        """);

    [Fact]
    public Task Silent_when_dropout_is_switched_on_for_the_evaluation() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        model.train();
        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_when_the_loss_trains_elsewhere() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer adam;

            public Trainer() => adam = optim.Adam(net.parameters());

            public void Fit(IReadOnlyList<(Tensor, Tensor)> train)
            {
                var losses = new List<Tensor>();
                foreach (var (x, y) in train) losses.Add(Loss(x, y));
                adam.zero_grad();
                stack(losses).mean().backward();
                adam.step();
            }

            private Tensor Loss(Tensor x, Tensor y) => functional.cross_entropy(net.call(x), y);
        }
        """ + Net);

    [Fact]
    public Task Silent_when_results_are_kept_where_they_cannot_be_followed() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly DropNet net = new();
            private readonly List<Tensor> rewards = new();
            private readonly optim.Optimizer adam;

            public Agent() => adam = optim.Adam(net.parameters());

            public void Play(IReadOnlyList<Tensor> states)
            {
                foreach (var state in states) rewards.Add(functional.log_softmax(net.call(state), 1));
            }

            public void Learn()
            {
                adam.zero_grad();
                foreach (var reward in rewards) reward.sum().backward();
                adam.step();
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_for_a_glance_at_the_batch_that_is_trained_on() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        }
        """);

    [Fact]
    public Task Silent_for_a_trial_before_the_training() => Verifier.Silent(Id, """
        Console.WriteLine(criterion.forward(model.forward(rand(2, 4)), rand(2, 1)).item<float>());
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_nobody_trains_the_model() => Verifier.Silent(Id, """
        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(new DropNet().forward(x), y).item<float>());
        var net = new DropNet();
        foreach (var (x, y) in data) Console.WriteLine(criterion.forward(net.forward(x), y).item<float>());
        """ + Net);

    [Fact]
    public Task Silent_in_a_method_that_serves_both() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer adam;

            public Trainer() => adam = optim.Adam(net.parameters());

            public double Epoch(IReadOnlyList<(Tensor, Tensor)> batches, bool training)
            {
                net.train(training);
                var total = 0.0;
                foreach (var (x, y) in batches)
                {
                    var loss = functional.cross_entropy(net.call(x), y);
                    if (training)
                    {
                        adam.zero_grad();
                        loss.backward();
                        adam.step();
                    }

                    total += loss.item<float>();
                }

                return total;
            }
        }
        """ + Net);

    [Fact]
    public Task Fix_switches_before_the_loop() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        // How good is it?
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward([|model.forward(x)|], y).item<float>());
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }

        model.eval();
        // How good is it?
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Fix_switches_back_where_nobody_else_does() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            foreach (var (x, y) in data)
            {
                Console.WriteLine(criterion.forward([|model.forward(x)|], y).item<float>());
            }
        }
        """, """
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            model.eval();
            foreach (var (x, y) in data)
            {
                Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
            }
            model.train();
        }
        """);

    [Fact]
    public Task Fix_leaves_train_to_where_it_is() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 3; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            var (input, target) = data.First();
            var result = [|model.forward(input)|]; // one batch
            Console.WriteLine(criterion.forward(result, target).item<float>());
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

            var (input, target) = data.First();
            model.eval();
            var result = model.forward(input); // one batch
            Console.WriteLine(criterion.forward(result, target).item<float>());
        }
        """);

    [Fact]
    public Task No_fix_inside_an_expression() => Verifier.NoFix(Id, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer adam;

            public Trainer() => adam = optim.Adam(net.parameters());

            public void Fit(IReadOnlyList<(Tensor, Tensor)> train)
            {
                foreach (var (x, y) in train)
                {
                    adam.zero_grad();
                    functional.cross_entropy(net.call(x), y).backward();
                    adam.step();
                    Console.WriteLine(Validate(x, y));
                }
            }

            private double Validate(Tensor x, Tensor y) => functional.cross_entropy([|net.call(x)|], y).item<float>();
        }
        """ + Net);

    private static string Trainer(string eval) => $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear inner = Linear(4, 2);
            private readonly TorchSharp.Modules.Dropout drop = Dropout(0.5);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => drop.forward(inner.forward(x));
        }

        public sealed class Trainer(Net net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    net.train();
                    foreach (var (x, y) in data)
                    {
                        sgd.zero_grad();
                        functional.mse_loss(net.forward(x), y).backward();
                        sgd.step();
                    }

                    Console.WriteLine(Validate(data));
                }
            }

            private double Validate(List<(Tensor x, Tensor y)> data)
            {
                {{eval}}
                using var guard = no_grad();
                var sum = 0.0;
                foreach (var (x, y) in data) sum += functional.mse_loss({{(eval.Length == 0 ? "[|net.forward(x)|]" : "net.forward(x)")}}, y).item<float>();
                return sum;
            }
        }
        """;

    [Fact]
    public Task Warns_when_the_model_belongs_to_a_primary_constructor() => Verifier.Warns(Id, Trainer(""));

    [Fact]
    public Task Silent_when_it_is_switched_off_there() => Verifier.Silent(Id, Trainer("net.eval();"));
}
