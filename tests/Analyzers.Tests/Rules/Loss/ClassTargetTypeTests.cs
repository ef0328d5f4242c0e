using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class ClassTargetTypeTests
{
    private const string Id = "TL0407";

    [Fact]
    public Task Names_the_target_and_the_loss() => Verifier.Warns(Id, """
        var labels = tensor(new int[] { 0, 2, 1 });
        var loss = functional.cross_entropy(model.forward(rand(3, 4)), [|labels|]);
        """, "'labels' is of type int32, and 'functional.cross_entropy(…)' throws: it takes class indices as int64");

    [Theory]
    [InlineData("tensor(new[] { 0, 2, 1 })")]
    [InlineData("torch.tensor(new List<int> { 0, 2, 1 })")]
    [InlineData("y.to(ScalarType.Int32)")]
    [InlineData("y.to(int16).squeeze()")]
    [InlineData("y.to_type(ScalarType.Int8)")]
    [InlineData("y.eq(1)")]
    [InlineData("zeros(8, dtype: int32)")]
    [InlineData("y.argmax(1).to(float32)")]
    [InlineData("functional.one_hot(y, 3)")]
    [InlineData("functional.one_hot(y.to(int64), 3).to(CPU)")]
    public Task Warns_for_every_type_that_cross_entropy_refuses(string target) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
            functional.cross_entropy(model.forward(x), [|{{target}}|]).backward();
        """);

    [Theory]
    [InlineData("y.to(float32)")]
    [InlineData("zeros(8)")]
    [InlineData("functional.one_hot(y, 3).to(float32)")]
    [InlineData("tensor(new[] { 0, 2, 1 })")]
    public Task Warns_for_every_type_that_nll_loss_refuses(string target) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
            functional.nll_loss(model.forward(x).log_softmax(1), [|{{target}}|]).backward();
        """);

    [Fact]
    public Task Warns_where_there_are_more_rows_than_classes() => Verifier.Warns(Id, """
        var net = Linear(4, 3);
        functional.cross_entropy(net.forward(rand(8, 4)), [|zeros(8)|]).backward();
        """);

    [Fact]
    public Task Warns_across_a_helper_and_a_field() => Verifier.Warns(Id, """
        // file: Labels.cs
        public static class Labels
        {
            public static Tensor Read(IEnumerable<int> classes) => torch.tensor(classes.ToArray());
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 3);
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public void Learn(Tensor x)
            {
                var target = tensor(new int[] { 0, 1 });
                Step(net.forward(x), target);
            }

            private void Step(Tensor output, Tensor target) => criterion.forward(output, [|target|]).backward();
        }
        """);

    [Fact]
    public Task Fixes_with_a_conversion() => Verifier.Fix(Id, """
        var labels = tensor(new[] { 0, 2, 1 }); // classes
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var loss = functional.cross_entropy(
                model.forward(rand(3, 4)), // scores
                [|labels|]);
            loss.backward();
        }

        criterion = CrossEntropyLoss();
        functional.nll_loss(target: [|labels.to(int32)|], input: model.forward(rand(3, 4)).log_softmax(1)).backward();
        """, """
        var labels = tensor(new[] { 0, 2, 1 }); // classes
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var loss = functional.cross_entropy(
                model.forward(rand(3, 4)), // scores
                labels.to(int64));
            loss.backward();
        }

        criterion = CrossEntropyLoss();
        functional.nll_loss(target: labels.to(int32).to(int64), input: model.forward(rand(3, 4)).log_softmax(1)).backward();
        """);

    [Fact]
    public Task Fixes_with_the_name_of_the_type_that_is_known_here() => Verifier.Fix(Id, """
        using TorchSharp;

        var net = torch.nn.Linear(4, 3);
        var labels = torch.tensor(new[] { 0, 2, 1 });
        torch.nn.CrossEntropyLoss().call(net.forward(torch.rand(3, 4)), [|labels|]).backward();
        """, """
        using TorchSharp;

        var net = torch.nn.Linear(4, 3);
        var labels = torch.tensor(new[] { 0, 2, 1 });
        torch.nn.CrossEntropyLoss().call(net.forward(torch.rand(3, 4)), labels.to(torch.int64)).backward();
        """);

    [Fact]
    public Task Fixes_one_hot_rows() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            functional.cross_entropy(model.forward(x), [|functional.one_hot(y, 3)|]).backward();
            var rows = functional.one_hot(y, 3);
            functional.cross_entropy(model.forward(x), [|rows|]).backward();
        }
        """, """
        foreach (var (x, y) in data)
        {
            functional.cross_entropy(model.forward(x), y).backward();
            var rows = functional.one_hot(y, 3);
            functional.cross_entropy(model.forward(x), rows.argmax(1)).backward();
        }
        """);

    [Theory]
    [InlineData("y")]
    [InlineData("y.to(int64)")]
    [InlineData("y.to(uint8)")]
    [InlineData("y.@long()")]
    [InlineData("y.argmax(1)")]
    [InlineData("tensor(new long[] { 0, 2, 1 })")]
    [InlineData("tensor(new[] { 0, 2, 1 }, dtype: int64)")]
    [InlineData("tensor(new[] { 0, 2, 1 }).to(int64)")]
    [InlineData("y.softmax(1)")]
    [InlineData("y.to(float32)")]
    [InlineData("functional.one_hot(y, 3).to(float32)")]
    [InlineData("functional.one_hot(y, 3).@float()")]
    [InlineData("functional.one_hot(y, 3) * 0.9f + 0.1f / 3")]
    [InlineData("rand(8, 3)")]
    [InlineData("tensor(new[] { 0.1f, 0.9f })")]
    [InlineData("y.to(x)")]
    public Task Silent_when_cross_entropy_takes_it(string target) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
            functional.cross_entropy(model.forward(x), {{target}}).backward();
        """);

    [Fact]
    public Task Silent_on_one_row_of_probabilities() => Verifier.Silent(Id, """
        var policy = Linear(4, 2);
        functional.cross_entropy(policy.forward(rand(4)), tensor(new[] { 0f, 1f })).backward();
        functional.cross_entropy(policy.forward(rand(4)), zeros(2)).backward();
        foreach (var (x, y) in data)
            functional.cross_entropy(x, rand(8)).backward();
        """);

    [Fact]
    public Task Silent_when_only_one_way_converts() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var target = y.to(int32);
            if (data.Any()) target = target.to(int64);
            functional.cross_entropy(model.forward(x), target).backward();
        }
        """);
}
