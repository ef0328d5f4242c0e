using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class NoDisposeScopeTests
{
    private const string Id = "TL1101";

    [Fact]
    public Task Names_the_step_and_says_what_to_write() => Verifier.Warns(Id, """
        [|foreach|] (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """, "After each round the tensors behind 'loss.backward()' stay in native memory until the garbage collector happens to run: begin the body of the loop with using var scope = torch.NewDisposeScope();");

    [Fact]
    public Task Begins_the_body_with_a_scope() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var total = 0f;
            [|foreach|] (var (x, y) in data)
            {
                // Clear what the round before has left.
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                total += loss.item<float>();
            }

            Console.WriteLine(total);
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var total = 0f;
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                // Clear what the round before has left.
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                total += loss.item<float>();
            }

            Console.WriteLine(total);
        }
        """);

    [Fact]
    public Task Writes_the_class_where_its_members_are_not_imported() => Verifier.Fix(Id, """
        // file: Trainer.cs
        using TorchSharp;

        public sealed class Trainer(torch.nn.Module<torch.Tensor, torch.Tensor> net, torch.optim.Optimizer sgd)
        {
            public void Fit(torch.Tensor[] batches)
            {
                [|for|] (var i = 0; i < batches.Length; i++)
                {
                    sgd.zero_grad();
                    var loss = net.forward(batches[i]).mean();
                    loss.backward();
                    sgd.step();
                    System.Console.WriteLine(loss.item<float>());
                }
            }
        }
        """, """
        // file: Trainer.cs
        using TorchSharp;

        public sealed class Trainer(torch.nn.Module<torch.Tensor, torch.Tensor> net, torch.optim.Optimizer sgd)
        {
            public void Fit(torch.Tensor[] batches)
            {
                for (var i = 0; i < batches.Length; i++)
                {
                    using var scope = torch.NewDisposeScope();
                    sgd.zero_grad();
                    var loss = net.forward(batches[i]).mean();
                    loss.backward();
                    sgd.step();
                    System.Console.WriteLine(loss.item<float>());
                }
            }
        }
        """);

    [Fact]
    public Task Warns_at_the_loop_that_calls_the_step() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(List<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                    Epoch(batches);
            }

            private void Epoch(List<Tensor> batches)
            {
                [|foreach|] (var x in batches)
                    Console.WriteLine(Step(x));
            }

            private float Step(Tensor x)
            {
                sgd.zero_grad();
                var loss = net.forward(x).mean();
                loss.backward();
                sgd.step();
                return loss.item<float>();
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(List<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                    Epoch(batches);
            }

            private void Epoch(List<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    using var scope = NewDisposeScope();
                    Console.WriteLine(Step(x));
                }
            }

            private float Step(Tensor x)
            {
                sgd.zero_grad();
                var loss = net.forward(x).mean();
                loss.backward();
                sgd.step();
                return loss.item<float>();
            }
        }
        """);

    [Fact]
    public Task Warns_where_the_scope_covers_the_step_alone() => Verifier.Warns(Id, """
        [|foreach|] (var (x, y) in data)
        {
            var loss = nn.functional.mse_loss(model.forward(x), y);
            if (model.training)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }

            Console.WriteLine(loss.item<float>());
        }
        """);

    [Fact]
    public Task Warns_in_a_lambda_and_in_top_level_statements() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        Action<Tensor> epoch = x =>
        {
            var i = 0;
            [|while|] (i++ < 100)
            {
                sgd.zero_grad();
                net.forward(x).mean().backward();
                sgd.step();
            }
        };
        epoch(rand(4, 2));
        [|do|]
        {
            sgd.zero_grad();
            net.forward(rand(4, 2)).mean().backward();
            sgd.step();
        }
        while (Console.ReadLine() != "");
        """);

    [Fact]
    public Task Warns_at_the_loop_around_accumulated_gradients() => Verifier.Warns(Id, """
        [|for|] (var i = 0; i < 100; i++)
        {
            optimizer.zero_grad();
            foreach (var (x, y) in data)
                criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("using var scope = NewDisposeScope();\noptimizer.zero_grad();\nvar loss = criterion.forward(model.forward(x), y);\nloss.backward();\noptimizer.step();")]
    [InlineData("using (NewDisposeScope())\n{\noptimizer.zero_grad();\nvar loss = criterion.forward(model.forward(x), y);\nloss.backward();\n}\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\nusing var output = model.forward(x);\nusing var loss = criterion.forward(output, y);\nloss.backward();\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\nvar output = model.forward(x);\nvar loss = criterion.forward(output, y);\nloss.backward();\noptimizer.step();\nloss.Dispose();\noutput.Dispose();")]
    [InlineData("optimizer.zero_grad();\nvar loss = criterion.forward(model.forward(x), y);\nloss.backward();\noptimizer.step();\nGC.Collect();")]
    [InlineData("WrappedTensorDisposeScope(() =>\n{\noptimizer.zero_grad();\nvar loss = criterion.forward(model.forward(x), y);\nloss.backward();\noptimizer.step();\nreturn loss;\n});")]
    public Task Silent_when_each_round_frees_its_tensors(string body) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
        {{body}}
        }
        """);

    [Fact]
    public Task Silent_when_a_scope_around_the_loop_is_emptied_in_it() => Verifier.Silent(Id, """
        using (var d = NewDisposeScope())
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
                d.DisposeEverything();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_scope_is_replaced_in_the_loop() => Verifier.Silent(Id, """
        var d = NewDisposeScope();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            d.Dispose();
            d = NewDisposeScope();
        }

        d.Dispose();
        """);

    [Fact]
    public Task Silent_when_the_step_or_the_caller_opens_the_scope() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(List<Tensor> batches)
            {
                foreach (var x in batches)
                    Step(x);
                foreach (var x in batches)
                {
                    using var scope = NewDisposeScope();
                    Bare(x);
                }
            }

            private float Step(Tensor x)
            {
                using var scope = NewDisposeScope();
                return Bare(x);
            }

            private float Bare(Tensor x)
            {
                sgd.zero_grad();
                var loss = net.forward(x).mean();
                loss.backward();
                sgd.step();
                return loss.item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_when_an_object_or_a_helper_opens_the_scope() => Verifier.Silent(Id, """
        public sealed class Memory : IDisposable
        {
            private readonly DisposeScope scope = NewDisposeScope();

            public static DisposeScope Begin() => NewDisposeScope();

            public static void Run(Action step)
            {
                using var scope = NewDisposeScope();
                step();
            }

            public void Dispose() => scope.Dispose();
        }

        public static class Program
        {
            public static void Fit(Module<Tensor, Tensor> net, optim.Optimizer sgd, List<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    using var memory = new Memory();
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }

                foreach (var x in batches)
                {
                    using var memory = Memory.Begin();
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }

                foreach (var x in batches)
                {
                    Memory.Run(() =>
                    {
                        sgd.zero_grad();
                        net.forward(x).mean().backward();
                        sgd.step();
                    });
                }
            }
        }
        """);

    [Fact]
    public Task Silent_without_a_training_step_in_a_loop() => Verifier.Silent(Id, """
        optimizer.zero_grad();
        criterion.forward(model.forward(rand(2, 4)), rand(2, 1)).backward();
        optimizer.step();
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        foreach (var (x, y) in data)
            criterion.forward(model.forward(x), y).backward();
        """);

    [Theory]
    [InlineData("hidden = model.forward(hidden + x).detach();")]
    [InlineData("losses.Add(loss);")]
    [InlineData("if (x.shape[0] == 1) return;\nbest ??= loss;")]
    public Task Offers_no_scope_when_a_tensor_is_wanted_later(string more) => Verifier.NoFix(Id, $$"""
        var hidden = zeros(2, 4);
        Tensor? best = null;
        var losses = new List<Tensor>();
        [|foreach|] (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            {{more}}
        }

        Console.WriteLine(hidden.shape.Length + losses.Count + (best is null ? 0 : 1));
        """);

    [Fact]
    public Task Offers_no_scope_when_a_callee_keeps_a_tensor() => Verifier.NoFix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            private Tensor? last;

            public void Fit(List<Tensor> batches)
            {
                [|foreach|] (var x in batches)
                    Step(x);
                Console.WriteLine(last);
            }

            private void Step(Tensor x)
            {
                sgd.zero_grad();
                last = net.forward(x).mean();
                last.backward();
                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_parameters_are_changed_by_hand() => Verifier.Warns(Id, """
        public static class Descent
        {
            public static void Momentum(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                var velocity = net.parameters().Select(p => zeros_like(p)).ToArray();
                [|for|] (var t = 0; t < 500; t++)
                {
                    var loss = functional.mse_loss(net.forward(x), y);
                    foreach (var p in net.parameters()) p.grad?.zero_();
                    loss.backward();
                    using var guard = no_grad();
                    foreach (var (p, v) in net.parameters().Zip(velocity))
                    {
                        v.mul_(0.9).add_(p.grad!);
                        p.add_(v, -0.01);
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_an_input_is_searched_for() => Verifier.Silent(Id, """
        public static class Attack
        {
            public static Tensor Projected(Module<Tensor, Tensor> model, Tensor image, Tensor label)
            {
                var x = image.clone().requires_grad_();
                for (var i = 0; i < 10; i++)
                {
                    functional.cross_entropy(model.call(x), label).backward();
                    using var guard = no_grad();
                    x.add_(0.01 * x.grad!.sign());
                    x.grad!.zero_();
                }

                return x.detach();
            }
        }
        """);

    [Fact]
    public Task Warns_where_one_step_adds_up_gradients() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Step(Tensor x, Tensor y)
            {
                var parts = x.chunk(4);
                var targets = y.chunk(4);
                sgd.zero_grad();
                [|for|] (var i = 0; i < 4; i++)
                {
                    var loss = functional.mse_loss(net.forward(parts[i]), targets[i]);
                    loss.backward();
                }

                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Silent_where_the_scope_of_the_step_holds_all_parts() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Run(List<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    using var scope = NewDisposeScope();
                    Step(x, y);
                }
            }

            public void Whole(Tensor x, Tensor y)
            {
                using var scope = NewDisposeScope();
                sgd.zero_grad();
                foreach (var part in x.chunk(4)) functional.mse_loss(net.forward(part), y).backward();
                sgd.step();
            }

            private void Step(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                foreach (var part in x.chunk(4)) functional.mse_loss(net.forward(part), y).backward();
                sgd.step();
            }
        }
        """);
}
