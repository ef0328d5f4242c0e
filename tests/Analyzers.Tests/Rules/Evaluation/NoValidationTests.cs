using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Evaluation;

public class NoValidationTests
{
    private const string Id = "TL0805";

    private const string Step = """
        optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
        """;

    [Fact]
    public Task Names_the_step() => Verifier.Warns(Id, $$"""
        [|for|] (var epoch = 0; epoch < 3; epoch++)
        foreach (var (x, y) in data)
        {
            {{Step}}
        }
        """, "This loop trains with 'loss.backward()', but nothing in the program evaluates a model: whether it learns or only memorizes cannot be seen");

    [Fact]
    public Task Silent_when_something_evaluates() => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """);

    [Fact]
    public Task Silent_when_another_method_evaluates() => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{Step}}
        }

        // file: Test.cs
        public static class Other
        {
            public static double Accuracy(Module<Tensor, Tensor> net, Tensor x)
            {
                net.eval();
                return net.call(x).mean().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_for_a_single_step() => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        {
            {{Step}}
        }
        """);
}
