using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class OptimizerMissesModelTests
{
    private const string Id = "TL0503";

    [Fact]
    public Task Names_both_models() => Verifier.Warns(Id, """
        var student = Linear(4, 1);
        var teacher = Linear(4, 1);
        var adam = [|torch.optim.Adam(teacher.parameters())|];
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(student.forward(x), y).backward();
            adam.step();
        }
        """, "'adam' holds the parameters of 'teacher', but the loss comes from 'student': the model that is trained never changes");

    [Theory]
    [InlineData("teacher.forward(x).detach()")]
    [InlineData("Answer(x)")]
    public Task Warns_when_the_other_only_sets_the_target(string target) => Verifier.Warns(Id, $$"""
        var student = Linear(4, 1);
        var teacher = Linear(4, 1);
        var adam = [|torch.optim.Adam(teacher.parameters())|];
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(student.forward(x), {{target}}).backward();
            adam.step();
        }

        Tensor Answer(Tensor x)
        {
            using (no_grad()) return teacher.forward(x);
        }
        """);

    [Fact]
    public Task Warns_when_the_model_is_made_anew_after_the_optimizer() => Verifier.Warns(Id, """
        var net = Linear(4, 1);
        var adam = [|torch.optim.Adam(net.parameters())|];
        net = {|#0:Linear(4, 1)|};
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(net.forward(x), y).backward();
            adam.step();
        }
        """, "'adam' holds the parameters of the earlier 'net', but the loss comes from the one that took its place: the model that is trained never changes");

    [Fact]
    public Task Warns_when_models_and_optimizer_are_fields() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> encoder = Linear(4, 8);
            private readonly Module<Tensor, Tensor> classifier = Linear(4, 1);

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                using var optimizer = [|torch.optim.SGD(encoder.parameters(), 0.1)|];
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    var loss = Loss(x, y);
                    loss.backward();
                    optimizer.step();
                }
            }

            private Tensor Loss(Tensor x, Tensor y) => functional.mse_loss(classifier.forward(x), y);
        }
        """);

    [Fact]
    public Task Warns_when_a_factory_is_given_the_wrong_model() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var first = Linear(4, 1);
                var second = Linear(4, 1);
                var optimizer = Optimize(first);
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(second.forward(x), y).backward();
                    optimizer.step();
                }
            }

            private static torch.optim.Optimizer Optimize(Module module) => [|torch.optim.Adam(module.parameters())|];
        }
        """);

    [Theory]
    [InlineData("head.forward(model.forward(x))")]
    [InlineData("head.forward(x) + model.forward(x)")]
    [InlineData("Through(x)")]
    public Task Silent_when_the_model_takes_part_in_the_loss(string output) => Verifier.Silent(Id, $$"""
        var head = Linear(1, 1);
        Tensor Through(Tensor x) => head.forward(model.forward(x));
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss({{output}}, y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_for_a_generator_trained_through_a_critic() => Verifier.Silent(Id, """
        var generator = Linear(4, 4);
        var critic = Linear(4, 1);
        var adam = torch.optim.Adam(generator.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            var made = generator.forward(x);
            functional.binary_cross_entropy_with_logits(critic.forward(made), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_for_a_frozen_backbone() => Verifier.Silent(Id, """
        var backbone = Linear(4, 8);
        var head = Linear(8, 1);
        var net = Sequential(backbone, head);
        var adam = torch.optim.Adam(head.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(net.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_for_a_part_of_the_model() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public readonly Module<Tensor, Tensor> backbone = Linear(4, 8);
            public readonly Module<Tensor, Tensor> head = Linear(8, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(backbone.forward(x));
        }
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = new Net();
                var adam = torch.optim.Adam(net.head.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_for_a_module_kept_inside_the_other() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> inner;

            public Net(Module<Tensor, Tensor> inner) : base(nameof(Net))
            {
                this.inner = inner;
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => inner.forward(x);
        }
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var layer = Linear(4, 1);
                var net = new Net(layer);
                var adam = torch.optim.Adam(layer.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_weights_are_copied_to_a_target_network() => Verifier.Silent(Id, """
        var policy = Linear(4, 1);
        var target = Linear(4, 1);
        var adam = torch.optim.Adam(policy.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(target.forward(x), y).backward();
            adam.step();
            target.load_state_dict(policy.state_dict());
        }
        """);

    [Fact]
    public Task Silent_with_several_optimizers() => Verifier.Silent(Id, """
        var generator = Linear(4, 1);
        var critic = Linear(4, 1);
        var first = torch.optim.Adam(generator.parameters());
        var second = torch.optim.Adam(critic.parameters());
        foreach (var (x, y) in data)
        {
            first.zero_grad();
            second.zero_grad();
            functional.mse_loss(critic.forward(x), y).backward();
            second.step();
            first.step();
        }
        """);

    [Fact]
    public Task Silent_when_parameters_are_added_later() => Verifier.Silent(Id, """
        var student = Linear(4, 1);
        var teacher = Linear(4, 1);
        var sgd = new SGD(teacher.parameters(), 0.1);
        sgd.add_param_group(new SGD.ParamGroup(student.parameters()));
        foreach (var (x, y) in data)
        {
            sgd.zero_grad();
            functional.mse_loss(student.forward(x), y).backward();
            sgd.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_holds_both() => Verifier.Silent(Id, """
        var student = Linear(4, 1);
        var teacher = Linear(4, 1);
        var adam = torch.optim.Adam(teacher.parameters().Concat(student.parameters()));
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(student.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_model_is_wrapped_after_the_optimizer() => Verifier.Silent(Id, """
        Module<Tensor, Tensor> net = Linear(4, 1);
        var adam = torch.optim.Adam(net.parameters());
        net = Sequential(net, ReLU());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(net.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_models_come_from_outside() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Module<Tensor, Tensor> same, IEnumerable<(Tensor x, Tensor y)> data)
            {
                var adam = torch.optim.Adam(same.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    private const string Agent = """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Linear(4, 2), target = Linear(4, 2);
            private readonly optim.Optimizer optimizer;

            public Agent()
            {
                target.load_state_dict(policy.state_dict());
                optimizer = CREATE;
            }

            public float Learn(Tensor states, Tensor next)
            {
                Tensor best;
                GUARD
                    best = target.forward(next).max(1).values;
                var loss = functional.smooth_l1_loss(policy.forward(states), best);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                MORE
                return loss.item<float>();
            }

            public void Follow()
            {
                using var guard = no_grad();
                foreach (var (old, now) in target.parameters().Zip(policy.parameters())) old.mul_(0.99).add_(now, 0.01);
            }
        }
        """;

    private static string WithAgent(string create, string guard = "using (no_grad())", string more = "") =>
        Agent.Replace("CREATE", create, StringComparison.Ordinal).Replace("GUARD", guard, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);

    [Fact]
    public Task Warns_when_a_field_s_optimizer_holds_the_target_network() => Verifier.Warns(Id, WithAgent("[|optim.Adam(target.parameters())|]"));

    [Theory]
    [InlineData("optim.Adam(policy.parameters())", "using (no_grad())", "")]
    [InlineData("optim.Adam(target.parameters())", "", "")]
    [InlineData("optim.Adam(target.parameters())", "using (no_grad())", "foreach (var (t, p) in target.parameters().Zip(policy.parameters())) t.grad!.copy_(p.grad!);")]
    [InlineData("optim.Adam(target.parameters())", "using (no_grad())", "functional.mse_loss(target.forward(states), best).backward(); optimizer.step();")]
    public Task Silent_when_gradients_reach_what_it_holds(string create, string guard, string more) => Verifier.Silent(Id, WithAgent(create, guard, more));
}
