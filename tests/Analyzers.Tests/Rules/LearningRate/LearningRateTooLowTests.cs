using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class LearningRateTooLowTests
{
    private const string Id = "TL0102";

    [Theory]
    [InlineData("optim.Adam(model.parameters(), [|0|])", "'training' has a learning rate of 0, so that no step changes anything: the loss stays where it started")]
    [InlineData("optim.SGD(model.parameters(), [|0.0|])", "'training' has a learning rate of 0, so that no step changes anything: the loss stays where it started")]
    [InlineData("optim.SGD(model.parameters(), [|learningRate: -0.1|])", "'training' has a learning rate of -0.1, so that each step moves the weights uphill: the loss grows")]
    [InlineData("optim.AdamW(model.parameters(), [|lr: 1e-9|])", "'training' has a learning rate of 1e-09, so that the steps are lost in rounding: the loss stays where it started")]
    [InlineData("optim.Adadelta(model.parameters(), [|0f|])", "'training' has a learning rate of 0, so that no step changes anything: the loss stays where it started")]
    [InlineData("optim.LBFGS(model.parameters(), [|0|])", "'training' has a learning rate of 0, so that no step changes anything: the loss stays where it started")]
    [InlineData("new SGD(model.parameters(), [|lr: 1 / 1000|])", "'training' has a learning rate of 0, so that no step changes anything: the loss stays where it started")]
    public Task Warns_when_nothing_is_learned(string creation, string message) => Verifier.Warns(Id, $"optim.Optimizer training = {creation};\ntraining.step();", message);

    [Theory]
    [InlineData("optim.Adam(model.parameters(), 1e-8)")]
    [InlineData("optim.SGD(model.parameters(), 1e-5)")]
    [InlineData("optim.SGD(model.parameters(), -0.1, maximize: true)")]
    [InlineData("optim.Rprop(model.parameters(), 0)")]
    [InlineData("optim.SGD(new[] { new SGD.ParamGroup(model.parameters(), lr: 0.1) }, 0)")]
    [InlineData("optim.SGD(new[] { new SGD.ParamGroup(model.parameters(), lr: 0) }, 0.1)")]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: 0)")]
    [InlineData("optim.Adam(model.parameters(), weight_decay: 0)")]
    public Task Silent_when_something_is_learned(string creation) => Verifier.Silent(Id, $"optim.Optimizer training = {creation};\ntraining.step();");

    [Fact]
    public Task Warns_when_a_helper_makes_the_optimizer_with_a_constant() => Verifier.Warns(Id, """
        internal static class Recipe
        {
            private const double Rate = {|#0:0.0|};

            public static optim.Optimizer Make(IEnumerable<Parameter> weights) => optim.Adam(weights, [|Rate|]);
        }

        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer adam = Recipe.Make(net.parameters());

            public void Learn(Tensor x)
            {
                adam.zero_grad();
                net.forward(x).mean().backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_whole_division_gives_zero() => Verifier.Warns(Id, """
        const int batches = 100;
        const double rate = {|#0:1 / batches|};
        var make = () => optim.SGD(model.parameters(), [|rate|]);
        make().step();
        """);

    [Fact]
    public Task Warns_when_a_caller_hands_it_in() => Verifier.Warns(Id, """
        internal sealed class Trainer
        {
            private readonly optim.Optimizer sgd;

            public Trainer(Module<Tensor, Tensor> net, double rate) => sgd = optim.SGD(net.parameters(), [|rate|]);

            public void Step() => sgd.step();

            public static Trainer Of(Module<Tensor, Tensor> net) => new(net, {|#0:0|});
        }
        """);

    [Theory]
    [InlineData("var warmup = optim.lr_scheduler.LambdaLR(sgd, i => i / 10.0); warmup.step();")]
    [InlineData("var cycle = optim.lr_scheduler.CyclicLR(sgd, 1e-4, 1e-2); cycle.step();")]
    [InlineData("var cycle = optim.lr_scheduler.OneCycleLR(sgd, 0.1, total_steps: 100); cycle.step();")]
    [InlineData("foreach (var g in sgd.ParamGroups) g.LearningRate = 0.1;")]
    [InlineData("Warm(sgd, 0.1);")]
    public Task Silent_when_the_rate_is_set_later(string later) => Verifier.Silent(Id, $$"""
        var sgd = optim.SGD(model.parameters(), 0);
        {{later}}
        sgd.step();

        static void Warm(optim.Optimizer o, double rate)
        {
            foreach (var g in o.ParamGroups) g.LearningRate = rate;
        }
        """);

    [Fact]
    public Task Silent_when_the_groups_are_kept_and_set_elsewhere() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly List<optim.ILearningRateController> groups;
            private readonly optim.Optimizer adam;

            public Trainer(Module<Tensor, Tensor> net)
            {
                adam = optim.Adam(net.parameters(), lr: 0);
                groups = adam.ParamGroups.ToList();
            }

            public void Warm(double rate) => groups.ForEach(g => g.LearningRate = rate);

            public void Step() => adam.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_is_handed_to_a_warm_up_in_another_class() => Verifier.Silent(Id, """
        public sealed class Warmup(optim.Optimizer optimizer, double target, int steps)
        {
            private int step;

            public void Next()
            {
                step++;
                foreach (var group in optimizer.ParamGroups) group.LearningRate = target * Math.Min(1.0, (double)step / steps);
            }
        }

        public sealed class Trainer
        {
            private readonly optim.Optimizer adam;
            private readonly Warmup warmup;

            public Trainer(Module<Tensor, Tensor> net)
            {
                adam = optim.Adam(net.parameters(), lr: 0);
                warmup = new Warmup(adam, 1e-3, 1000);
            }

            public void Step()
            {
                warmup.Next();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_only_settings_of_ones_own_are_assigned() => Verifier.Warns(Id, """
        public sealed class Settings
        {
            public double LearningRate { get; set; }
        }

        public static class Recipe
        {
            public static Settings Usual() => new() { LearningRate = 0.1 };

            public static void Make(Module<Tensor, Tensor> net)
            {
                var sgd = optim.SGD(net.parameters(), [|0.0|]);
                sgd.step();
                Console.WriteLine(sgd.ParamGroups.First().LearningRate);
                Console.WriteLine("rate " + sgd.ParamGroups.ToList().FirstOrDefault()?.LearningRate);
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_schedule_starts_from_zero_and_only_lowers_it() => Verifier.Warns(Id, """
        var sgd = optim.SGD(model.parameters(), [|0.0|]);
        var schedule = optim.lr_scheduler.StepLR(sgd, 10);
        foreach (var (x, y) in data)
        {
            sgd.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            sgd.step();
            schedule.step();
        }

        Console.WriteLine(sgd.ParamGroups.First().LearningRate);
        """);

    [Theory]
    [InlineData("trainlint.TL0102.min = 1e-4", "1e-5")]
    [InlineData("trainlint.TL0102.min = 0", "-1e-12")]
    public Task Warns_below_what_the_project_has_set(string option, string rate) =>
        Verifier.Warns(Id, $"var sgd = optim.SGD(model.parameters(), [|{rate}|]);\nsgd.step();", options: new() { EditorConfig = option + "\n" });

    [Fact]
    public Task Silent_above_what_the_project_has_set() =>
        Verifier.Silent(Id, "var sgd = optim.SGD(model.parameters(), 1e-12);\nsgd.step();", new() { EditorConfig = "trainlint.TL0102.min = 1e-15\n" });

    [Fact]
    public Task Fixes_with_the_default_of_the_library() => Verifier.Fix(Id, """
        var adam = optim.Adam(model.parameters(), [|lr: 0|]);
        const double rate = 0.0; // later more
        var sgd = optim.SGD(model.parameters(), [|rate|]);
        adam.step();
        sgd.step();
        """, """
        var adam = optim.Adam(model.parameters(), lr: 0.001);
        const double rate = 0.01; // later more
        var sgd = optim.SGD(model.parameters(), rate);
        adam.step();
        sgd.step();
        """);
}
