using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class TransformedBatchUnusedTests
{
    private const string Id = "TL0207";

    [Fact]
    public Task Names_the_variable_the_pass_and_the_batch() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var [|scaled = (x - 0.5) / 0.25|];
            optimizer.zero_grad();
            criterion.forward(model.forward({|#0:x|}), y).backward();
            optimizer.step();
        }
        """, "'scaled' is never read: 'model.forward(…)' still gets 'x', without the transform");

    [Theory]
    [InlineData("x / 255")]
    [InlineData("x.div(255)")]
    [InlineData("x.sub(0.5)")]
    [InlineData("Normalize(x)")]
    [InlineData("transform.call(x)")]
    public Task Warns_for_every_way_to_transform(string transform) => Verifier.Warns(Id, $$"""
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer, IModule<Tensor, Tensor> transform)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using var [|input = {{transform}}|];
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x.to(CPU)), y).backward();
                    optimizer.step();
                }

                transform.call(zeros(1));
            }

            private static Tensor Normalize(Tensor x) => x - x.mean();
        }
        """);

    [Fact]
    public Task Warns_for_a_member_of_the_batch_of_the_same_name() => Verifier.Warns(Id, """
        public sealed class Batch
        {
            public Tensor audio = zeros(1);
            public Tensor label = zeros(1);
        }

        public static class Program
        {
            public static double Test(Module<Tensor, Tensor> model, IModule<Tensor, Tensor> transform, IEnumerable<Batch> batches)
            {
                model.eval();
                var total = 0.0;
                using var guard = no_grad();
                foreach (var batch in batches)
                {
                    var [|audio = transform.call(batch.audio)|];
                    var output = model.call(batch.audio).squeeze();
                    total += functional.nll_loss(output, batch.label).item<float>();
                }

                return total;
            }
        }
        """);

    [Fact]
    public Task Silent_when_it_is_read() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var scaled = x / 255;
            optimizer.zero_grad();
            criterion.forward(model.forward(scaled), y).backward();
            optimizer.step();
            Console.WriteLine(model.forward(x).mean().item<float>());
        }
        """);

    [Fact]
    public Task Silent_when_the_transform_works_in_place() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    var same = Normalize(x);
                    var again = x.div_(2);
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x), y).backward();
                    optimizer.step();
                }
            }

            private static Tensor Normalize(Tensor x) => x.sub_(x.mean());
        }
        """);

    [Fact]
    public Task Silent_for_results_that_transform_nothing() => Verifier.Silent(Id, """
        var frozen = new Net();
        foreach (var (x, y) in data)
        {
            var rows = x.reshape(-1);
            var mean = x.mean();
            var warmUp = model.forward(x);
            var features = frozen.forward(x);
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_batch_becomes_another_one() => Verifier.Silent(Id, """
        foreach (var (input, y) in data)
        {
            var x = input;
            var scaled = x / 255;
            x = x / 127.5 - 1;
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_model_gets_something_else() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var scaled = y / 255;
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fix_gives_the_model_the_transformed_batch() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            // zero mean
            var [|scaled = (x - 0.5) / 0.25|];
            optimizer.zero_grad();
            criterion.forward(model.forward(x.to(CPU)), y).backward(); // as it was
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            // zero mean
            var scaled = (x - 0.5) / 0.25;
            optimizer.zero_grad();
            criterion.forward(model.forward(scaled.to(CPU)), y).backward(); // as it was
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fix_of_a_using_declaration() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using Tensor [|input = Augment(x)|];
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x), y).backward();
                    optimizer.step();
                }
            }

            private static Tensor Augment(Tensor x) => x + rand(1);
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> data)
            {
                foreach (var (x, y) in data)
                {
                    using Tensor input = Augment(x);
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(input), y).backward();
                    optimizer.step();
                }
            }

            private static Tensor Augment(Tensor x) => x + rand(1);
        }
        """);

    [Theory]
    [InlineData("var [|images = x.to(ScalarType.Float32) / 255|];")]
    [InlineData("var [|images = x.to(CPU)|];")]
    [InlineData("using var [|images = x.cuda()|];")]
    [InlineData("var [|noisy = (x + 0.1 * randn_like(x)).clamp(0, 1)|];")]
    [InlineData("var [|noisy = x + 0.1 * randn_like(x)|];")]
    public Task Warns_for_scaled_moved_and_noisy_batches(string unused) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{unused}}
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("var shown = x.cpu();")]
    [InlineData("var indices = x.to(ScalarType.Int64);")]
    [InlineData("var copy = x.clone();")]
    [InlineData("var mask = x > 0;")]
    [InlineData("var labels = y.to(CPU);")]
    [InlineData("var grid = stack(new[] { x, x }, 1).to(CPU);")]
    [InlineData("var warm = model.forward(x).to(CPU);")]
    public Task Silent_on_what_else_is_made_of_a_batch_and_not_read(string unused) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{unused}}
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);
}
