using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class EvaluationOnTrainingDataTests
{
    private const string Id = "TL0205";

    private const string Step = """
        optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
        """;

    private const string Methods = """
        private static void Fit(Module<Tensor, Tensor> model, optim.Optimizer adam, DataLoader loader)
            {
                foreach (var batch in loader)
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
                LOOP (var batch in loader) total += functional.cross_entropy(model.forward(batch["data"]), batch["label"]).item<float>();
                return total;
            }
        """;

    [Fact]
    public Task Names_both_data() => Verifier.Warns(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        model.eval();
        [|foreach|] (var (x, y) in trainData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>() / testData.Count);
        """, "This loop evaluates on 'trainData', which the model is trained on; nothing evaluates on 'testData'");

    [Fact]
    public Task Warns_when_the_test_method_is_given_the_training_loader() => Verifier.Warns(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> model, torch.utils.data.Dataset train, torch.utils.data.Dataset test)
            {
                using var trainLoader = DataLoader(train, 8, shuffle: true);
                using var testLoader = DataLoader(test, 8);
                var adam = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Fit(model, adam, trainLoader);
                    Console.WriteLine(Test(model, {|#0:trainLoader|}));
                }
            }

            private static DataLoader DataLoader(torch.utils.data.Dataset data, int size, bool shuffle = false) => torch.utils.data.DataLoader(data, size, shuffle);

            {{Methods.Replace("LOOP", "[|foreach|]", StringComparison.Ordinal)}}
        }
        """);

    [Fact]
    public Task Warns_for_fields_and_helpers() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer adam)
        {
            private readonly List<(Tensor, Tensor)> trainBatches = new();
            private readonly List<(Tensor, Tensor)> valBatches = new();

            public void Fit()
            {
                foreach (var (x, y) in trainBatches) Step(x, y);
            }

            public double Validate()
            {
                using var guard = no_grad();
                var total = 0.0;
                [|foreach|] (var (x, y) in trainBatches) total += Score(x, y);
                return total / valBatches.Count;
            }

            private double Score(Tensor x, Tensor y) => functional.mse_loss(model.forward(x), y).item<float>();

            private void Step(Tensor x, Tensor y)
            {
                adam.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Silent_beside_an_evaluation_on_other_data() => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> model, DataLoader trainLoader, DataLoader testLoader)
            {
                var adam = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    Fit(model, adam, trainLoader);
                    Console.WriteLine(Test(model, trainLoader));
                    Console.WriteLine(Test(model, testLoader));
                }
            }

            {{Methods.Replace("LOOP", "foreach", StringComparison.Ordinal)}}
        }
        """);

    [Fact]
    public Task Silent_for_a_training_accuracy_beside_a_validation() => Verifier.Silent(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        model.eval();
        foreach (var (x, y) in trainData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        foreach (var (x, y) in testData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_where_there_is_no_other_data() => Verifier.Silent(Id, $$"""
        var trainData = data.ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        model.eval();
        foreach (var (x, y) in trainData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Silent_where_the_other_data_goes_out_of_sight() => Verifier.Silent(Id, $$"""
        var trainData = data.Take(80).ToList();
        var testData = data.Skip(80).ToList();
        foreach (var (x, y) in trainData)
        {
            {{Step}}
        }

        model.eval();
        foreach (var (x, y) in trainData) Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        Console.WriteLine(testData.Sum(t => criterion.forward(model.forward(t.x), t.y).item<float>()));
        """);
}
