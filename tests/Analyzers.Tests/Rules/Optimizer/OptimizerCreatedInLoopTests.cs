using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class OptimizerCreatedInLoopTests
{
    private const string Id = "TL0504";

    [Fact]
    public Task Hoists_it_out_of_all_loops() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                // Adam, as always.
                var adam = [|torch.optim.Adam(model.parameters(), lr: 0.001)|];
                adam.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                adam.step();
            }
        }
        """, """
        // Adam, as always.
        var adam = torch.optim.Adam(model.parameters(), lr: 0.001);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                adam.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                adam.step();
            }
        }
        """, new() { Message = "'adam' is made anew for every step and forgets what it has gathered: make it once, before the loop" });

    [Fact]
    public Task Hoists_a_using_declaration() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            using var adam = [|new Adam(model.parameters())|];

            adam.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            adam.step();
        }
        """, """
        using var adam = new Adam(model.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Hoists_an_assignment() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer = [|torch.optim.RMSProp(model.parameters())|];
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        """, """
        optimizer = torch.optim.RMSProp(model.parameters());
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Stays_in_the_loop_that_makes_the_model() => Verifier.Fix(Id, """
        for (var fold = 0; fold < 5; fold++)
        {
            var net = Linear(4, 1);
            foreach (var (x, y) in data)
            {
                var sgd = [|torch.optim.SGD(net.parameters(), 0.1, momentum: 0.9)|];
                sgd.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                sgd.step();
            }
        }
        """, """
        for (var fold = 0; fold < 5; fold++)
        {
            var net = Linear(4, 1);
            var sgd = torch.optim.SGD(net.parameters(), 0.1, momentum: 0.9);
            foreach (var (x, y) in data)
            {
                sgd.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Only_suggests_it_for_plain_SGD() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var sgd = [|torch.optim.SGD(model.parameters(), 0.1)|];
            sgd.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            sgd.step();
        }
        """, "'sgd' is made anew for every step; plain SGD has nothing to forget, but a momentum or a scheduler would have no effect: make it once, before the loop",
        options: new() { Severity = DiagnosticSeverity.Info });

    [Fact]
    public Task Warns_when_a_helper_steps() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    var adam = [|torch.optim.Adam(net.parameters())|];
                    Step(adam, functional.mse_loss(net.forward(x), y));
                }
            }

            private static void Step(torch.optim.Optimizer optimizer, Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_step_is_a_method_called_in_a_loop() => Verifier.NoFix(Id, """
        internal sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data) Step(x, y);
            }

            private void Step(Tensor x, Tensor y)
            {
                var adam = [|torch.optim.Adam(net.parameters(), 0.01)|];
                adam.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_step_is_a_static_method_given_the_model() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                foreach (var (x, y) in data)
                    Step(net, x, y, 0.01);
            }

            private static float Step(Module<Tensor, Tensor> module, Tensor x, Tensor y, double rate)
            {
                using var adam = [|torch.optim.Adam(module.parameters(), rate)|];
                adam.zero_grad();
                var loss = functional.mse_loss(module.forward(x), y);
                loss.backward();
                adam.step();
                return loss.item<float>();
            }
        }
        """);

    [Theory]
    [InlineData("var net = Linear(4, 1); var adam = torch.optim.Adam(net.parameters());")]
    [InlineData("var net = model; var adam = torch.optim.Adam(model.parameters(), rate *= 0.9);")]
    [InlineData("var net = model; rate *= 0.9; var adam = torch.optim.Adam(model.parameters(), rate);")]
    [InlineData("var net = model; var adam = torch.optim.Adam(models[i].parameters(), 0.1);")]
    [InlineData("var net = model; var adam = torch.optim.Adam(model.parameters(), 0.1 / (i + 1));")]
    [InlineData("var net = model; var adam = torch.optim.Adam(model.parameters(), Rate());")]
    public Task Silent_when_each_round_has_its_own(string creation) => Verifier.Silent(Id, $$"""
        var rate = 0.1;
        double Rate() => rate;
        var models = new[] { Linear(4, 1), Linear(4, 1) };
        for (var i = 0; i < 2; i++)
        {
            {{creation}}
            adam.zero_grad();
            net.forward(rand(3, 4)).mean().backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_for_each_model_of_a_list() => Verifier.Silent(Id, """
        foreach (var net in new[] { Linear(4, 1), Linear(4, 1) })
        {
            var adam = torch.optim.Adam(net.parameters());
            adam.zero_grad();
            net.forward(rand(3, 4)).mean().backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_for_a_restart_every_epoch() => Verifier.Silent(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var adam = torch.optim.Adam(model.parameters());
            foreach (var (x, y) in data)
            {
                adam.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Silent_for_a_restart_whose_batches_are_in_a_helper() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                for (var round = 0; round < 3; round++)
                {
                    var adam = torch.optim.Adam(net.parameters());
                    Epoch(adam, data);
                }
            }

            private void Epoch(torch.optim.Optimizer optimizer, IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_it_is_made_under_a_condition() => Verifier.Silent(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            if (epoch == 5) optimizer = torch.optim.Adam(model.parameters());
            optimizer.zero_grad();
            model.forward(rand(3, 4)).mean().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_it_is_made_lazily() => Verifier.Silent(Id, """
        torch.optim.Optimizer? adam = null;
        foreach (var (x, y) in data)
        {
            adam ??= torch.optim.Adam(model.parameters());
            adam.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_for_one_update_per_episode() => Verifier.Silent(Id, """
        for (var episode = 0; episode < 10; episode++)
        {
            var adam = torch.optim.Adam(model.parameters());
            var losses = new List<Tensor>();
            for (var t = 0; t < 100; t++) losses.Add(model.forward(rand(1, 4)).mean());
            adam.zero_grad();
            stack(losses).sum().backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_method_is_not_called_in_a_loop() => Verifier.Silent(Id, """
        internal sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public void Train(Tensor x, Tensor y) => Step(x, y);

            private void Step(Tensor x, Tensor y)
            {
                var adam = torch.optim.Adam(net.parameters(), 0.01);
                adam.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_method_is_called_for_each_model() => Verifier.Silent(Id, """
        internal static class Training
        {
            internal static void Run(Tensor x, Tensor y, Module<Tensor, Tensor>[] nets)
            {
                foreach (var net in nets) Step(net, x, y);
            }

            private static void Step(Module<Tensor, Tensor> module, Tensor x, Tensor y)
            {
                var adam = torch.optim.Adam(module.parameters());
                adam.zero_grad();
                functional.mse_loss(module.forward(x), y).backward();
                adam.step();
            }
        }
        """);
}
