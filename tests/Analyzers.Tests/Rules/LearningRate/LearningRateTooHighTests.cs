using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class LearningRateTooHighTests
{
    private const string Id = "TL0101";

    private static string Made(string creation) => $$"""
        optim.Optimizer training = {{creation}};
        foreach (var (x, y) in data)
        {
            training.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            training.step();
        }
        """;

    [Theory]
    [InlineData("optim.Adam(model.parameters(), [|1.0|])")]
    [InlineData("optim.Adam(model.parameters(), [|lr: 0.5|])")]
    [InlineData("optim.AdamW(model.parameters(), [|1|])")]
    [InlineData("optim.Adamax(model.parameters(), [|lr: 0.2|])")]
    [InlineData("optim.NAdam(model.parameters(), [|lr: 0.2|])")]
    [InlineData("optim.RAdam(model.parameters(), beta1: 0.8, [|lr: 3|])")]
    [InlineData("optim.RMSProp(model.parameters(), [|0.5|])")]
    [InlineData("optim.Adagrad(model.parameters(), [|1.5|])")]
    [InlineData("optim.SGD(model.parameters(), [|50|])")]
    [InlineData("optim.SGD(model.parameters(), [|learningRate: 10.5f|])")]
    [InlineData("optim.ASGD(model.parameters(), [|100.0|])")]
    [InlineData("new Adam(model.parameters(), [|1e1|])")]
    [InlineData("new SGD(model.parameters(), [|lr: 50|])")]
    [InlineData("optim.SGD(new[] { new SGD.ParamGroup(model.parameters(), [|50.0|]) }, 0.1)")]
    public Task Warns_above_what_the_optimizer_can_use(string creation) => Verifier.Warns(Id, Made(creation));

    [Theory]
    [InlineData("optim.Adam(model.parameters())")]
    [InlineData("optim.Adam(model.parameters(), 0.1)")]
    [InlineData("optim.Adam(model.parameters(), 1e-3, 0.9, 0.999, 1)")]
    [InlineData("optim.RMSProp(model.parameters(), 0.1f)")]
    [InlineData("optim.Adagrad(model.parameters(), 1)")]
    [InlineData("optim.SGD(model.parameters(), 5.0)")]
    [InlineData("optim.SGD(model.parameters(), 2.5)")]
    [InlineData("optim.SGD(model.parameters(), 10)")]
    [InlineData("optim.Adadelta(model.parameters(), 1.0)")]
    [InlineData("optim.Adadelta(model.parameters(), 100)")]
    [InlineData("optim.Rprop(model.parameters(), 1)")]
    [InlineData("optim.LBFGS(model.parameters(), lr: 1)")]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: 50)")]
    public Task Silent_on_what_the_optimizer_can_use(string creation) => Verifier.Silent(Id, Made(creation));

    [Fact]
    public Task Names_the_optimizer_and_the_limit() => Verifier.Warns(Id, Made("optim.Adam(model.parameters(), [|1.0|])"),
        "'training' takes steps of 1, and Adam trains with 0.1 at most: the loss jumps up and does not come down");

    [Fact]
    public Task Warns_in_a_field_of_a_trainer_with_a_constant_elsewhere() => Verifier.Warns(Id, """
        internal static class Settings
        {
            public const double Rate = {|#0:10.0|};
        }

        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer adam = optim.Adam(net.parameters(), [|lr: Settings.Rate|]);

            public void Learn(Tensor x)
            {
                adam.zero_grad();
                net.forward(x).mean().backward();
                adam.step();
            }
        }
        """, "'adam' takes steps of 10, and Adam trains with 0.1 at most: the loss jumps up and does not come down");

    [Theory]
    [InlineData("private readonly double rate = {|#0:10.0|};")]
    [InlineData("private static readonly float rate = {|#0:10f|};")]
    [InlineData("private double rate = {|#0:10.0|};")]
    [InlineData("private double rate => {|#0:10.0|};")]
    [InlineData("private double rate { get; } = {|#0:10.0|};")]
    public Task Warns_when_a_member_that_nobody_sets_holds_it(string member) => Verifier.Warns(Id, $$"""
        public sealed class Trainer
        {
            {{member}}

            public optim.Optimizer Make(Module<Tensor, Tensor> net) => optim.AdamW(net.parameters(), [|rate|]);
        }
        """);

    [Theory]
    [InlineData("private double rate = 10.0; public void Set(double r) => rate = r;")]
    [InlineData("public double rate { get; set; } = 10.0;")]
    [InlineData("public double rate { get; init; } = 10.0;")]
    [InlineData("public double rate = 10.0;")]
    [InlineData("[NonSerialized] private double rate = 10.0;")]
    [InlineData("private readonly double rate = 10.0; public Trainer() => rate = 0.01;")]
    [InlineData("public virtual double rate => 10.0;")]
    public Task Silent_when_somebody_may_set_it(string member) => Verifier.Silent(Id, $$"""
        public class Trainer
        {
            {{member}}

            public optim.Optimizer Make(Module<Tensor, Tensor> net) => optim.AdamW(net.parameters(), rate);
        }
        """);

    [Fact]
    public Task Warns_when_a_variable_is_computed_from_constants() => Verifier.Warns(Id, """
        var basis = 0.5;
        var rate = {|#0:basis * 8|};
        var adam = optim.Adam(model.parameters(), [|rate|]);
        adam.step();
        """);

    [Theory]
    [InlineData("var rate = 10.0; rate /= 1000;")]
    [InlineData("var rate = 10.0; if (data.Any()) rate = 0.01;")]
    [InlineData("var rate = 10.0; Tune(ref rate);")]
    [InlineData("double rate; rate = data.Count();")]
    public Task Silent_when_a_variable_changes(string rate) => Verifier.Silent(Id, $$"""
        {{rate}}
        var adam = optim.Adam(model.parameters(), rate);
        adam.step();

        static void Tune(ref double value) => value /= 1000;
        """);

    [Fact]
    public Task Warns_when_a_caller_hands_it_in() => Verifier.Warns(Id, """
        internal static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Tensor x)
            {
                Fit(net, x, 0.001);
                Fit(net, x, {|#0:rate: 3.0|});
            }

            private static void Fit(Module<Tensor, Tensor> net, Tensor x, double rate)
            {
                var adam = optim.Adam(net.parameters(), [|rate|]);
                adam.zero_grad();
                net.forward(x).mean().backward();
                adam.step();
            }
        }
        """, "'adam' takes steps of 3, and Adam trains with 0.1 at most: the loss jumps up and does not come down");

    [Fact]
    public Task Silent_when_it_is_the_default_of_a_parameter() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly optim.Optimizer adam;

            public Trainer(Module<Tensor, Tensor> net, double rate = 10.0) => adam = optim.Adam(net.parameters(), rate);

            public void Learn(double[] rates, Module<Tensor, Tensor> net)
            {
                foreach (var rate in rates) optim.Adam(net.parameters(), rate).step();
                adam.step();
            }
        }
        """);

    [Theory]
    [InlineData("var schedule = optim.lr_scheduler.LambdaLR(adam, step => Math.Min(Math.Pow(step + 1, -0.5), (step + 1) * 1e-5));")]
    [InlineData("var schedule = optim.lr_scheduler.OneCycleLR(adam, 0.01, total_steps: 100);")]
    [InlineData("var schedule = optim.lr_scheduler.LinearLR(adam, start_factor: 1e-3, end_factor: 1e-2);")]
    public Task Silent_when_a_schedule_makes_another_rate_of_it(string schedule) => Verifier.Silent(Id, $$"""
        var adam = optim.Adam(model.parameters(), 1.0);
        {{schedule}}
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            adam.step();
            schedule.step();
        }
        """);

    [Fact]
    public Task Warns_when_the_schedule_only_lowers_it() => Verifier.Warns(Id, """
        var adam = optim.Adam(model.parameters(), [|1.0|]);
        var schedule = optim.lr_scheduler.StepLR(adam, 10);
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            adam.step();
            schedule.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_program_sets_it_later() => Verifier.Silent(Id, """
        var adam = optim.Adam(model.parameters(), 1.0);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var group in adam.ParamGroups) group.LearningRate = 0.01 / (epoch + 1);
            foreach (var (x, y) in data)
            {
                adam.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_an_earlier_state_is_loaded() => Verifier.Silent(Id, """
        var adam = optim.Adam(model.parameters(), 1.0);
        adam.load_state_dict("adam.dat");
        adam.step();
        """);

    [Theory]
    [InlineData("trainlint.TL0101.adam_max = 0.001", "optim.Adam(model.parameters(), [|0.01|])")]
    [InlineData("trainlint.TL0101.sgd_max = 1", "optim.SGD(model.parameters(), [|2.5|])")]
    [InlineData("trainlint.tl0101.RMSPROP_MAX = 1e-2", "optim.RMSProp(model.parameters(), [|0.05|])")]
    [InlineData("trainlint.TL0101.adam_max = wrong", "optim.Adam(model.parameters(), [|1.0|])")]
    public Task Warns_above_what_the_project_has_set(string option, string creation) => Verifier.Warns(Id, Made(creation), options: new() { EditorConfig = option + "\n" });

    [Theory]
    [InlineData("trainlint.TL0101.adam_max = 2", "optim.Adam(model.parameters(), 1.0)")]
    [InlineData("trainlint.TL0101.adagrad_max = 5", "optim.Adagrad(model.parameters(), 1.5)")]
    public Task Silent_below_what_the_project_has_set(string option, string creation) => Verifier.Silent(Id, Made(creation), new() { EditorConfig = option + "\n" });

    [Fact]
    public Task Fixes_with_the_default_of_the_library() => Verifier.Fix(Id, """
        var adam = optim.Adam(model.parameters(), [|lr: 1.0|]); // as in the paper
        var nadam = optim.NAdam(model.parameters(),
            [|1.0|],
            weight_decay: 1e-4);
        optim.Optimizer sgd = optim.SGD(model.parameters(), [|50|], momentum: 0.9);
        adam.step(); nadam.step(); sgd.step();
        """, """
        var adam = optim.Adam(model.parameters(), lr: 0.001); // as in the paper
        var nadam = optim.NAdam(model.parameters(),
            0.002,
            weight_decay: 1e-4);
        optim.Optimizer sgd = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
        adam.step(); nadam.step(); sgd.step();
        """);

    [Fact]
    public Task Fixes_the_constant_and_the_callers_argument() => Verifier.Fix(Id, """
        internal sealed class Trainer
        {
            private const float Rate = 10f; // per step

            public void Run(Module<Tensor, Tensor> net)
            {
                var rate = 5.0;
                optim.Adam(net.parameters(), [|Rate|]).step();
                optim.RMSProp(net.parameters(), [|rate|]).step();
                Fit(net, 3);
            }

            private static void Fit(Module<Tensor, Tensor> net, double rate) => optim.AdamW(net.parameters(), [|rate|]).step();
        }
        """, """
        internal sealed class Trainer
        {
            private const float Rate = 0.001f; // per step

            public void Run(Module<Tensor, Tensor> net)
            {
                var rate = 0.01;
                optim.Adam(net.parameters(), Rate).step();
                optim.RMSProp(net.parameters(), rate).step();
                Fit(net, 0.001);
            }

            private static void Fit(Module<Tensor, Tensor> net, double rate) => optim.AdamW(net.parameters(), rate).step();
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        const int Rate = 1;
        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters(), [|Rate|]);
        adam.step();
        Console.WriteLine(Rate);
        """, """
        // top-level
        const int Rate = 1;
        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters(), 0.001);
        adam.step();
        Console.WriteLine(Rate);
        """);

    [Fact]
    public Task Warns_beside_groups_that_bring_no_rate() => Verifier.Warns(Id, """
        var optimizer = optim.AdamW(new List<AdamW.ParamGroup>
        {
            new(model.parameters(), new AdamW.Options { weight_decay = 0.05 }),
            new(model.parameters(), new AdamW.Options { weight_decay = 0, LearningRate = 0.001 }),
        }, [|lr: 50.0|]);
        """);

    [Fact]
    public Task Silent_beside_groups_that_bring_rates_or_may_do_so() => Verifier.Silent(Id, """
        var slow = new AdamW.Options { weight_decay = 0 };
        slow.LearningRate = 0.001;
        var one = optim.AdamW(new List<AdamW.ParamGroup> { new(model.parameters(), new AdamW.Options { LearningRate = 0.001 }) }, lr: 50.0);
        var two = optim.AdamW(new List<AdamW.ParamGroup> { new(model.parameters(), slow) }, lr: 50.0);
        """);
}
