using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Evaluation;

public class TrainingOnEvaluationDataTests
{
    private const string Id = "TL0803";

    private const string Step = """
        optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
        """;

    [Fact]
    public Task Names_both_data() => Verifier.Warns(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        [|foreach|] (var (x, y) in testData)
        {
            {{Step}}
        }

        Console.WriteLine(trainData.Count);
        """, "This loop trains on 'testData', which is the data to evaluate on; 'trainData' is there to train on");

    [Fact]
    public Task Warns_when_a_method_is_given_the_wrong_loader() => Verifier.Warns(Id, """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> model, DataLoader trainLoader, DataLoader validLoader)
            {
                var adam = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Fit(model, adam, loader: {|#0:validLoader|});
                    Console.WriteLine(Test(model, trainLoader));
                }
            }

            private static void Fit(Module<Tensor, Tensor> model, optim.Optimizer adam, DataLoader loader)
            {
                [|foreach|] (var batch in loader)
                {
                    adam.zero_grad();
                    functional.cross_entropy(model.forward(batch["data"]), batch["label"]).backward();
                    adam.step();
                }
            }

            private static double Test(Module<Tensor, Tensor> model, DataLoader loader)
            {
                model.eval();
                using var guard = no_grad();
                var total = 0.0;
                foreach (var batch in loader) total += functional.cross_entropy(model.forward(batch["data"]), batch["label"]).item<float>();
                return total;
            }
        }
        """);

    [Fact]
    public Task Warns_for_fields_and_a_step_in_a_helper() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer adam)
        {
            private readonly List<(Tensor, Tensor)> training = new();
            private readonly List<(Tensor, Tensor)> validation = new();

            public void Fit()
            {
                [|foreach|] (var (x, y) in this.validation) Step(x, y);
            }

            public double Validate()
            {
                using var guard = no_grad();
                return validation.Sum(b => functional.mse_loss(model.forward(b.Item1), b.Item2).item<float>());
            }

            private void Step(Tensor x, Tensor y)
            {
                adam.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_both_are_trained_on_and_one_is_evaluated_on() => Verifier.Warns(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        [|foreach|] (var (x, y) in testData)
        {
            {{Step}}
        }

        model.eval();
        foreach (var (x, y) in testData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_for_the_right_data() => Verifier.Silent(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        foreach (var (x, y) in testData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Theory]
    [InlineData("values")]
    [InlineData("contestData")]
    [InlineData("trainAndValidationData")]
    [InlineData("testData")]
    public Task Silent_where_no_name_says_otherwise(string name) => Verifier.Silent(Id, $$"""
        var {{name}} = data.ToList();
        foreach (var (x, y) in {{name}})
        {
            {{Step}}
        }
        """);

    [Fact]
    public Task Silent_for_a_last_fit_on_everything() => Verifier.Silent(Id, $$"""
        var trainData = data.Take(80).ToList();
        var validData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        foreach (var (x, y) in validData)
        {
            {{Step}}
        }
        """);

    [Fact]
    public Task Silent_for_gradients_without_training() => Verifier.Silent(Id, """
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in testData)
        {
            x.requires_grad = true;
            criterion.forward(model.forward(x), y).backward();
            Console.WriteLine(x.grad!.abs().sum().item<float>() + trainData.Count);
        }
        """);

    [Fact]
    public Task Silent_when_other_callers_train_on_other_data() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> model, DataLoader trainLoader, DataLoader validLoader)
            {
                var adam = optim.Adam(model.parameters());
                Fit(model, adam, trainLoader);
                Fit(model, adam, validLoader);
            }

            private static void Fit(Module<Tensor, Tensor> model, optim.Optimizer adam, DataLoader loader)
            {
                foreach (var batch in loader)
                {
                    adam.zero_grad();
                    functional.cross_entropy(model.forward(batch["data"]), batch["label"]).backward();
                    adam.step();
                }
            }
        }
        """);

    private static string Denoiser(string trained, string more = "") => $$"""
        public static class Denoiser
        {
            public static void Train(Module<Tensor, Tensor> net, optim.Optimizer sgd, List<(Tensor x, Tensor y)> images, List<(Tensor x, Tensor y)> heldOut)
            {
                {{more}}
                {{(trained == "heldOut" && more.Length == 0 ? "[|foreach|]" : "foreach")}} (var (x, y) in {{trained}})
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    sgd.step();
                }

                Console.WriteLine(Error(net, heldOut));
            }

            private static float Error(Module<Tensor, Tensor> net, List<(Tensor x, Tensor y)> data)
            {
                using var guard = no_grad();
                var sum = 0f;
                foreach (var (x, y) in data) sum += functional.mse_loss(net.forward(x), y).item<float>();
                return sum;
            }
        }
        """;

    [Fact]
    public Task Warns_when_the_other_data_is_never_read() => Verifier.Warns(Id, Denoiser("heldOut"));

    [Theory]
    [InlineData("images", "")]
    [InlineData("heldOut", "Console.WriteLine(images.Count);")]
    public Task Silent_when_the_other_data_is_read(string trained, string more) => Verifier.Silent(Id, Denoiser(trained, more));
}
