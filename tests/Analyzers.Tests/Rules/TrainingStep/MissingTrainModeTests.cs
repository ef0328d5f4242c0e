using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class MissingTrainModeTests
{
    private const string Id = "TL0705";

    private const string Net = """

        // file: DropNet.cs
        public sealed class DropNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), Dropout(0.5), Linear(8, 2));

            public DropNet() : base(nameof(DropNet)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """;

    [Fact]
    public Task Names_the_pass_and_the_model_and_points_at_the_eval() => Verifier.Warns(Id, """
        {|#0:model.eval()|};
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var output = [|model.forward(x)|];
            criterion.forward(output, y).backward();
            optimizer.step();
        }
        """, "'model.forward(…)' is trained on here although 'model' may still be in evaluation mode: its dropout and batch normalization are switched off; call model.train() first");

    [Theory]
    [InlineData("model.eval();")]
    [InlineData("model.train(false);")]
    [InlineData("((Module)model).eval();")]
    [InlineData("var same = model; same.eval();")]
    public Task Warns_after_every_way_to_switch_off(string eval) => Verifier.Warns(Id, $$"""
        {{eval}}
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward([|model.forward(x)|], y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_when_a_measurement_before_the_training_leaves_the_model_in_evaluation_mode() => Verifier.Warns(Id, """
        public static class Program
        {
            public static void Run(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                var net = new DropNet();
                using var adam = optim.Adam(net.parameters());
                Console.WriteLine($"untrained: {Accuracy(net, batches)}");
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        adam.zero_grad();
                        var loss = functional.cross_entropy([|net.call(x)|], y);
                        loss.backward();
                        adam.step();
                    }
                }
            }

            private static double Accuracy(DropNet net, IReadOnlyList<(Tensor, Tensor)> batches)
            {
                net.eval();
                using var guard = no_grad();
                return batches.Average(b => net.forward(b.Item1).argmax(1).eq(b.Item2).mean(new long[] { 0 }, type: ScalarType.Float32).item<float>());
            }
        }
        """ + Net);

    [Fact]
    public Task Warns_when_the_constructor_switches_a_field_off() => Verifier.Warns(Id, """
        public sealed class FineTuner
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer sgd;

            public FineTuner(string weights)
            {
                net.load(weights);
                net.eval();
                sgd = optim.SGD(net.parameters(), 0.001);
            }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy([|net.forward(x)|], y).backward();
                    sgd.step();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Fixes_in_a_helper_that_is_called_after_the_eval() => Verifier.Fix(Id, """
        public sealed class Trainer(DropNet net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                foreach (var (x, y) in batches)
                    Learn(x, y);
            }

            private void Learn(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                functional.cross_entropy([|net.forward(x)|], y).backward();
                sgd.step();
            }
        }
        """ + Net, """
        public sealed class Trainer(DropNet net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                foreach (var (x, y) in batches)
                    Learn(x, y);
            }

            private void Learn(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                net.train();
                functional.cross_entropy(net.forward(x), y).backward();
                sgd.step();
            }
        }
        """ + Net);

    [Fact]
    public Task Warns_in_top_level_statements() => Verifier.Warns(Id, """
        // file: Program.cs
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        using TorchSharp;

        var net = new DropNet();
        net.load("weights.dat");
        net.eval();
        var adam = optim.Adam(net.parameters(), lr: 1e-4);
        for (var i = 0; i < 100; i++)
        {
            adam.zero_grad();
            functional.cross_entropy([|net.forward(rand(8, 4))|], zeros(8, int64)).backward();
            adam.step();
        }

        public sealed class DropNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), Dropout(0.5), Linear(8, 2));

            public DropNet() : base(nameof(DropNet)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """);

    [Fact]
    public Task Warns_in_an_async_method_with_a_local_function() => Verifier.Warns(Id, """
        model.eval();
        foreach (var (x, y) in data)
        {
            await Task.Yield();
            Learn(x, y);
        }

        void Learn(Tensor x, Tensor y)
        {
            optimizer.zero_grad();
            criterion.forward([|model.forward(x)|], y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_when_the_model_is_a_sequence_with_batch_normalization() => Verifier.Fix(Id, """
        var net = Sequential(("first", Linear(4, 8)), ("norm", BatchNorm1d(8)), ("last", Linear(8, 1)));
        var sgd = optim.SGD(net.parameters(), 0.1);
        net.eval();
        foreach (var (x, y) in data)
        {
            sgd.zero_grad();
            criterion.forward([|net.forward(x)|], y).backward();
            sgd.step();
        }
        """, """
        var net = Sequential(("first", Linear(4, 8)), ("norm", BatchNorm1d(8)), ("last", Linear(8, 1)));
        var sgd = optim.SGD(net.parameters(), 0.1);
        net.eval();
        net.train();
        foreach (var (x, y) in data)
        {
            sgd.zero_grad();
            criterion.forward(net.forward(x), y).backward();
            sgd.step();
        }
        """);

    [Fact]
    public Task Fixes_when_only_one_branch_switches_back() => Verifier.Fix(Id, """
        model.eval();
        if (data.Count() > 100)
            model.train();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward([|model.forward(x)|], y).backward();
            optimizer.step();
        }
        """, """
        model.eval();
        if (data.Count() > 100)
            model.train();
        model.train();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("")]
    [InlineData("model.train();")]
    [InlineData("model.eval(); model.train();")]
    [InlineData("model.eval(); model.train(true);")]
    [InlineData("model.eval(); try { Console.WriteLine(model.forward(torch.rand(2, 4)).ToString()); } finally { model.train(); }")]
    public Task Silent_when_the_training_starts_in_training_mode(string start) => Verifier.Silent(Id, $$"""
        {{start}}
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_each_training_epoch_begins_with_train() => Verifier.Silent(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            model.eval();
            using (no_grad())
            {
                foreach (var (x, y) in data)
                    Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_model_without_dropout_and_batch_normalization() => Verifier.Silent(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        var sgd = optim.SGD(net.parameters(), 0.1);
        net.eval();
        foreach (var (x, y) in data)
        {
            sgd.zero_grad();
            criterion.forward(net.forward(x), y).backward();
            sgd.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_frozen_backbone() => Verifier.Silent(Id, """
        public sealed class Classifier(DropNet backbone, Module<Tensor, Tensor> head)
        {
            private readonly optim.Optimizer adam = optim.Adam(head.parameters());

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                backbone.eval();
                head.train();
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    functional.cross_entropy(head.forward(backbone.forward(x)), y).backward();
                    adam.step();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_on_a_backbone_kept_in_evaluation_mode_inside_a_model_in_training_mode() => Verifier.Silent(Id, """
        public sealed class Detector : Module<Tensor, Tensor>
        {
            public readonly DropNet backbone = new();
            public readonly Module<Tensor, Tensor> head = Linear(2, 2);

            public Detector() : base(nameof(Detector)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(backbone.forward(x));
        }

        public static class FineTuning
        {
            public static void Run(Detector net, IEnumerable<(Tensor, Tensor)> batches)
            {
                var adam = optim.Adam(net.parameters());
                net.train();
                net.backbone.eval();
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_on_a_teacher_that_only_helps() => Verifier.Silent(Id, """
        var teacher = new Net();
        teacher.eval();
        foreach (var (x, _) in data)
        {
            Tensor target;
            using (no_grad())
                target = teacher.forward(x);
            optimizer.zero_grad();
            criterion.forward(model.forward(x), target).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_adversarial_examples() => Verifier.Silent(Id, """
        public static class Attack
        {
            public static IEnumerable<Tensor> Disturb(DropNet net, IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                foreach (var (x, y) in batches)
                {
                    x.requires_grad = true;
                    net.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    yield return (x + 0.1 * x.grad!.sign()).detach();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_on_an_input_that_is_optimized() => Verifier.Silent(Id, """
        var image = Parameter(torch.rand(1, 4));
        var lbfgs = optim.LBFGS([image]);
        model.eval();
        for (var i = 0; i < 100; i++)
        {
            lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var loss = model.forward(image).mean();
                loss.backward();
                return loss;
            });
        }
        """);

    [Fact]
    public Task Silent_on_a_method_that_serves_training_and_evaluation() => Verifier.Silent(Id, """
        void Run(bool training)
        {
            if (training)
                model.train();
            else
                model.eval();
            foreach (var (x, y) in data)
            {
                var loss = criterion.forward(model.forward(x), y);
                if (!training)
                    continue;
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }

        Run(true);
        Run(false);
        """);

    [Fact]
    public Task Silent_when_the_flag_decides() => Verifier.Silent(Id, """
        public static class Loop
        {
            public static void Run(DropNet net, optim.Optimizer? optimizer, IEnumerable<(Tensor, Tensor)> batches)
            {
                var training = optimizer is not null;
                net.train(training);
                using var guard = training ? null : no_grad();
                foreach (var (x, y) in batches)
                {
                    var loss = functional.cross_entropy(net.forward(x), y);
                    if (!training)
                        continue;
                    optimizer!.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_when_the_next_training_switches_back_itself() => Verifier.Silent(Id, """
        public sealed class Trainer(DropNet net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                for (var epoch = 0; epoch < 3; epoch++)
                    Epoch(batches);
            }

            private void Epoch(IEnumerable<(Tensor, Tensor)> batches)
            {
                Prepare();
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }
            }

            private void Prepare() => net.train();
        }
        """ + Net);

    [Fact]
    public Task Silent_on_a_program_that_only_evaluates() => Verifier.Silent(Id, """
        model.load("weights.dat");
        model.eval();
        using var guard = no_grad();
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_when_the_model_goes_to_code_that_cannot_be_seen() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor, Tensor)> batches, Action<DropNet> prepare)
            {
                var net = new DropNet();
                var sgd = optim.SGD(net.parameters(), 0.1);
                net.eval();
                prepare(net);
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_on_batch_normalization_that_train_leaves_frozen() => Verifier.Silent(Id, """
        public sealed class Frozen : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> norm = BatchNorm1d(4);
            private readonly Module<Tensor, Tensor> head = Linear(4, 2);

            public Frozen() : base(nameof(Frozen)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(norm.forward(x));

            public override void train(bool on = true)
            {
                base.train(on);
                norm.eval();
            }
        }

        public static class FineTuning
        {
            public static void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                var net = new Frozen();
                var adam = optim.Adam(net.parameters());
                net.train();
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_network_that_is_followed_slowly() => Verifier.Silent(Id, """
        var slow = new Net();
        slow.load_state_dict(model.state_dict());
        slow.eval();
        foreach (var (x, y) in data)
        {
            var wanted = (y + 0.99 * slow.forward(x)).detach();
            optimizer.zero_grad();
            criterion.forward(model.forward(x), wanted).backward();
            optimizer.step();
            using var guard = no_grad();
            foreach (var (p, q) in slow.parameters().Zip(model.parameters()))
                p.mul_(0.99).add_(q * 0.01);
        }
        """);

    [Fact]
    public Task Warns_however_many_networks_there_are_to_choose_from() => Verifier.Warns(Id, """
        public sealed class Deep : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 4), BatchNorm1d(4));

            private Deep(int depth) : base(nameof(Deep)) => RegisterComponents();

            public static Deep D1() => new Deep(1);
            public static Deep D2() => new Deep(2);
            public static Deep D3() => new Deep(3);
            public static Deep D4() => new Deep(4);
            public static Deep D5() => new Deep(5);
            public static Deep D6() => new Deep(6);
            public static Deep D7() => new Deep(7);
            public static Deep D8() => new Deep(8);

            public override Tensor forward(Tensor x) => layers.forward(x);
        }

        public static class Program
        {
            public static void Run(string name, IReadOnlyList<(Tensor, Tensor)> data)
            {
                Module<Tensor, Tensor>? net = null;
                switch (name)
                {
                    case "1": net = Deep.D1(); break;
                    case "2": net = Deep.D2(); break;
                    case "3": net = Deep.D3(); break;
                    case "4": net = Deep.D4(); break;
                    case "5": net = Deep.D5(); break;
                    case "6": net = Deep.D6(); break;
                    case "7": net = Deep.D7(); break;
                    case "8": net = Deep.D8(); break;
                }

                var adam = optim.Adam(net!.parameters());
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Learn(net!, adam, data);
                    Judge(net!, data);
                }
            }

            private static void Learn(Module<Tensor, Tensor> net, optim.Optimizer adam, IReadOnlyList<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.cross_entropy([|net.forward(x)|], y).backward();
                    adam.step();
                }
            }

            private static void Judge(Module<Tensor, Tensor> net, IReadOnlyList<(Tensor, Tensor)> data)
            {
                net.eval();
                foreach (var (x, y) in data) Console.WriteLine(functional.cross_entropy(net.forward(x), y).item<float>());
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_look_between_two_epochs() => Verifier.Silent(Id, """
        public static class Gan
        {
            public static void Train(Module<Tensor, Tensor> critic, IEnumerable<Tensor> data)
            {
                var generator = new Net();
                var generatorOptimizer = torch.optim.Adam(generator.parameters());
                var criticOptimizer = torch.optim.Adam(critic.parameters());
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var real in data)
                    {
                        criticOptimizer.zero_grad();
                        (-critic.forward(real)).mean().backward();
                        var fake = generator.forward(randn(8, 4));
                        critic.forward(fake.detach()).mean().backward();
                        criticOptimizer.step();
                        generatorOptimizer.zero_grad();
                        (-critic.forward(fake)).mean().backward();
                        generatorOptimizer.step();
                    }

                    Show(generator);
                }
            }

            private static void Show(Net generator)
            {
                generator.eval();
                using (no_grad())
                    generator.forward(randn(8, 4)).save("fake.dat");
                generator.train();
            }
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), BatchNorm1d(8), ReLU(), Linear(8, 1));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor input) => layers.forward(input);
        }
        """);
}
