using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class LossDetachedTests
{
    private const string Id = "TL0409";

    [Fact]
    public Task Names_the_loss_and_points_at_what_cuts_it_off() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = {|#0:functional.cross_entropy(model.forward(x), y).detach()|};
            [|loss.backward()|];
            optimizer.step();
        }
        """, "'detach()' cuts 'loss' off from the model, so backward() reaches no parameter and nothing is learned", [[0]]);

    [Theory]
    [InlineData("functional.cross_entropy(model.forward(x).argmax(1), y)")]
    [InlineData("functional.mse_loss(model.forward(x).round(), ones(8))")]
    [InlineData("functional.binary_cross_entropy(model.forward(x).sigmoid().detach(), y)")]
    [InlineData("functional.nll_loss(model.forward(x).to(ScalarType.Int64), y)")]
    [InlineData("model.forward(x).argmax(1).eq(zeros(8)).to(float32).mean()")]
    [InlineData("(model.forward(x).detach() - zeros(8)).pow(2).mean()")]
    [InlineData("torch.tensor(functional.mse_loss(model.forward(x), y).item<float>())")]
    [InlineData("torch.tensor(functional.mse_loss(model.forward(x), y).item<float>(), requires_grad: true)")]
    [InlineData("zeros(1) + functional.mse_loss(model.forward(x), y).ToSingle()")]
    public Task Warns_for_every_way_of_cutting(string loss) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var loss = {{loss}};
        [|loss.backward()|];
        optimizer.step();
        """);

    [Theory]
    [InlineData("loss.requires_grad = true;")]
    [InlineData("loss.requires_grad_();")]
    [InlineData("loss = loss.requires_grad_(true);")]
    public Task Asking_for_gradients_afterwards_only_hides_it(string request) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var hits = {|#0:model.forward(x).argmax(1)|};
        var loss = functional.mse_loss(hits.to(float32), zeros(8));
        {{request}}
        [|loss.backward()|];
        optimizer.step();
        """, "'argmax(…)' cuts 'loss' off from the model, so backward() reaches no parameter and nothing is learned", [[0]]);

    [Fact]
    public Task Asks_those_who_call_the_helper_that_trains() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = torch.optim.SGD(net.parameters(), 0.1);

            public void Learn(Tensor x, Tensor y)
            {
                var loss = functional.mse_loss(net.forward(x), y);
                Apply({|#0:loss.detach()|});
            }

            private void Apply(Tensor loss)
            {
                optimizer.zero_grad();
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """, "'loss.detach()' cuts 'loss' off from the model, so backward() reaches no parameter and nothing is learned", [[0]]);

    [Fact]
    public Task Follows_a_helper_that_returns_the_loss() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Step(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                var output = net.forward(x);
                [|Distance(output, y).backward()|];
                optimizer.step();
            }

            private static Tensor Distance(Tensor output, Tensor target) => functional.cross_entropy({|#0:output.argmax(1)|}, target);
        }
        """, null, [[0]]);

    [Fact]
    public Task Follows_the_forward_of_a_model() => Verifier.Warns(Id, """
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> head = Linear(4, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => {|#0:head.forward(x).argmax(1)|};
        }

        public static class Training
        {
            public static void Step(Tensor x, Tensor y)
            {
                var net = new Classifier();
                var optimizer = torch.optim.Adam(net.parameters());
                [|functional.cross_entropy(net.forward(x), y).backward()|];
                optimizer.step();
            }
        }
        """, null, [[0]]);

    [Fact]
    public Task Warns_in_a_local_function_and_a_lambda() => Verifier.Warns(Id, """
        var closure = () =>
        {
            var (x, y) = data.First();
            var loss = criterion.forward(model.forward(x), y).detach();
            [|loss.backward()|];
            return loss;
        };
        optimizer.step(closure);
        Round();

        void Round()
        {
            var (x, y) = data.First();
            [|functional.cross_entropy(model.forward(x).detach(), y).backward()|];
        }
        """);

    [Fact]
    public Task What_was_done_to_the_target_is_not_the_cause() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var target = functional.one_hot(y.to(ScalarType.Int64), 3).to(float32);
        var loss = functional.mse_loss({|#0:model.forward(x).detach()|}, target);
        [|loss.backward()|];
        """, "'detach()' cuts 'loss' off from the model, so backward() reaches no parameter and nothing is learned", [[0]]);

    [Fact]
    public Task Silent_on_detached_branches_beside_an_attached_one() => Verifier.Silent(Id, """
        var teacher = Linear(4, 1);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var target = teacher.forward(x).detach();
            var loss = functional.mse_loss(model.forward(x), target) + functional.mse_loss(model.forward(x).detach(), y);
            Console.WriteLine(loss.detach().item<float>() + loss.ToSingle());
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_straight_through_estimator() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var soft = model.forward(x).sigmoid();
        var hard = soft + (soft.round() - soft).detach();
        functional.mse_loss(hard, y).backward();
        """);

    [Fact]
    public Task Silent_where_the_target_may_be_what_is_trained() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Step(Tensor expected, Tensor prediction) => functional.smooth_l1_loss(expected.detach(), prediction).backward();
        }
        """);

    [Fact]
    public Task Silent_on_generative_adversarial_training() => Verifier.Silent(Id, """
        var discriminator = Linear(4, 1);
        var other = torch.optim.Adam(discriminator.parameters());
        foreach (var (x, y) in data)
        {
            var fake = model.forward(x);
            other.zero_grad();
            (discriminator.forward(y).mean() + discriminator.forward(fake.detach()).mean()).backward();
            other.step();
            optimizer.zero_grad();
            discriminator.forward(fake).mean().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_gradients_of_an_input() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var image = x.detach();
            image.requires_grad = true;
            var noise = zeros_like(x).requires_grad_();
            var delta = x.clone().detach();
            delta.requires_grad_();
            functional.mse_loss(image * 2, y).backward();
            (noise * 3).sum().backward();
            (delta - 1).pow(2).mean().backward();
        }
        """);

    [Fact]
    public Task Silent_where_the_number_starts_an_optimization_of_its_own() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var scale = torch.tensor(y.mean().item<float>(), requires_grad: true);
        var loss = (x * scale - y).pow(2).mean();
        loss.backward();
        """);

    [Fact]
    public Task Silent_where_one_of_the_callers_hands_in_an_attached_loss() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Learn(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                Apply(functional.mse_loss(net.forward(x), y));
                Apply(functional.mse_loss(net.forward(x).detach(), y));
            }

            private static void Apply(Tensor loss) => loss.backward();
        }
        """);

    [Fact]
    public Task Silent_where_it_is_cut_on_one_way_only() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            if (loss.isnan().item<bool>()) loss = loss.detach();
            loss.backward();
        }
        """);

    [Fact]
    public Task Silent_in_a_test_that_asserts_the_exception() => Verifier.Silent(Id, """
        public static class Assert
        {
            public static void Throws(Action action) { }
        }

        public static class Tests
        {
            public static void Detached(Module<Tensor, Tensor> net, Tensor x)
            {
                Assert.Throws(() => net.forward(x).detach().sum().backward());
                Assert.Throws(() =>
                {
                    var loss = net.forward(x).detach().sum();
                    loss.backward();
                });
            }
        }
        """);
}
