using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class ItemTypeTests
{
    private const string Id = "TL1109";

    [Fact]
    public Task Names_the_tensor_and_both_ways_out() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var index = model.forward(x).argmax();
        int best = (int)index.item<[|int|]>();
        """, "'index' is of the type Int64, which item<int>() cannot read: it throws; write item<long>(), or ToInt32(), which converts");

    [Theory]
    [InlineData("model.forward(x).argmax().item<[|int|]>()")]
    [InlineData("torch.argmax(x, 1).item<[|int|]>()")]
    [InlineData("(x.argmax(1) == y).sum().item<[|int|]>()")]
    [InlineData("x.argmax(1).eq(y).sum().item<[|float|]>()")]
    [InlineData("(x > 0).sum().item<[|double|]>()")]
    [InlineData("x.argmax(1)[0].item<[|int|]>()")]
    [InlineData("x.argmax(1).view(-1).item<[|int|]>()")]
    [InlineData("x.to(ScalarType.Float64).mean().item<[|float|]>()")]
    [InlineData("x.@double().sum().item<[|float|]>()")]
    [InlineData("torch.tensor(0.5).item<[|float|]>()")]
    [InlineData("torch.tensor(new[] { 1f, 2f }).mean().item<[|double|]>()")]
    [InlineData("torch.tensor(3).item<[|long|]>()")]
    [InlineData("zeros(1).item<[|double|]>()")]
    [InlineData("(zeros(1) * 2).item<[|double|]>()")]
    [InlineData("zeros(1, dtype: ScalarType.Float64).item<[|float|]>()")]
    [InlineData("functional.mse_loss(x.to(ScalarType.Float64), y.to(ScalarType.Float64)).item<[|float|]>()")]
    [InlineData("functional.one_hot(y, 3).sum().item<[|float|]>()")]
    [InlineData("x.argmax()!.item<[|int|]>()")]
    public Task Warns_for_every_type_that_is_certain(string expression) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        Console.WriteLine({{expression}});
        """);

    [Fact]
    public Task Warns_through_helpers_and_lambdas() => Verifier.Warns(Id, """
        public sealed class Evaluation(Module<Tensor, Tensor> net)
        {
            public float Accuracy(IReadOnlyList<(Tensor x, Tensor y)> batches)
            {
                Func<Tensor, Tensor, int> count = (x, y) => Hits(x, y).item<[|int|]>();
                return batches.Sum(b => count(b.x, b.y));
            }

            private Tensor Hits(Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y) is var _ ? (net.forward(x).argmax(1) == y).sum() : throw new InvalidOperationException();
        }
        """);

    [Fact]
    public Task Fixes_with_the_right_type_where_that_compiles() => Verifier.Fix(Id, """
        var right = 0.0;
        var total = 0;
        foreach (var (x, y) in data)
        {
            var prediction = model.forward(x).argmax(1);
            right += (prediction == y).sum().item<[|float|]>(); // hits
            total += (prediction == y).sum()
                .item<[|int|]>();
            int first = prediction[0].item<[|int|]>();
        }
        """, """
        var right = 0.0;
        var total = 0;
        foreach (var (x, y) in data)
        {
            var prediction = model.forward(x).argmax(1);
            right += (prediction == y).sum().item<long>(); // hits
            total += (prediction == y).sum()
                .ToInt32();
            int first = prediction[0].ToInt32();
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 2);
        string[] names = ["cat", "dog"];
        Console.WriteLine(names[net.forward(rand(1, 4)).argmax().item<[|int|]>()]);
        float half = torch.tensor(0.5).item<[|float|]>();
        """, """
        // top-level
        var net = Linear(4, 2);
        string[] names = ["cat", "dog"];
        Console.WriteLine(names[net.forward(rand(1, 4)).argmax().item<long>()]);
        float half = torch.tensor(0.5).ToSingle();
        """);

    [Theory]
    [InlineData("x.argmax().item<long>()")]
    [InlineData("x.argmax().ToInt32()")]
    [InlineData("x.argmax().ToSingle()")]
    [InlineData("x.argmax().to(ScalarType.Int32).item<int>()")]
    [InlineData("x.argmax().@int().item<int>()")]
    [InlineData("(x == y).sum(ScalarType.Int32).item<int>()")]
    [InlineData("(x == y).item<bool>()")]
    [InlineData("(x == y).sum().@float().item<float>()")]
    [InlineData("x.mean().item<double>()")]
    [InlineData("x.sum().item<int>()")]
    [InlineData("y.item<int>()")]
    [InlineData("model.forward(x).mean().item<double>()")]
    [InlineData("(x.argmax() * 0.5).item<float>()")]
    [InlineData("(x.argmax() / 2).item<float>()")]
    [InlineData("(torch.tensor(1f) * torch.tensor(1.0)).item<double>()")]
    [InlineData("torch.tensor(1f).item<float>()")]
    [InlineData("zeros(1).item<float>()")]
    [InlineData("zeros(1, dtype: ScalarType.Int32).item<int>()")]
    [InlineData("functional.mse_loss(x, y).item<float>()")]
    public Task Silent_where_the_type_fits_or_is_not_certain(string expression) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        Console.WriteLine({{expression}});
        """);

    [Fact]
    public Task Silent_where_it_may_be_either() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var t = x.argmax();
        if (x.shape[0] > 1) t = t.to(ScalarType.Int32);
        Console.WriteLine(t.item<int>());
        """);

    [Fact]
    public Task Silent_where_the_type_is_a_parameter_or_the_call_is_tried() => Verifier.Silent(Id, """
        public static class Reading
        {
            public static T Read<T>(Tensor x) where T : unmanaged => x.argmax().item<T>();

            public static int Best(Tensor x)
            {
                try { return x.argmax().item<int>(); }
                catch (ArgumentException) { return (int)x.argmax().item<long>(); }
            }
        }
        """);

    [Fact]
    public Task Warns_when_indices_were_drawn() => Verifier.Warns(Id, """
        var probabilities = model.forward(rand(1, 4)).softmax(1);
        Console.WriteLine(probabilities.multinomial(1).item<[|int|]>() + torch.multinomial(probabilities, 1).item<long>());
        """);
}
