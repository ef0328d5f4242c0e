using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Evaluation;

public class BestStateNotCopiedTests
{
    private const string Id = "TL0804";

    private const string Step = """
        optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
        """;

    [Fact]
    public Task Names_the_state_and_the_model() => Verifier.Warns(Id, $$"""
        Dictionary<string, Tensor>? best = null;
        var lowest = float.MaxValue;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                {{Step}}
                if (loss.item<float>() < lowest)
                {
                    lowest = loss.item<float>();
                    [|best = model.state_dict()|];
                }
            }
        }

        {|#0:model.load_state_dict(best)|};
        """, "'best' holds the live weights of 'model', not a copy: it changes with every further step, and loading it back restores nothing");

    [Fact]
    public Task Warns_when_the_first_state_is_kept() => Verifier.Warns(Id, $$"""
        var [|initial = model.state_dict()|];
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        model.load_state_dict(initial);
        """);

    [Fact]
    public Task Warns_when_one_object_keeps_it_in_a_field() => Verifier.Warns(Id, """
        public sealed class EarlyStopping
        {
            private Dictionary<string, Tensor>? best;
            private double lowest = double.MaxValue;

            public void Look(Module<Tensor, Tensor> model, double loss)
            {
                if (loss >= lowest) return;
                lowest = loss;
                [|best = model.state_dict()|];
            }

            public void Restore(Module<Tensor, Tensor> model) => model.load_state_dict(best);
        }

        // file: Trainer.cs
        public sealed class Trainer
        {
            public static void Fit(Module<Tensor, Tensor> model, optim.Optimizer adam, IEnumerable<(Tensor, Tensor)> data)
            {
                var stopping = new EarlyStopping();
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    var loss = functional.mse_loss(model.forward(x), y);
                    loss.backward();
                    adam.step();
                    stopping.Look(model, loss.item<float>());
                }

                stopping.Restore(model);
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_trains() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer adam)
        {
            public void Fit(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                Dictionary<string, Tensor>? kept = null;
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    var loss = Epoch(batches);
                    if (loss < 0.1) [|kept = net.state_dict()|];
                }

                if (kept is not null) net.load_state_dict(kept);
            }

            private double Epoch(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                var total = 0.0;
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    var loss = functional.mse_loss(net.forward(x), y);
                    loss.backward();
                    adam.step();
                    total += loss.item<float>();
                }

                return total;
            }
        }
        """);

    [Theory]
    [InlineData("best = model.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());", "model.load_state_dict(best);")]
    [InlineData("model.save(\"best.dat\");", "model.load(\"best.dat\");")]
    [InlineData("best = model.state_dict(); foreach (var key in best.Keys.ToList()) best[key] = best[key].clone();", "model.load_state_dict(best);")]
    [InlineData("best = model.state_dict(); other.load_state_dict(best);", "")]
    [InlineData("best = model.state_dict(); Console.WriteLine(best.Count);", "")]
    public Task Silent_for_copies_and_other_models(string keep, string restore) => Verifier.Silent(Id, $$"""
        var other = new Net();
        var best = new Dictionary<string, Tensor>();
        foreach (var (x, y) in data)
        {
            {{Step}}
            {{keep}}
        }

        {{restore}}
        """);

    [Fact]
    public Task Silent_without_training_in_between() => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        var state = model.state_dict();
        model.load_state_dict(state);
        """);

    [Fact]
    public Task Silent_for_a_target_network() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Linear(4, 2);
            private readonly Module<Tensor, Tensor> target = Linear(4, 2);
            private Dictionary<string, Tensor>? state;

            public void Learn(optim.Optimizer adam, Tensor x)
            {
                adam.zero_grad();
                policy.call(x).mean().backward();
                adam.step();
                state = policy.state_dict();
            }

            public void Sync() => target.load_state_dict(state);
        }
        """);

    [Fact]
    public Task Fix_keeps_copies() => Verifier.Fix(Id, $$"""
        Dictionary<string, Tensor>? best = null;
        foreach (var (x, y) in data)
        {
            {{Step}}
            [|best = model.state_dict()|]; // the best
        }

        model.load_state_dict(best);
        """, $$"""
        Dictionary<string, Tensor>? best = null;
        foreach (var (x, y) in data)
        {
            {{Step}}
            best = model.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone()); // the best
        }

        model.load_state_dict(best);
        """);

    [Fact]
    public Task Fix_takes_the_copies_out_of_the_scope() => Verifier.Fix(Id, $$"""
        var p = 1;
        var best = new Dictionary<string, Tensor>();
        foreach (var (x, y) in data)
        {
            using var scope = NewDisposeScope();
            {{Step}}
            if (p > 0) [|best = model.state_dict()|];
        }

        model.load_state_dict(best);
        """, $$"""
        var p = 1;
        var best = new Dictionary<string, Tensor>();
        foreach (var (x, y) in data)
        {
            using var scope = NewDisposeScope();
            {{Step}}
            if (p > 0) best = model.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone().DetachFromDisposeScope());
        }

        model.load_state_dict(best);
        """);

    [Fact]
    public Task Fix_of_a_declaration() => Verifier.Fix(Id, $$"""
        var [|initial = model.state_dict()|];
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        model.load_state_dict(initial);
        """, $$"""
        var initial = model.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone());
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        model.load_state_dict(initial);
        """);
}
