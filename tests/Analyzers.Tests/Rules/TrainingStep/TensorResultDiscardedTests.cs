using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class TensorResultDiscardedTests
{
    private const string Id = "TL0709";

    [Fact]
    public Task Names_the_call_and_its_twin() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        [|x.div(255)|];
        """, "Nobody takes the result of 'x.div(…)', so the call does nothing: 'div_' changes 'x' in place, 'x.div(…)' only returns a new tensor");

    [Theory]
    [InlineData("[|x.add(y)|];")]
    [InlineData("[|x.mul(0.5)|];")]
    [InlineData("[|x.clamp(0, 1)|];")]
    [InlineData("[|x.relu()|];")]
    [InlineData("[|x.unsqueeze(0)|];")]
    [InlineData("[|x.detach()|];")]
    [InlineData("[|x?.add(y)|];")]
    [InlineData("[|torch.abs(x)|];")]
    [InlineData("[|x.view(-1).add(1)|];")]
    [InlineData("[|x[0].add(1)|];")]
    public Task Warns_for_every_pure_method_with_a_twin(string call) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        {{call}}
        model.forward(x);
        """);

    [Fact]
    public Task Warns_in_helpers_lambdas_and_fields() => Verifier.Warns(Id, """
        public sealed class Statistics
        {
            private Tensor total = zeros(1);

            public void Add(Tensor loss) => [|total.add(loss)|];

            public static void Scale(IEnumerable<Parameter> parameters, double factor)
            {
                using var _ = no_grad();
                foreach (var p in parameters) [|p.mul(factor)|];
                parameters.ToList().ForEach(p => [|p.grad!.clamp(-1, 1)|]);
            }
        }
        """);

    [Fact]
    public Task Fixes_by_working_in_place() => Verifier.Fix(Id, """
        var total = zeros(1);
        foreach (var (x, y) in data)
        {
            // to the range 0 to 1
            [|x.div(255)|];
            if (x.shape[0] > 1)
                [|total.add(x)|]; // sum
            [|x?.relu()|];
            [|torch.abs(
                x!)|];
            model.forward(x!);
        }
        """, """
        var total = zeros(1);
        foreach (var (x, y) in data)
        {
            // to the range 0 to 1
            x.div_(255);
            if (x.shape[0] > 1)
                total.add_(x); // sum
            x?.relu_();
            torch.abs_(
                x!);
            model.forward(x!);
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements_and_static_usings() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 2);
        var image = rand(1, 4);
        [|abs(image)|];
        [|image.mul(2)|]; [|image.add(1)|];
        Console.WriteLine(net.forward(image).argmax().item<long>());
        """, """
        // top-level
        var net = Linear(4, 2);
        var image = rand(1, 4);
        abs_(image);
        image.mul_(2); image.add_(1);
        Console.WriteLine(net.forward(image).argmax().item<long>());
        """);

    [Fact]
    public Task Offers_nothing_at_the_end_of_a_chain() => Verifier.NoFix(Id, """
        var (x, y) = data.First();
        [|x.clone().add(1)|];
        """);

    [Theory]
    [InlineData("x.add_(y);")]
    [InlineData("x = x.add(y);")]
    [InlineData("var z = x.add(y);")]
    [InlineData("_ = x.add(y);")]
    [InlineData("Console.WriteLine(x.add(y).sum().item<float>());")]
    [InlineData("x.add(y).backward();")]
    [InlineData("x.backward();")]
    [InlineData("x.mean();")]
    [InlineData("x.add(y).mul_(2);")]
    [InlineData("functional.relu(x, inplace: true);")]
    [InlineData("(x, y) = (x.add(1), y.mul(2));")]
    [InlineData("Func<Tensor> f = () => x.add(y);")]
    [InlineData("model.forward(x).relu();")]
    [InlineData("zeros(3).add(1);")]
    public Task Silent_where_the_result_is_taken_or_nothing_was_meant_to_change(string statement) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        {{statement}}
        """);

    [Theory]
    [InlineData("try { x.add(1); } catch (Exception) { Console.WriteLine(\"does not broadcast\"); }")]
    [InlineData("Assert.Throws(() => { x.add(1); });")]
    [InlineData("Assert.DoesNotThrow(() => x.add(1));")]
    [InlineData("var watch = System.Diagnostics.Stopwatch.StartNew();\nx.add(1);\nConsole.WriteLine(watch.Elapsed);")]
    public Task Silent_where_the_call_is_only_tried_or_timed(string statement) => Verifier.Silent(Id, $$"""
        // top-level
        var x = zeros(3);
        {{statement}}
        static class Assert
        {
            public static void Throws(Action action) => action();

            public static void DoesNotThrow(Action action) => action();
        }
        """);

    [Fact]
    public Task Silent_on_methods_of_ones_own() => Verifier.Silent(Id, """
        public static class Mine
        {
            public static Tensor log(this Tensor tensor, string text)
            {
                Console.WriteLine(text);
                return tensor;
            }

            public static void Run(Tensor x) => x.log("here");
        }
        """);
}
