using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Monitoring;

public class TensorPrintedAsMetadataTests
{
    private const string Id = "TL1002";

    private static readonly VerifyOptions Milder = new() { Severity = DiagnosticSeverity.Info };

    [Fact]
    public Task Names_the_loss_and_says_what_to_write() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var loss = functional.mse_loss(model.forward(x), y);
            Console.WriteLine($"loss {[|loss|]}");
        }
        """, "'loss' is a tensor, and its text is its type and device, not its value: write 'loss.ToSingle()'");

    [Theory]
    [InlineData("Console.WriteLine($\"loss {[|loss|]:0.000}\");")]
    [InlineData("Console.WriteLine($\"loss {[|loss|],10}\");")]
    [InlineData("Console.WriteLine(\"loss \" + [|loss|]);")]
    [InlineData("Console.WriteLine([|loss|] + \" loss\");")]
    [InlineData("Console.WriteLine([|loss|]);")]
    [InlineData("Console.Write([|loss|]);")]
    [InlineData("Console.WriteLine(\"loss {0}\", [|loss|]);")]
    [InlineData("Console.WriteLine(\"{0} {1} {2} {3}\", 1, 2, 3, [|loss|]);")]
    [InlineData("var text = string.Format(\"{0:F3}\", [|loss|]);")]
    [InlineData("var text = \"loss \";\ntext += [|loss|];")]
    [InlineData("var text = [|loss|].ToString();")]
    [InlineData("Console.WriteLine($\"loss {[|loss|].ToString()}\");")]
    [InlineData("new System.Text.StringBuilder().Append([|loss|]).Append($\"{[|loss|]}\");")]
    [InlineData("Console.WriteLine($\"loss {[|loss|]}, {[|loss * 2|]}, {[|x.sum()|]}\");")]
    public Task Warns_for_every_way_to_make_text_of_it(string statement) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var loss = criterion.forward(model.forward(x), y);
        {{statement}}
        """);

    [Fact]
    public Task Warns_where_backward_shows_that_the_loss_is_one_number() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, Loss<Tensor, Tensor, Tensor> criterion, optim.Optimizer sgd)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    var loss = criterion.forward(net.forward(x), y);
                    loss.backward();
                    sgd.step();
                    Console.WriteLine($"loss: {[|loss|]}");
                }
            }
        }
        """);

    [Fact]
    public Task Warns_where_helpers_compute_the_loss() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Report(Tensor x, Tensor y)
            {
                Console.WriteLine("loss " + [|Loss(x, y)|]);
                Action<Tensor> log = t => Console.WriteLine($"batch {[|t.mean()|]}");
                log(x);
            }

            private Tensor Loss(Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);

            public string Text(Tensor x, Tensor y)
            {
                var (loss, right) = Both(x, y);
                return "loss " + [|loss|] + ", right " + [|right|];
            }

            private (Tensor Loss, Tensor Right) Both(Tensor x, Tensor y) => (functional.mse_loss(x, y), (x == y).sum());
        }
        """);

    [Fact]
    public Task Suggests_the_values_of_other_tensors() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var prediction = model.forward(x);
        Console.WriteLine($"prediction {[|prediction|]}");
        """, "'prediction' is a tensor, and its text is its shape, type and device, not its values: write 'prediction.str()' if these are meant", options: Milder);

    [Theory]
    [InlineData("Console.WriteLine([|prediction|]);")]
    [InlineData("Console.WriteLine(\"max \" + [|prediction.max(1).values|]);")]
    [InlineData("Console.WriteLine($\"{[|prediction[0]|]}\");")]
    public Task Suggests_for_every_way_to_make_text_of_it(string statement) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var prediction = model.forward(x);
        {{statement}}
        """, options: Milder);

    [Fact]
    public Task Fixes_by_reading_the_number() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            Console.WriteLine($"loss {[|loss|]:0.000}, twice {[|loss * 2|]}"); // once per batch
            Console.WriteLine("right: " + [|(x == y).sum()|] + ".");
            Console.WriteLine(
                [|loss|]);
            var text = [|loss|].ToString();
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            Console.WriteLine($"loss {loss.ToSingle():0.000}, twice {(loss * 2).ToSingle()}"); // once per batch
            Console.WriteLine("right: " + (x == y).sum().item<long>() + ".");
            Console.WriteLine(
                loss.ToSingle());
            var text = loss.ToSingle().ToString();
        }
        """);

    [Fact]
    public Task Fixes_without_the_extension_methods() => Verifier.Fix(Id, """
        using static TorchSharp.torch;
        var loss = rand(3).mean();
        System.Console.WriteLine($"{[|loss|]}");
        var other = nn.functional.cross_entropy(rand(3, 2), zeros(3));
        System.Console.WriteLine($"{[|other|]}");
        """, """
        using static TorchSharp.torch;
        var loss = rand(3).mean();
        System.Console.WriteLine($"{loss.item<float>()}");
        var other = nn.functional.cross_entropy(rand(3, 2), zeros(3));
        System.Console.WriteLine($"{other.item<float>()}");
        """);

    [Fact]
    public Task Fixes_other_tensors_by_writing_all_values() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 2);
        Console.WriteLine($"prediction: {[|net.forward(rand(1, 4))|]}");
        """, """
        // top-level
        var net = Linear(4, 2);
        Console.WriteLine($"prediction: {net.forward(rand(1, 4)).str()}");
        """, Milder);

    [Theory]
    [InlineData("Console.WriteLine($\"loss {loss.item<float>()}\");")]
    [InlineData("Console.WriteLine($\"loss {loss.ToSingle():F3}\");")]
    [InlineData("Console.WriteLine($\"loss {(float)loss}\");")]
    [InlineData("Console.WriteLine(loss.ToString(true));")]
    [InlineData("Console.WriteLine(loss.ToString(TensorStringStyle.Numpy));")]
    [InlineData("Console.WriteLine($\"{loss.str()}\");")]
    [InlineData("Console.WriteLine(prediction.ToString());")]
    [InlineData("Console.WriteLine($\"shape of {prediction}\");")]
    [InlineData("Console.WriteLine($\"{prediction} on {prediction.device}\");")]
    [InlineData("Console.WriteLine(\"input tensor: \" + prediction);")]
    [InlineData("Console.WriteLine($\"{string.Join(',', prediction.shape)} {prediction.dtype}\");")]
    [InlineData("if (prediction.shape[0] != 3) throw new ArgumentException($\"unexpected: {prediction}\");")]
    [InlineData("var y2 = y ?? throw new ArgumentException(\"no target for \" + prediction);")]
    [InlineData("var boxed = new List<object> { prediction, loss };")]
    [InlineData("object boxed = loss;")]
    [InlineData("var sum = loss + prediction;")]
    public Task Silent_where_the_value_is_read_or_the_shape_is_meant(string statement) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var prediction = model.forward(x);
        var loss = functional.mse_loss(prediction, y);
        {{statement}}
        """);

    [Fact]
    public Task Silent_inside_modules_and_in_ToString() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var hidden = layer.forward(x);
                Console.WriteLine("hidden " + hidden);
                return hidden;
            }
        }

        public sealed record Statistics(Tensor Mean, Tensor Deviation)
        {
            public override string ToString() => $"{Mean} +- {Deviation}";
        }
        """);

    [Fact]
    public Task Silent_on_loggers_of_ones_own() => Verifier.Silent(Id, """
        public static class Log
        {
            public static void Write(string name, object value) => Console.WriteLine(value is Tensor t ? t.item<float>() : value);

            public static void Run(Tensor x, Tensor y) => Write("loss", functional.mse_loss(x, y));
        }
        """);
}
