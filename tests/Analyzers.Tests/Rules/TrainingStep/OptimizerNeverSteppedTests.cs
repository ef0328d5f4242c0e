using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class OptimizerNeverSteppedTests
{
    private const string Id = "TL0704";

    [Fact]
    public Task Names_the_optimizer_and_points_at_the_backward() => Verifier.Warns(Id, """
        using var optimizer = [|torch.optim.SGD(model.parameters(), 0.1)|];
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            {|#0:loss.backward()|};
        }
        """, "'optimizer' is never stepped: 'loss.backward()' computes gradients, but without optimizer.step() the model does not change");

    [Theory]
    [InlineData("torch.optim.Adam(model.parameters())")]
    [InlineData("optim.AdamW(model.parameters(), lr: 1e-3, weight_decay: 0.01)")]
    [InlineData("optim.RMSProp(model.parameters())")]
    [InlineData("new Adam(model.parameters(), 1e-3)")]
    public Task Warns_for_every_way_to_make_one(string creation) => Verifier.Warns(Id, $$"""
        var optimizer = [|{{creation}}|];
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
        }
        """);

    [Fact]
    public Task Fixes_when_it_is_a_field_and_the_loop_is_in_another_method() => Verifier.Fix(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer adam;

            public Trainer()
            {
                adam = [|optim.Adam(net.parameters())|];
            }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                }
            }
        }
        """, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer adam;

            public Trainer()
            {
                adam = optim.Adam(net.parameters());
            }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
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
    public Task Warns_when_the_backward_is_in_a_derived_class() => Verifier.Warns(Id, """
        // file: Base.cs
        internal abstract class Experiment
        {
            protected readonly Module<Tensor, Tensor> net = Linear(3, 1);

            protected Experiment() => Sgd = [|optim.SGD(net.parameters(), 0.1)|];

            protected optim.Optimizer Sgd { get; }
        }
        // file: Derived.cs
        internal sealed class Regression : Experiment
        {
            public void Run(IEnumerable<Tensor> inputs)
            {
                foreach (var x in inputs)
                {
                    Sgd.zero_grad();
                    net.forward(x).mean().backward();
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_at_backward_when_the_optimizer_comes_from_outside() => Verifier.Fix(Id, """
        public static class Training
        {
            public static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer optimizer, IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(net.forward(x), y);
                    [|loss.backward()|];
                }
            }
        }
        """, """
        public static class Training
        {
            public static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer optimizer, IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(net.forward(x), y);
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_only_the_scheduler_steps() => Verifier.Warns(Id, """
        var optimizer = [|optim.Adam(model.parameters())|];
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
            }

            scheduler.step();
        }
        """);

    [Fact]
    public Task Warns_when_the_wrong_one_of_two_is_stepped() => Verifier.Warns(Id, """
        var (encoder, decoder) = (Linear(8, 2), Linear(2, 8));
        var optimizer = optim.Adam(encoder.parameters());
        var optimDecoder = [|optim.Adam(decoder.parameters())|];
        foreach (var (x, _) in data)
        {
            optimizer.zero_grad();
            optimDecoder.zero_grad();
            criterion.forward(decoder.forward(encoder.forward(x)), x).backward();
            optimizer.step();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        using var sgd = [|optim.SGD(net.parameters(), 0.1)|];
        while (true)
        {
            sgd.zero_grad();
            var loss = net.forward(torch.rand(8, 2)).mean();
            loss?.backward();
            if (loss?.item<float>() < 0.1f)
                break;
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        using var sgd = optim.SGD(net.parameters(), 0.1);
        while (true)
        {
            sgd.zero_grad();
            var loss = net.forward(torch.rand(8, 2)).mean();
            loss?.backward();
            sgd.step();
            if (loss?.item<float>() < 0.1f)
                break;
        }
        """);

    [Fact]
    public Task Warns_when_the_loop_is_a_lambda_in_an_async_method() => Verifier.Warns(Id, """
        var optimizer = [|optim.Adam(model.parameters())|];
        await Task.Run(() =>
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
            }
        });
        """);

    [Fact]
    public Task Warns_when_a_helper_does_the_backward() => Verifier.Warns(Id, """
        void Learn(Tensor x, Tensor y, optim.Optimizer o)
        {
            o.zero_grad();
            criterion.forward(model.forward(x), y).backward();
        }

        var optimizer = [|optim.SGD(model.parameters(), 0.1)|];
        foreach (var (x, y) in data)
            Learn(x, y, optimizer);
        """);

    [Theory]
    [InlineData("optimizer.step();")]
    [InlineData("optimizer?.step();")]
    [InlineData("if (Random.Shared.Next(4) == 0) optimizer.step();")]
    [InlineData("var o = optimizer; o.step();")]
    [InlineData("Action apply = () => optimizer.step(); apply();")]
    [InlineData("new List<optim.Optimizer> { optimizer }.ForEach(o => o.step());")]
    public Task Silent_however_it_is_stepped(string step) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            {{step}}
        }
        """);

    [Fact]
    public Task Silent_when_the_caller_steps_what_a_callee_computed() => Verifier.Silent(Id, """
        public sealed class Agent(Module<Tensor, Tensor> policy)
        {
            private readonly optim.Optimizer optimizer = optim.Adam(policy.parameters());

            public void Learn(IEnumerable<Tensor> episode)
            {
                Accumulate(episode);
                optimizer.step();
            }

            private void Accumulate(IEnumerable<Tensor> episode)
            {
                optimizer.zero_grad();
                foreach (var state in episode)
                    policy.forward(state).log().sum().neg().backward();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_is_returned() => Verifier.Silent(Id, """
        public static class Factory
        {
            public static optim.Optimizer Make(Module<Tensor, Tensor> net, Tensor x)
            {
                var optimizer = optim.SGD(net.parameters(), 0.1);
                optimizer.zero_grad();
                net.forward(x).mean().backward();
                return optimizer;
            }
        }
        """);

    [Theory]
    [InlineData("scaler.Step(optimizer);")]
    [InlineData("scaler.Optimizers.Add(optimizer);")]
    [InlineData("scaler.Current = optimizer;")]
    public Task Silent_when_it_goes_to_code_that_cannot_be_seen(string handing) => Verifier.Silent(Id, $$"""
        public interface IScaler
        {
            optim.Optimizer? Current { get; set; }

            IList<optim.Optimizer> Optimizers { get; }

            void Step(optim.Optimizer optimizer);
        }

        public static class Mixed
        {
            public static void Fit(IEnumerable<Tensor> batches, Module<Tensor, Tensor> net, IScaler scaler)
            {
                var optimizer = optim.Adam(net.parameters());
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    net.forward(x).mean().backward();
                    {{handing}}
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_wrapper_of_the_users_own() => Verifier.Silent(Id, """
        public sealed class Warmup(optim.Optimizer inner)
        {
            public void Step() => inner.step();
        }

        public static class Training
        {
            public static void Fit(IEnumerable<Tensor> batches, Module<Tensor, Tensor> net)
            {
                var adam = optim.Adam(net.parameters());
                var warmup = new Warmup(adam);
                foreach (var x in batches)
                {
                    adam.zero_grad();
                    net.forward(x).mean().backward();
                    warmup.Step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_manual_gradient_descent() => Verifier.Silent(Id, """
        public static class Plain
        {
            public static void Descend(Module<Tensor, Tensor> net, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    net.zero_grad();
                    net.forward(x).mean().backward();
                    using (no_grad())
                    {
                        foreach (var p in net.parameters())
                            p.sub_(p.grad! * 0.01);
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_adversarial_examples() => Verifier.Silent(Id, """
        public static class Attack
        {
            public static IEnumerable<Tensor> Disturb(Module<Tensor, Tensor> net, IEnumerable<(Tensor, Tensor)> batches)
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
        """);

    [Fact]
    public Task Silent_on_a_closure() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var lbfgs = optim.LBFGS(model.parameters());
        Func<Tensor> closure = () =>
        {
            lbfgs.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            return loss;
        };
        for (var i = 0; i < 20; i++)
            lbfgs.step(closure);
        """);

    [Fact]
    public Task Silent_when_a_derived_class_steps() => Verifier.Silent(Id, """
        public abstract class Trainer(Module<Tensor, Tensor> net)
        {
            protected readonly optim.Optimizer optimizer = optim.Adam(net.parameters());

            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    net.forward(x).mean().backward();
                    Update();
                }
            }

            protected abstract void Update();
        }

        public sealed class Clipped(Module<Tensor, Tensor> net) : Trainer(net)
        {
            protected override void Update() => optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_serves_the_schedule_alone() => Verifier.Silent(Id, """
        var sgd = optim.SGD(model.parameters(), 0.1);
        var scheduler = optim.lr_scheduler.StepLR(sgd, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            scheduler.step();
            Console.WriteLine(sgd.ParamGroups.First().LearningRate);
        }
        """);

    [Fact]
    public Task Silent_in_a_check_of_gradients_without_any_optimizer() => Verifier.Silent(Id, """
        public sealed class GradientTests
        {
            public void Backward_reaches_the_weights()
            {
                var net = Linear(2, 1);
                net.forward(torch.rand(1, 2)).sum().backward();
                if (net.weight.grad is null)
                    throw new InvalidOperationException();
            }
        }
        """);

    [Fact]
    public Task Silent_on_an_optimizer_chosen_by_a_switch_and_kept_in_a_dictionary() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly Dictionary<string, optim.Optimizer> all = new() { ["body"] = Make("adam", net) };

            public void Learn(Tensor x)
            {
                foreach (var o in all.Values)
                    o.zero_grad();
                net.forward(x).mean().backward();
                all["body"].step();
            }

            private static optim.Optimizer Make(string name, Module<Tensor, Tensor> net) => name switch
            {
                "adam" => optim.Adam(net.parameters()),
                "sgd" => optim.SGD(net.parameters(), 0.1),
                _ => throw new ArgumentException(name),
            };
        }
        """);

    [Fact]
    public Task Silent_when_an_optimizer_is_made_anew_to_lower_the_rate() => Verifier.Silent(Id, """
        var rate = 0.1;
        var sgd = optim.SGD(model.parameters(), rate);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            if (epoch % 3 == 2)
                sgd = optim.SGD(model.parameters(), rate /= 2);
            foreach (var (x, y) in data)
            {
                sgd.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                sgd.step();
            }
        }

        optimizer.step();
        """);

    private const string Wrapper = """
        internal sealed class Wrapper(Module<Tensor, Tensor> model, optim.Optimizer sgd, bool mixed)
        {
            private readonly Module<Tensor, Tensor> model = model;
            private readonly optim.Optimizer sgd = sgd;
            private readonly bool mixed = mixed;

            public void Step(Tensor loss)
            {
                if (mixed)
                {
                    var scaled = loss * 1024;
                    scaled.backward();
                    sgd.step();
                    sgd.zero_grad();
                }
                else
                {
                    PLAIN
                }
            }

            public void StepAlone(Tensor x, Tensor y)
            {
                var loss = functional.mse_loss(model.forward(x), y);
                ALONE
            }
        }

        """;

    private const string Right = "loss.backward(); sgd.step(); sgd.zero_grad();";

    private static string Wrapped(string plain, string alone) => Wrapper.Replace("PLAIN", plain).Replace("ALONE", alone);

    [Fact]
    public Task Warns_and_fixes_when_one_way_clears_what_it_has_just_computed() => Verifier.Fix(Id,
        Wrapped("[|loss.backward()|];\n            sgd.zero_grad();", Right), Wrapped("loss.backward();\n            sgd.step();\n            sgd.zero_grad();", Right));

    [Fact]
    public Task Warns_when_one_method_clears_what_it_has_just_computed() => Verifier.Warns(Id,
        Wrapped(Right, "[|loss.backward()|]; Console.WriteLine(loss.item<float>()); sgd.zero_grad();"), "'sgd' is not stepped: 'loss.backward()' computes gradients, but without sgd.step() the model does not change");

    [Theory]
    [InlineData(Right)]
    [InlineData("loss.backward(); if (mixed) sgd.step(); sgd.zero_grad();")]
    [InlineData("loss.backward(); Console.WriteLine(model.parameters().First().grad); sgd.zero_grad();")]
    [InlineData("if (loss.item<float>() > 100) { loss.backward(); Report(); sgd.zero_grad(); } void Report() => sgd.step();")]
    public Task Silent_when_something_happens_in_between(string alone) => Verifier.Silent(Id, Wrapped(Right, alone));

    [Fact]
    public Task Silent_on_a_pass_that_only_warms_up() => Verifier.Silent(Id, Wrapped(Right, Right) + """
        internal sealed class Runner(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void WarmUp(Tensor x)
            {
                net.forward(x).mean().backward();
                sgd.zero_grad();
            }
        }
        """);

    [Fact]
    public Task No_fix_where_clipping_follows_under_a_condition() => Verifier.NoFix(Id, """
        using var optimizer = [|torch.optim.SGD(model.parameters(), 0.1)|];
        var batches = 0;
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            if (++batches % 4 == 0)
            {
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Names_the_type_where_the_optimizer_is_made_in_an_argument() => Verifier.Warns(Id, """
        internal sealed class Guard(optim.Optimizer inner)
        {
            public void Clear() => inner.zero_grad();
        }

        internal static class Start
        {
            public static void Run(List<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                var guard = new Guard([|optim.SGD(net.parameters(), 0.1)|]);
                foreach (var (x, y) in data)
                {
                    guard.Clear();
                    {|#0:functional.mse_loss(net.forward(x), y).backward()|};
                }
            }
        }
        """, "'SGD' is never stepped: 'functional.mse_loss(net.forward(x),y).backward()' computes gradients, but without SGD.step() the model does not change");

    [Fact]
    public Task Names_the_variable_that_one_of_two_is_put_into() => Verifier.Warns(Id, """
        var optimizer = (optim.Optimizer)(data is null ? [|optim.SGD(model.parameters(), 0.1)|] : optim.Adam(model.parameters()));
        foreach (var (x, y) in data!)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            {|#0:loss.backward()|};
        }
        """, "'optimizer' is never stepped: 'loss.backward()' computes gradients, but without optimizer.step() the model does not change");
}
