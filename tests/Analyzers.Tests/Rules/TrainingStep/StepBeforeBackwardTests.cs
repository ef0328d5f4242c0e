using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class StepBeforeBackwardTests
{
    private const string Id = "TL0702";

    [Fact]
    public Task Names_the_step_and_the_optimizer_and_points_at_the_late_backward() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            [|optimizer.step()|];
            {|#0:loss.backward()|};
        }
        """, "'optimizer.step()' runs, but no backward() has computed gradients for 'optimizer' since they were last cleared: this step learns nothing");

    [Fact]
    public Task Fixes_when_the_step_follows_the_clearing() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                [|optimizer.step()|];
                var output = model.forward(x);
                var loss = criterion.forward(output, y);
                loss.backward();
            }
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var output = model.forward(x);
                var loss = criterion.forward(output, y);
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Fixes_when_there_is_no_backward_at_all() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            Console.WriteLine(loss.item<float>());
            [|optimizer.step()|];
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            Console.WriteLine(loss.item<float>());
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_at_the_second_of_two_steps() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            [|optimizer.step()|];
        }
        """, "'optimizer.step()' runs, but no backward() has computed gradients for 'optimizer' since they were last used: this step learns nothing");

    [Fact]
    public Task Warns_when_the_model_is_cleared_instead_of_the_optimizer() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            model.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            [|optimizer.step()|];
            loss.backward();
        }
        """);

    [Fact]
    public Task Warns_when_the_optimizer_is_a_field_and_the_backward_is_in_a_helper() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer sgd;

            public Trainer() => sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    var loss = functional.cross_entropy(net.forward(x), y);
                    [|sgd.step()|];
                    Backpropagate(loss);
                }
            }

            private static void Backpropagate(Tensor loss) => loss.backward();
        }
        """);

    [Fact]
    public Task Warns_in_a_helper_that_a_loop_calls_after_clearing() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer adam, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    adam.zero_grad();
                    Learn(net, adam, x);
                }
            }

            private static void Learn(Module<Tensor, Tensor> net, optim.Optimizer adam, Tensor x)
            {
                var loss = net.forward(x).mean();
                [|adam.step()|];
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements_with_a_local_function() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters());
        for (var i = 0; i < 10; i++)
            Learn();

        void Learn()
        {
            adam.zero_grad();
            var loss = net.forward(torch.rand(4, 2)).mean();
            [|adam.step()|];
            loss.backward();
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters());
        for (var i = 0; i < 10; i++)
            Learn();

        void Learn()
        {
            adam.zero_grad();
            var loss = net.forward(torch.rand(4, 2)).mean();
            loss.backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Warns_in_an_async_lambda() => Verifier.Warns(Id, """
        Func<Tensor, Tensor, Task> learn = async (x, y) =>
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            await Task.Yield();
            [|optimizer.step()|];
            loss.backward();
        };
        foreach (var (x, y) in data)
            await learn(x, y);
        """);

    [Fact]
    public Task Warns_through_an_alias_and_a_finally() => Verifier.Warns(Id, """
        var sgd = optimizer;
        foreach (var (x, y) in data)
        {
            Tensor? loss = null;
            try
            {
                sgd.zero_grad();
                loss = criterion.forward(model.forward(x), y);
                [|optimizer.step()|];
            }
            finally
            {
                loss?.backward();
            }
        }
        """);

    [Fact]
    public Task Warns_for_the_optimizer_that_gets_no_gradients() => Verifier.Warns(Id, """
        var encoder = Linear(4, 4);
        var optimEncoder = optim.Adam(encoder.parameters());
        foreach (var (x, y) in data)
        {
            optimEncoder.zero_grad();
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(encoder.forward(x)), y);
            [|optimEncoder.step()|];
            loss.backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("optimizer.zero_grad(); criterion.forward(model.forward(x), y).backward(); optimizer.step();")]
    [InlineData("criterion.forward(model.forward(x), y).backward(); optimizer.step(); optimizer.zero_grad();")]
    [InlineData("optimizer.step(); optimizer.zero_grad(); criterion.forward(model.forward(x), y).backward();")]
    [InlineData("optimizer.zero_grad(); torch.autograd.backward([criterion.forward(model.forward(x), y)]); optimizer.step();")]
    [InlineData("optimizer.zero_grad(); var a = criterion.forward(model.forward(x), y); a.backward(retain_graph: true); a.square().backward(); optimizer.step();")]
    [InlineData("optimizer.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss?.backward(); optimizer?.step();")]
    public Task Silent_on_every_order_that_learns(string body) => Verifier.Silent(Id, "foreach (var (x, y) in data)\n{\n    " + body.Replace("; ", ";\n    ") + "\n}");

    [Fact]
    public Task Silent_on_a_closure() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var lbfgs = optim.LBFGS(model.parameters(), lr: 1);
        for (var i = 0; i < 20; i++)
        {
            lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                return loss;
            });
        }
        """);

    [Fact]
    public Task Silent_on_a_closure_from_outside() => Verifier.Silent(Id, """
        public static class Fitting
        {
            public static float Run(optim.Optimizer optimizer, Func<Tensor> closure, Module<Tensor, Tensor> net, Tensor x)
            {
                for (var i = 0; i < 20; i++)
                    optimizer.step(closure);
                return net.forward(x).mean().item<float>();
            }
        }
        """);

    [Theory]
    [InlineData("p.grad = torch.randn_like(p);")]
    [InlineData("p.grad = gradients[index++];")]
    public Task Silent_when_gradients_are_set_by_hand(string setting) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            var gradients = torch.autograd.grad([loss], model.parameters().Cast<Tensor>().ToList());
            var index = 0;
            foreach (var p in model.parameters())
                {{setting}}
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_a_callee_computes_the_gradients() => Verifier.Silent(Id, """
        public sealed class Agent(Module<Tensor, Tensor> policy)
        {
            private readonly optim.Optimizer optimizer = optim.Adam(policy.parameters());

            public void Learn(IEnumerable<(Tensor State, float Return)> episodes)
            {
                optimizer.zero_grad();
                foreach (var (state, reward) in episodes)
                    Reinforce(state, reward);
                optimizer.step();
            }

            private void Reinforce(Tensor state, float reward) => (-policy.forward(state).log() * reward).sum().backward();
        }
        """);

    [Fact]
    public Task Silent_when_the_caller_computes_the_gradients() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
        {
            public void Fit(Tensor x)
            {
                for (var i = 0; i < 5; i++)
                {
                    optimizer.zero_grad();
                    net.forward(x).mean().backward();
                    Update();
                }
            }

            private void Update()
            {
                nn.utils.clip_grad_norm_(net.parameters(), 1);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_loss_goes_to_code_that_cannot_be_seen() => Verifier.Silent(Id, """
        public interface IScaler
        {
            void Backward(Tensor loss);
        }

        public static class Mixed
        {
            public static void Fit(IEnumerable<Tensor> batches, Module<Tensor, Tensor> net, optim.Optimizer optimizer, IScaler scaler)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    scaler.Backward(net.forward(x).mean());
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_an_abstract_method_does_the_backward() => Verifier.Silent(Id, """
        public abstract class Algorithm(optim.Optimizer optimizer)
        {
            public void Iterate(int count)
            {
                for (var i = 0; i < count; i++)
                {
                    optimizer.zero_grad();
                    ComputeGradients();
                    optimizer.step();
                }
            }

            protected abstract void ComputeGradients();
        }

        public sealed class Quadratic(Parameter p) : Algorithm(optim.SGD([p], 0.1))
        {
            protected override void ComputeGradients() => p.square().sum().backward();
        }
        """);

    [Theory]
    [InlineData("Assert.Throws(() => optimizer.step());")]
    [InlineData("Assert.Throws(() => { optimizer.zero_grad(); optimizer.step(); });")]
    public Task Silent_in_a_test_that_expects_an_exception(string assertion) => Verifier.Silent(Id, $$"""
        public static class Assert
        {
            public static void Throws(Action action)
            {
                try { action(); } catch (Exception) { return; }
                throw new InvalidOperationException();
            }
        }

        public sealed class OptimizerTests
        {
            public void A_step_without_a_closure_throws()
            {
                var net = Linear(2, 1);
                using optim.Optimizer optimizer = optim.LBFGS(net.parameters());
                net.forward(torch.rand(1, 2));
                {{assertion}}
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_trace_of_a_schedule_without_a_model() => Verifier.Silent(Id, """
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            optimizer.step();
            scheduler.step();
            Console.WriteLine(optimizer.ParamGroups.First().LearningRate);
        }
        """);

    [Fact]
    public Task Silent_on_gradient_accumulation() => Verifier.Silent(Id, """
        var i = 0;
        optimizer.zero_grad();
        foreach (var (x, y) in data)
        {
            (criterion.forward(model.forward(x), y) / 8).backward();
            if (++i % 8 != 0)
                continue;
            optimizer.step();
            optimizer.zero_grad();
        }

        optimizer.step();
        """);

    [Fact]
    public Task Silent_on_two_losses_and_two_optimizers_over_one_network() => Verifier.Silent(Id, """
        var body = optim.Adam(model.parameters());
        foreach (var (x, y) in data)
        {
            body.zero_grad();
            optimizer.zero_grad();
            var output = model.forward(x);
            criterion.forward(output, y).backward(retain_graph: true);
            output.square().mean().backward();
            body.step();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_gradient_penalty() => Verifier.Silent(Id, """
        foreach (var (x, _) in data)
        {
            optimizer.zero_grad();
            x.requires_grad = true;
            var score = model.forward(x).sum();
            var gradient = torch.autograd.grad([score], [x], create_graph: true)[0];
            (score + 10 * (gradient.norm() - 1).square()).backward();
            optimizer.step();
        }
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

    private const string Caller = """
        internal static class Program
        {
            public static void Main()
            {
                var net = Linear(2, 1);
                var wrapper = new Wrapper(net, optim.SGD(net.parameters(), 0.1), false);
                BEFORE
                for (var i = 0; i < 10; i++) wrapper.Step(functional.mse_loss(net.forward(rand(4, 2)), rand(4, 1)));
                wrapper.StepAlone(rand(4, 2), rand(4, 1));
            }
        }

        """;

    [Fact]
    public Task Warns_on_the_one_way_through_a_wrapper_that_computes_nothing() => Verifier.Warns(Id, Wrapped("[|sgd.step()|]; sgd.zero_grad();", Right) + Caller.Replace("BEFORE", ""));

    [Fact]
    public Task Warns_on_the_one_method_of_a_wrapper_that_computes_too_late() => Verifier.Warns(Id, Wrapped(Right, "[|sgd.step()|]; loss.backward(); sgd.zero_grad();") + Caller.Replace("BEFORE", ""));

    [Fact]
    public Task Silent_on_a_wrapper_that_computes_each_time() => Verifier.Silent(Id, Wrapped(Right, Right) + Caller.Replace("BEFORE", ""));

    [Fact]
    public Task Silent_when_somebody_else_may_have_computed_for_the_wrapper() => Verifier.Silent(Id, Wrapped("sgd.step(); sgd.zero_grad();", Right) + Caller.Replace("BEFORE", "net.forward(rand(4, 2)).mean().backward();"));

    [Fact]
    public Task Silent_when_the_wrapper_is_there_for_other_projects() => Verifier.Silent(Id, Wrapped("sgd.step(); sgd.zero_grad();", Right).Replace("internal", "public"));

    [Fact]
    public Task Silent_when_gradients_are_set_by_hand_for_the_wrapper() => Verifier.Silent(Id, Wrapped("Share(); sgd.step(); sgd.zero_grad();", Right).Replace("    public void StepAlone", """
            private void Share()
            {
                foreach (var p in model.parameters()) p.grad = ones_like(p);
            }

            public void StepAlone
        """) + Caller.Replace("BEFORE", ""));

    [Theory]
    [InlineData("Console.WriteLine(model.parameters().First().grad is null);")]
    [InlineData("Console.WriteLine($\"{model.parameters().First().grad!.device}\");")]
    [InlineData("var gradient = model.parameters().First().grad; Console.WriteLine(gradient);")]
    public Task Warns_where_gradients_are_only_looked_at(string look) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            [|optimizer.step()|];
            loss.backward();
            {{look}}
            optimizer.zero_grad();
        }
        """);

    [Theory]
    [InlineData("model.parameters().First().grad = ones(1);")]
    [InlineData("model.parameters().First().grad!.fill_(1);")]
    [InlineData("Fill(model.parameters().First().grad!); void Fill(Tensor g) => Console.WriteLine(g);")]
    public Task Silent_where_gradients_are_set(string set) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            {{set}}
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_in_an_epoch_that_trains_and_evaluates() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Run(IReadOnlyList<(Tensor, Tensor)> samples)
            {
                var optimizer = optim.Adam(net.parameters());
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Epoch(net, samples, optimizer, true);
                    Epoch(net, samples, optimizer: null, false);
                }
            }

            private float Epoch(Module<Tensor, Tensor> model, IReadOnlyList<(Tensor, Tensor)> samples, optim.Optimizer? optimizer, bool training)
            {
                var total = 0f;
                model.train(training);
                using var guard = training ? null : no_grad();
                foreach (var (x, y) in samples)
                {
                    var loss = functional.mse_loss(model.forward(x), y);
                    if (training && optimizer is not null)
                    {
                        optimizer.zero_grad();
                        [|optimizer.step()|];
                    }

                    total += loss.ToSingle();
                }

                return total;
            }
        }
        """);

    [Fact]
    public Task Warns_although_an_enumerator_is_disposed_of_beside_a_trainer_that_can_be() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net, Func<Tensor, Tensor> score) : IDisposable
        {
            private readonly Dictionary<string, Tensor> kept = [];
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Dispose() => Restore();

            public void Restore()
            {
                foreach (var tensor in kept.Values) tensor.Dispose();
                Dispose();
            }

            public void Learn(Tensor x)
            {
                sgd.zero_grad();
                Restore();
                Console.WriteLine(score(net.forward(x)).item<float>());
                [|sgd.step()|];
            }
        }
        """);

    [Fact]
    public Task Fixes_before_the_clipping() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            [|optimizer.step()|];
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    private static string Episode(string backward) => $$"""
        public sealed class Reinforce
        {
            private readonly Module<Tensor, Tensor> policy = Linear(4, 2);
            private readonly optim.Optimizer optimizer;
            private readonly List<Tensor> logProbabilities = new();

            public Reinforce() => optimizer = optim.Adam(policy.parameters());

            public long Choose(Tensor state)
            {
                var probabilities = policy.forward(state.unsqueeze(0)).softmax(1);
                var action = probabilities.detach().multinomial(1);
                logProbabilities.Add(probabilities.gather(1, action).log());
                return action.item<long>();
            }

            public void Finish(Tensor returns)
            {
                var loss = (-stack(logProbabilities) * returns).sum();
                optimizer.zero_grad();
                {{backward}}
                logProbabilities.Clear();
            }
        }
        """;

    [Fact]
    public Task Warns_when_the_loss_is_made_of_collected_outputs() => Verifier.Warns(Id, Episode("[|optimizer.step()|];"));

    [Fact]
    public Task Silent_when_backward_runs_through_collected_outputs() => Verifier.Silent(Id, Episode("loss.backward(); optimizer.step();"));
}
