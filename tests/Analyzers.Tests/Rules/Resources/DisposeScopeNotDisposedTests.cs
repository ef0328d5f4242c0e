using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class DisposeScopeNotDisposedTests
{
    private const string Id = "TL1105";

    [Fact]
    public Task Names_the_scope_and_says_what_to_write() => Verifier.Warns(Id, """
        [|torch.NewDisposeScope()|];
        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """, "Nobody disposes what 'torch.NewDisposeScope()' returns, so the scope never ends and keeps every tensor made on this thread from now on: write using var scope = torch.NewDisposeScope();");

    [Theory]
    [InlineData("[|NewDisposeScope()|];")]
    [InlineData("_ = [|NewDisposeScope()|];")]
    [InlineData("var d = [|NewDisposeScope()|];")]
    [InlineData("IDisposable d = [|NewDisposeScope()|];")]
    [InlineData("var d = [|NewDisposeScope()|];\nvar kept = d.MoveToOuter(rand(2, 4));")]
    public Task Warns_for_every_scope_that_is_dropped(string scope) => Verifier.Warns(Id, $$"""
        {{scope}}
        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """);

    [Fact]
    public Task Writes_a_using() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            [|NewDisposeScope()|]; // frees the batch
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }

        var d = [|torch.NewDisposeScope()|];
        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """, """
        foreach (var (x, y) in data)
        {
            using var scope = NewDisposeScope(); // frees the batch
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }

        using var d = torch.NewDisposeScope();
        Console.WriteLine(model.forward(rand(2, 4)).mean().item<float>());
        """);

    [Fact]
    public Task Warns_in_a_helper_and_in_a_lambda() => Verifier.Warns(Id, """
        public sealed class Predictor(Module<Tensor, Tensor> net)
        {
            private DisposeScope? scope;

            public float Predict(Tensor x)
            {
                scope = [|NewDisposeScope()|];
                return net.forward(x).item<float>();
            }

            public Func<Tensor, float> Make() => x =>
            {
                var d = [|NewDisposeScope()|];
                return net.forward(x).item<float>();
            };
        }
        """);

    [Fact]
    public Task Offers_nothing_when_the_tensor_is_returned() => Verifier.NoFix(Id, """
        public static class Prediction
        {
            public static Tensor Of(Module<Tensor, Tensor> net, Tensor x)
            {
                [|NewDisposeScope()|];
                return net.forward(x);
            }
        }
        """);

    [Theory]
    [InlineData("using var d = NewDisposeScope();")]
    [InlineData("using (NewDisposeScope()) { Console.WriteLine(1); }")]
    [InlineData("IDisposable d;\nusing (d = NewDisposeScope()) { Console.WriteLine(1); }")]
    [InlineData("using (_ = NewDisposeScope()) { Console.WriteLine(1); }")]
    [InlineData("var d = NewDisposeScope();\ntry { Console.WriteLine(1); } finally { d.Dispose(); }")]
    [InlineData("var d = NewDisposeScope();\nusing (d) { Console.WriteLine(1); }")]
    [InlineData("var d = model.training ? NewDisposeScope() : null;\nd?.Dispose();")]
    [InlineData("var d = NewDisposeScope();\nforeach (var (x, y) in data) { model.forward(x); d.DisposeEverything(); }")]
    [InlineData("var d = NewDisposeScope();\nforeach (var (x, y) in data) { d.Dispose(); d = NewDisposeScope(); }\nd.Dispose();")]
    public Task Silent_when_it_is_disposed(string scope) => Verifier.Silent(Id, scope);

    [Fact]
    public Task Silent_when_somebody_else_ends_it() => Verifier.Silent(Id, """
        public sealed class Memory : IDisposable
        {
            private readonly DisposeScope scope = NewDisposeScope();
            private readonly List<IDisposable> more = [];

            public void Dispose() => scope.Dispose();

            public static DisposeScope Begin() => NewDisposeScope();

            public void Push() => more.Add(NewDisposeScope());

            public static void Run()
            {
                var d = NewDisposeScope();
                End(d);
            }

            private static void End(DisposeScope scope) => scope.Dispose();
        }
        """);
}
