using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class MoveResultDiscardedTests
{
    private const string Id = "TL0708";

    [Fact]
    public Task Names_the_call_and_the_tensor_that_stays() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        [|x.to(torch.CUDA)|];
        """, "Nobody takes the result of 'x.to(…)': a tensor does not move in place, so 'x' keeps its device and type");

    [Theory]
    [InlineData("[|x.to(\"cuda\")|];")]
    [InlineData("[|x.to(ScalarType.Int64)|];")]
    [InlineData("[|x.to(float32, torch.CUDA)|];")]
    [InlineData("[|x.cuda()|];")]
    [InlineData("[|x.cpu()|];")]
    [InlineData("[|x.to_type(ScalarType.Float32)|];")]
    [InlineData("[|x.type(ScalarType.Float32)|];")]
    [InlineData("[|x.@long()|];")]
    [InlineData("_ = [|x.to(torch.CUDA)|];")]
    [InlineData("[|x?.to(torch.CUDA)|];")]
    [InlineData("[|x!.to(torch.CUDA)|];")]
    [InlineData("[|x.unsqueeze(0).to(torch.CUDA)|];")]
    [InlineData("if (torch.cuda.is_available()) [|x.cuda()|];")]
    public Task Warns_for_every_way_to_move_or_convert(string move) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        {{move}}
        model.forward(x);
        """);

    [Fact]
    public Task Warns_where_lambdas_and_expression_bodies_drop_it() => Verifier.Warns(Id, """
        public sealed class Batch(Tensor images, List<Tensor> labels)
        {
            private Tensor images = images;

            public void Move(Device device) => [|images.to(device)|];

            public void MoveAll(Device device)
            {
                labels.ForEach(label => [|label.to(device)|]);
                Action more = () => [|images.cuda()|];
                more();
                void Convert(Tensor t) => [|t.to(ScalarType.Float32)|];
                Convert(images);
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_property_a_constructor_and_an_iterator() => Verifier.Warns(Id, """
        public sealed class Source
        {
            private readonly Tensor mean = zeros(3);

            public Source(Device device) => [|mean.to(device)|];

            public Tensor Mean { get { [|this.mean.cpu()|]; return mean; } }

            public IEnumerable<Tensor> Batches(Dictionary<string, Tensor>[] samples, Device device)
            {
                foreach (var sample in samples)
                {
                    [|sample["image"].to(device)|];
                    yield return sample["image"];
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_by_assigning_in_a_training_loop() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd, Device device)
        {
            public Tensor? Weights { get; set; }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.to(device);
                foreach (var batch in batches)
                {
                    var (x, y) = batch;
                    // to the GPU
                    [|x.to(device)|];
                    if (y.device_type != device.type)
                        [|y.to(device)|]; // and the labels
                    _ = [|Weights!.cuda()|];
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y, Weights).backward();
                    sgd.step();
                }
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd, Device device)
        {
            public Tensor? Weights { get; set; }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                net.to(device);
                foreach (var batch in batches)
                {
                    var (x, y) = batch;
                    // to the GPU
                    x = x.to(device);
                    if (y.device_type != device.type)
                        y = y.to(device); // and the labels
                    Weights = Weights!.cuda();
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y, Weights).backward();
                    sgd.step();
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var device = cuda.is_available() ? CUDA : CPU;
        Module<Tensor, Tensor> net = Linear(4, 2);
        net.to(device);
        Tensor image = rand(1, 4);
        [|image
            .unsqueeze(0)
            .to(device)|];
        [|image
            .to(device)|];
        Console.WriteLine(net.forward(image).argmax().item<long>());
        """, """
        // top-level
        var device = cuda.is_available() ? CUDA : CPU;
        Module<Tensor, Tensor> net = Linear(4, 2);
        net.to(device);
        Tensor image = rand(1, 4);
        {|TL0708:image
            .unsqueeze(0)
            .to(device)|};
        image = image
            .to(device);
        Console.WriteLine(net.forward(image).argmax().item<long>());
        """);

    [Fact]
    public Task Fixes_elements_and_parameters_that_are_used_further() => Verifier.Fix(Id, """
        public static class Moving
        {
            public static Tensor Run(Module<Tensor, Tensor> net, Tensor input, Tensor[] more, Device device)
            {
                [|input.to(device)|];
                for (var i = 0; i < more.Length; i++) [|more[i].to(device)|];
                return net.forward(input) + more[0];
            }
        }
        """, """
        public static class Moving
        {
            public static Tensor Run(Module<Tensor, Tensor> net, Tensor input, Tensor[] more, Device device)
            {
                input = input.to(device);
                for (var i = 0; i < more.Length; i++) more[i] = more[i].to(device);
                return net.forward(input) + more[0];
            }
        }
        """);

    [Theory]
    [InlineData("foreach (var (x, y) in data)\n{\n    [|x.to(torch.CUDA)|];\n    model.forward(x);\n}")]
    [InlineData("using var x = zeros(3);\n[|x.to(torch.CUDA)|];\nmodel.forward(x);")]
    [InlineData("var x = zeros(3);\n[|x.unsqueeze(0).to(torch.CUDA)|];\nmodel.forward(x);")]
    [InlineData("var x = zeros(3);\n[|x[0].to(torch.CUDA)|];\nmodel.forward(x);")]
    public Task Offers_nothing_where_the_name_cannot_be_assigned(string statements) => Verifier.NoFix(Id, statements);

    [Fact]
    public Task Offers_nothing_for_the_callers_tensor() => Verifier.NoFix(Id, """
        public static class Moving
        {
            private static readonly Tensor Mean = zeros(3);

            public static void Move(Tensor tensor, Device device) => [|tensor.to(device)|];

            public static void MoveAll(List<Tensor> tensors, Device device)
            {
                tensors.ForEach(t => [|t.to(device)|]);
                [|Mean.to(device)|];
            }
        }
        """);

    [Theory]
    [InlineData("model.to(torch.CUDA);")]
    [InlineData("model.cuda();")]
    [InlineData("criterion.to(torch.CUDA);")]
    [InlineData("_ = model.to(torch.CUDA);")]
    [InlineData("var x = zeros(3);\nx = x.to(torch.CUDA);")]
    [InlineData("var x = zeros(3).to(torch.CUDA);")]
    [InlineData("var x = zeros(3);\nvar moved = x.to(torch.CUDA);")]
    [InlineData("var x = zeros(3);\nmodel.forward(x.to(torch.CUDA));")]
    [InlineData("var x = zeros(3);\nx.to(torch.CUDA).add_(1).sum().backward();")]
    [InlineData("var x = zeros(3);\nFunc<Tensor> moved = () => x.to(torch.CUDA);")]
    [InlineData("var all = data.Select(d => d.x.to(torch.CUDA)).ToList();")]
    public Task Silent_on_modules_and_where_the_result_is_taken(string statements) => Verifier.Silent(Id, statements);

    [Theory]
    [InlineData("zeros(1).to(torch.CUDA);")]
    [InlineData("model.forward(zeros(1, 4)).cpu();")]
    [InlineData("var x = zeros(3);\ntry { x.to(torch.CUDA); } catch (Exception) { Console.WriteLine(\"no GPU\"); }")]
    [InlineData("var x = zeros(3);\nAssert.Throws(() => { x.to(torch.CUDA); });\nstatic class Assert { public static void Throws(Action action) => action(); }")]
    [InlineData("var x = zeros(3);\nvar watch = System.Diagnostics.Stopwatch.StartNew();\nfor (var i = 0; i < 100; i++) x.to(torch.CUDA);\nConsole.WriteLine(watch.Elapsed);")]
    public Task Silent_where_the_call_is_only_tried_or_timed(string statements) => Verifier.Silent(Id, "// top-level\nModule<Tensor, Tensor> model = Linear(4, 1);\n" + statements);

    [Fact]
    public Task Silent_on_methods_of_ones_own() => Verifier.Silent(Id, """
        public sealed class Batch
        {
            public Tensor Images { get; private set; } = zeros(3);

            public Batch to(Device device)
            {
                Images = Images.to(device);
                return this;
            }
        }

        public static class Moving
        {
            public static Tensor to(this Tensor tensor, Batch batch) => tensor;

            public static void Run(Batch batch, Tensor x)
            {
                batch.to(CPU);
                x.to(batch);
            }
        }
        """);

    [Theory]
    [InlineData("optimizer.zero_grad(); [|x.to(device)|]; model.forward(x).sum().backward(); optimizer.step();", true)]
    [InlineData("x.to(device); model.forward(x);", false)]
    public Task A_watch_in_a_training_takes_the_time_of_no_move(string body, bool trains)
    {
        var source = $$"""
            var device = CUDA;
            var watch = System.Diagnostics.Stopwatch.StartNew();
            foreach (var (x, y) in data)
            {
                {{body}}
            }

            Console.WriteLine(watch.Elapsed);
            """;
        return trains ? Verifier.Warns(Id, source) : Verifier.Silent(Id, source);
    }
}
