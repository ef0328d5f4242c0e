using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class TrainModeNotRestoredTests
{
    private const string Id = "TL0706";

    private const string Net = """

        // file: DropNet.cs
        public sealed class DropNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), BatchNorm1d(8), ReLU(), Dropout(0.5), Linear(8, 2));

            public DropNet() : base(nameof(DropNet)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """;

    private const string Learn = """
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        """;

    [Fact]
    public Task Names_the_eval_and_the_model_and_points_at_the_training_pass() => Verifier.Warns(Id, """
        model.train();
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var output = {|#0:model.forward(x)|};
                criterion.forward(output, y).backward();
                optimizer.step();
            }

            [|model.eval()|];
            using (no_grad())
            {
                foreach (var (x, y) in data)
                    Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
            }
        }
        """, "After 'model.eval()' nothing calls model.train() again: from the second round on 'model.forward(…)' trains in evaluation mode");

    [Theory]
    [InlineData("[|model.eval()|];")]
    [InlineData("[|model.train(false)|];")]
    [InlineData("if (epoch % 5 == 0)\n        [|model.eval()|];")]
    [InlineData("var same = model;\n    [|same.eval()|];")]
    public Task Warns_however_the_evaluation_switches_off(string eval) => Verifier.Warns(Id, $$"""
        for (var epoch = 0; epoch < 10; epoch++)
        {
        {{Learn}}
            {{eval}}
            Console.WriteLine(model.forward(torch.rand(2, 4)).ToString());
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_evaluates() => Verifier.Warns(Id, """
        public static class Program
        {
            public static void Run(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                var net = new DropNet();
                using var adam = optim.Adam(net.parameters());
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        adam.zero_grad();
                        functional.cross_entropy({|#0:net.forward(x)|}, y).backward();
                        adam.step();
                    }

                    Console.WriteLine($"epoch {epoch}: {[|Accuracy(net, batches)|]}");
                }
            }

            private static double Accuracy(DropNet net, IReadOnlyList<(Tensor, Tensor)> batches)
            {
                net.eval();
                using var guard = no_grad();
                return batches.Average(b => net.forward(b.Item1).argmax(1).eq(b.Item2).sum().item<long>());
            }
        }
        """ + Net);

    [Fact]
    public Task Fixes_when_training_and_validation_are_methods_of_one_class() => Verifier.Fix(Id, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer sgd;

            public Trainer() => sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit(IReadOnlyList<(Tensor, Tensor)> training, IReadOnlyList<(Tensor, Tensor)> validation)
            {
                net.train();
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var (x, y) in training)
                    {
                        sgd.zero_grad();
                        functional.cross_entropy(net.forward(x), y).backward();
                        sgd.step();
                    }

                    [|Validate(validation)|];
                }
            }

            private void Validate(IReadOnlyList<(Tensor, Tensor)> validation)
            {
                net.eval();
                foreach (var (x, y) in validation)
                    Console.WriteLine(functional.cross_entropy(net.forward(x), y).item<float>());
            }
        }
        """ + Net, """
        public sealed class Trainer
        {
            private readonly DropNet net = new();
            private readonly optim.Optimizer sgd;

            public Trainer() => sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit(IReadOnlyList<(Tensor, Tensor)> training, IReadOnlyList<(Tensor, Tensor)> validation)
            {
                net.train();
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    net.train();
                    foreach (var (x, y) in training)
                    {
                        sgd.zero_grad();
                        functional.cross_entropy(net.forward(x), y).backward();
                        sgd.step();
                    }

                    Validate(validation);
                }
            }

            private void Validate(IReadOnlyList<(Tensor, Tensor)> validation)
            {
                net.eval();
                foreach (var (x, y) in validation)
                    Console.WriteLine(functional.cross_entropy(net.forward(x), y).item<float>());
            }
        }
        """ + Net);

    [Fact]
    public Task Fixes_in_top_level_statements_with_a_while_loop() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(Linear(4, 8), Dropout(0.2), Linear(8, 1));
        var adam = optim.Adam(net.parameters());
        var best = float.MaxValue;
        net.train();
        while (best > 0.01f)
        {
            for (var i = 0; i < 100; i++)
            {
                adam.zero_grad();
                functional.mse_loss(net.forward(rand(8, 4)), rand(8, 1)).backward();
                adam.step();
            }

            [|net.eval()|];
            best = functional.mse_loss(net.forward(rand(8, 4)), rand(8, 1)).item<float>();
        }
        """, """
        // top-level
        var net = Sequential(Linear(4, 8), Dropout(0.2), Linear(8, 1));
        var adam = optim.Adam(net.parameters());
        var best = float.MaxValue;
        net.train();
        while (best > 0.01f)
        {
            net.train();
            for (var i = 0; i < 100; i++)
            {
                adam.zero_grad();
                functional.mse_loss(net.forward(rand(8, 4)), rand(8, 1)).backward();
                adam.step();
            }

            net.eval();
            best = functional.mse_loss(net.forward(rand(8, 4)), rand(8, 1)).item<float>();
        }
        """);

    [Fact]
    public Task Warns_in_the_middle_of_an_epoch() => Verifier.Warns(Id, """
        var i = 0;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            if (++i % 100 == 0)
            {
                [|model.eval()|];
                using (no_grad())
                    Console.WriteLine(model.forward(x).mean().item<float>());
            }
        }
        """);

    [Fact]
    public Task Fixes_in_an_async_method() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                await Task.Yield();
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            [|model.eval()|];
            await File.AppendAllTextAsync("log.txt", model.forward(torch.rand(2, 4)).ToString());
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                await Task.Yield();
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            model.eval();
            await File.AppendAllTextAsync("log.txt", model.forward(torch.rand(2, 4)).ToString());
        }
        """);

    // The eval() and the pass stand in different bodies: the pass is where it shows, and that is TL0705.
    [Fact]
    public Task Leaves_a_pass_in_a_lambda_to_the_rule_about_the_pass() => Verifier.Warns("TL0705", """
        Action learn = () =>
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward([|model.forward(x)|], y).backward();
                optimizer.step();
            }
        };
        for (var epoch = 0; epoch < 10; epoch++)
        {
            learn();
            model.eval();
        }
        """);

    [Theory]
    [InlineData("model.train();", "model.eval();")]
    [InlineData("", "model.eval();\n    model.train();")]
    [InlineData("", "model.eval();\n    try { Console.WriteLine(epoch); } finally { model.train(); }")]
    [InlineData("model.train(true);", "model.train(false);")]
    [InlineData("", "var was = model.training;\n    model.eval();\n    model.train(was);")]
    [InlineData("", "if (epoch == 9)\n    {\n        model.eval();\n        break;\n    }")]
    public Task Silent_when_the_next_epoch_is_in_training_mode(string head, string tail) => Verifier.Silent(Id, $$"""
        for (var epoch = 0; epoch < 10; epoch++)
        {
            {{head}}
        {{Learn}}
            {{tail}}
        }
        """);

    [Fact]
    public Task Silent_when_the_evaluation_follows_the_last_epoch() => Verifier.Silent(Id, $$"""
        model.train();
        for (var epoch = 0; epoch < 10; epoch++)
        {
        {{Learn}}
        }

        model.eval();
        Console.WriteLine(model.forward(torch.rand(2, 4)).ToString());
        """);

    [Fact]
    public Task Silent_when_a_helper_switches_off_and_on() => Verifier.Silent(Id, """
        public sealed class Trainer(DropNet net, optim.Optimizer sgd)
        {
            public void Fit(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        sgd.zero_grad();
                        functional.cross_entropy(net.forward(x), y).backward();
                        sgd.step();
                    }

                    Estimate(batches);
                }
            }

            private void Estimate(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                net.eval();
                try
                {
                    using var guard = no_grad();
                    foreach (var (x, y) in batches)
                        Console.WriteLine(functional.cross_entropy(net.forward(x), y).item<float>());
                }
                finally
                {
                    net.train();
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_when_the_training_method_begins_with_train() => Verifier.Silent(Id, """
        // file: Loops.cs
        public static class Loops
        {
            public static void Train(DropNet net, optim.Optimizer sgd, IEnumerable<(Tensor, Tensor)> batches)
            {
                net.train();
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }
            }

            public static void Test(DropNet net, IEnumerable<(Tensor, Tensor)> batches)
            {
                net.eval();
                foreach (var (x, y) in batches)
                    Console.WriteLine(functional.cross_entropy(net.forward(x), y).item<float>());
            }
        }
        // file: Program.cs
        public static class Program
        {
            public static void Run(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                var net = new DropNet();
                var sgd = optim.SGD(net.parameters(), 0.1);
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    Loops.Train(net, sgd, batches);
                    Loops.Test(net, batches);
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_on_a_model_without_dropout_and_batch_normalization() => Verifier.Silent(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        var sgd = optim.SGD(net.parameters(), 0.1);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                sgd.zero_grad();
                criterion.forward(net.forward(x), y).backward();
                sgd.step();
            }

            net.eval();
        }
        """);

    [Fact]
    public Task Silent_on_a_copy_that_only_evaluates() => Verifier.Silent(Id, $$"""
        var average = new Net();
        for (var epoch = 0; epoch < 10; epoch++)
        {
        {{Learn}}
            average.load_state_dict(model.state_dict());
            average.eval();
            Console.WriteLine(average.forward(torch.rand(2, 4)).ToString());
        }
        """);

    [Fact]
    public Task Silent_on_a_discriminator_that_is_frozen_for_the_generators_turn() => Verifier.Silent(Id, """
        var (netG, netD) = (Sequential(Linear(2, 8), BatchNorm1d(8), Linear(8, 4)), Sequential(Linear(4, 8), Dropout(0.3), Linear(8, 1)));
        var (optimG, optimD) = (optim.Adam(netG.parameters()), optim.Adam(netD.parameters()));
        foreach (var (real, _) in data)
        {
            netD.train();
            optimD.zero_grad();
            (netD.forward(netG.forward(torch.randn(8, 2)).detach()) - netD.forward(real)).mean().backward();
            optimD.step();

            netD.eval();
            optimG.zero_grad();
            netD.forward(netG.forward(torch.randn(8, 2))).mean().neg().backward();
            optimG.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_model_goes_to_a_callback() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(IReadOnlyList<(Tensor, Tensor)> batches, Action<DropNet> afterEpoch)
            {
                var net = new DropNet();
                var sgd = optim.SGD(net.parameters(), 0.1);
                for (var epoch = 0; epoch < 5; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        sgd.zero_grad();
                        functional.cross_entropy(net.forward(x), y).backward();
                        sgd.step();
                    }

                    net.eval();
                    afterEpoch(net);
                }
            }
        }
        """ + Net);

    [Fact]
    public Task Silent_when_the_sampling_of_a_fold_ends_its_own_model() => Verifier.Silent(Id, """
        for (var fold = 0; fold < 5; fold++)
        {
            var net = new Net();
            var sgd = optim.SGD(net.parameters(), 0.1);
            foreach (var (x, y) in data)
            {
                sgd.zero_grad();
                criterion.forward(net.forward(x), y).backward();
                sgd.step();
            }

            net.eval();
            Console.WriteLine(net.forward(torch.rand(2, 4)).ToString());
        }
        """);

    [Theory]
    [InlineData("[|model.eval()|];", "")]
    [InlineData("model.eval();", "model.train();")]
    public Task Looks_through_a_using_around_output_and_loss(string eval, string train)
    {
        var source = $$"""
            model.train();
            for (var epoch = 0; epoch < 10; epoch++)
            {
                {{train}}
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    using var output = model.forward(x);
                    using var loss = criterion.forward(output, y);
                    loss.backward();
                    optimizer.step();
                }

                {{eval}}
                using (no_grad())
                {
                    foreach (var (x, y) in data)
                        Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
                }
            }
            """;
        return train.Length == 0 ? Verifier.Warns(Id, source) : Verifier.Silent(Id, source);
    }
}
