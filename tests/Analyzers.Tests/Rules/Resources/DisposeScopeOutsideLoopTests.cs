using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class DisposeScopeOutsideLoopTests
{
    private const string Id = "TL1108";

    [Fact]
    public Task Moves_the_scope_into_the_loop() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            model.train();
            using var scope = [|NewDisposeScope()|];
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
            }
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            model.train();
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
            }
        }
        """, new VerifyOptions { Message = "The scope of 'NewDisposeScope()' ends only after the whole loop, and until then every batch keeps its tensors: make the scope inside the loop" });

    [Fact]
    public Task Gives_the_loop_a_scope_of_its_own_where_the_other_holds_more() => Verifier.Fix(Id, """
        using (var d = [|torch.NewDisposeScope()|])
        {
            var mean = rand(4);
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                using (var output = model.forward(x - mean))
                {
                    var loss = criterion.forward(output, y);
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """, """
        using (var d = torch.NewDisposeScope())
        {
            var mean = rand(4);
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                using (var output = model.forward(x - mean))
                {
                    var loss = criterion.forward(output, y);
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_loop_is_in_a_callee() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(List<Tensor> batches)
            {
                using (var d = [|NewDisposeScope()|])
                {
                    for (var epoch = 0; epoch < 10; epoch++)
                        Epoch(batches);
                }
            }

            private void Epoch(List<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    {|#0:net.forward(x).mean().backward()|};
                    sgd.step();
                }
            }
        }
        """, additionalLocations: [[0]]);

    [Fact]
    public Task Warns_around_an_evaluation() => Verifier.Warns(Id, """
        public sealed class Evaluation
        {
            public static double Run(IEnumerable<(Tensor, Tensor)> batches, Module<Tensor, Tensor> net, Loss<Tensor, Tensor, Tensor> loss)
            {
                var total = 0.0;
                net.eval();
                using var d = [|NewDisposeScope()|];
                using var _ = no_grad();
                foreach (var (x, y) in batches)
                    total += loss.call(net.call(x), y).ToDouble();
                return total;
            }
        }
        """);

    [Theory]
    [InlineData("d.DisposeEverything();")]
    [InlineData("d.DisposeEverythingBut(x);")]
    [InlineData("loss.Dispose();")]
    public Task Silent_when_something_inside_disposes(string more) => Verifier.Silent(Id, $$"""
        using (var d = NewDisposeScope())
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                optimizer.step();
                {{more}}
            }
        }
        """);

    [Fact]
    public Task Silent_with_a_scope_in_the_loop() => Verifier.Silent(Id, """
        using var outer = NewDisposeScope();
        foreach (var (x, y) in data)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_batch_is_the_scope_and_the_loop_goes_over_its_parts() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            foreach (var part in x.chunk(4))
                criterion.forward(model.forward(part), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_in_forward_and_where_losses_are_put_together() => Verifier.Silent(Id, """
        public sealed class Recurrent : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> cell = Linear(2, 2);

            public Recurrent() : base(nameof(Recurrent)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                var h = zeros(2);
                foreach (var step in x.unbind(0))
                    h = cell.forward(step + h);
                return h.MoveToOuterDisposeScope();
            }

            public static Tensor Total((Tensor Output, Tensor Target)[] pairs)
            {
                using var scope = NewDisposeScope();
                Tensor total = zeros(1);
                foreach (var (output, target) in pairs)
                    total = total + nn.functional.mse_loss(output, target);
                return total.MoveToOuterDisposeScope();
            }
        }
        """);

    [Fact]
    public Task Warns_around_a_loop_that_steps_by_hand_but_not_around_the_parts_of_one_step() => Verifier.Warns(Id, """
        public static class Descent
        {
            public static void Network(Tensor x, Tensor y)
            {
                var net = Linear(4, 1);
                using var outer = [|NewDisposeScope()|];
                for (var t = 0; t < 500; t++)
                {
                    var loss = functional.mse_loss(net.forward(x), y);
                    net.zero_grad();
                    loss.backward();
                    using (no_grad())
                        foreach (var p in net.parameters()) p.sub_(0.1 * p.grad!);
                }
            }

            public static void Step(Module<Tensor, Tensor> net, optim.Optimizer sgd, Tensor x, Tensor y)
            {
                using var scope = NewDisposeScope();
                sgd.zero_grad();
                foreach (var part in x.chunk(4)) functional.mse_loss(net.forward(part), y).backward();
                sgd.step();
            }
        }
        """);
}
