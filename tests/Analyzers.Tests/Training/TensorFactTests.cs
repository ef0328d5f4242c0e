using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

/// <summary>What the engine knows of a tensor at one marked expression.</summary>
public sealed class TensorFactTests
{
    [Theory]
    [InlineData("model.forward(x)", "attached(model)")]
    [InlineData("model.forward(x).relu() * 2", "attached(model)")]
    [InlineData("model.forward(x).detach()", "free(model.forward(x).detach())")]
    [InlineData("model.forward(x).argmax(1)", "free(model.forward(x).argmax(1))")]
    [InlineData("model.forward(x).detach() + model.forward(x)", "attached(model)")]
    [InlineData("model.forward(x) > 0.5", "free(model.forward(x) > 0.5)")]
    [InlineData("model.forward(x).gt(0.5)", "free(model.forward(x).gt(0.5))")]
    [InlineData("model.forward(x).to(torch.int64)", "free(model.forward(x).to(torch.int64))")]
    [InlineData("model.forward(x).to(torch.float64)", "attached(model)")]
    [InlineData("zeros(3)", "free")]
    [InlineData("zeros(3, requires_grad: true)", "attached")]
    [InlineData("zeros(3).requires_grad_()", "attached")]
    [InlineData("new Parameter(zeros(3))", "attached")]
    [InlineData("zeros(3) + ones(3) * 2", "free")]
    [InlineData("x", "?")]
    [InlineData("x.view(-1, 4)", "?")]
    [InlineData("torch.tensor(model.forward(x).mean().item<float>())", "free(torch.tensor(model.forward(x).mean().item<float>()))")]
    [InlineData("torch.cat(new[] { model.forward(x), x }, 1)", "attached(model)")]
    [InlineData("torch.stack(new[] { zeros(3), ones(3) }, 1)", "free")]
    [InlineData("functional.cross_entropy(model.forward(x), y)", "attached(model)")]
    [InlineData("functional.cross_entropy(model.forward(x).detach(), y)", "free(model.forward(x).detach())")]
    [InlineData("functional.mse_loss(model.forward(x).detach(), y)", "?")]
    [InlineData("criterion.forward(model.forward(x), y)", "attached(model)")]
    [InlineData("Sequential(Linear(4, 3), ReLU()).forward(x)", "attached")]
    [InlineData("ReLU().forward(zeros(3))", "free")]
    [InlineData("(data.Any() ? model.forward(x) : zeros(3))", "?")]
    public void Knows_how_a_tensor_hangs_on_the_graph(string expression, string expected) =>
        Assert.Equal(expected, Graph(At("foreach (var (x, y) in data)\n{\n    var value = [|" + expression + "|];\n}\n")));

    [Fact]
    public void Computes_nothing_with_a_graph_under_no_grad() =>
        Assert.Equal("free(no_grad())", Graph(At("""
            foreach (var (x, y) in data)
            {
                using var _ = no_grad();
                var value = [|functional.mse_loss(model.forward(x), y)|];
            }
            """)));

    [Fact]
    public void Has_a_graph_again_behind_the_guard() =>
        Assert.Equal("attached(model)", Graph(At("""
            foreach (var (x, y) in data)
            {
                using (no_grad()) { model.forward(x); }
                var value = [|functional.mse_loss(model.forward(x), y)|];
            }
            """)));

    [Fact]
    public void Has_a_graph_under_enable_grad() =>
        Assert.Equal("attached(model)", Graph(At("""
            foreach (var (x, y) in data)
            {
                using var off = no_grad();
                using var on = enable_grad();
                var value = [|functional.mse_loss(model.forward(x), y)|];
            }
            """)));

    [Fact]
    public void Is_not_certain_of_a_guard_that_only_one_way_has() =>
        Assert.Equal("attached(model)", Graph(At("""
            foreach (var (x, y) in data)
            {
                using var _ = data.Any() ? no_grad() : null;
                var value = [|functional.mse_loss(model.forward(x), y)|];
            }
            """)));

    [Theory]
    [InlineData("Loss(model.forward(x), y)", "attached(model)")]
    [InlineData("Loss(model.forward(x).detach(), zeros(3))", "free(model.forward(x).detach())")]
    [InlineData("Loss(zeros(3), zeros(3))", "free")]
    [InlineData("Loss(x, y)", "?")]
    [InlineData("Run(model, x)", "attached(model)")]
    [InlineData("Cut(model, x)", "free(m.forward(x).detach())")]
    [InlineData("Pair(model, x).logits", "attached(model)")]
    [InlineData("Pair(model, x).target", "free(m.forward(x).argmax(1))")]
    public void Follows_helpers(string expression, string expected) =>
        Assert.Equal(expected, Graph(At($$"""
            public static class Training
            {
                public static void Learn(IEnumerable<(Tensor x, Tensor y)> data)
                {
                    var model = Linear(4, 3);
                    foreach (var (x, y) in data)
                    {
                        var value = [|{{expression}}|];
                    }
                }

                private static Tensor Loss(Tensor prediction, Tensor target) => (prediction - target).pow(2).mean();

                private static Tensor Run(Module<Tensor, Tensor> m, Tensor x) => m.forward(x);

                private static Tensor Cut(Module<Tensor, Tensor> m, Tensor x) => m.forward(x).detach();

                private static (Tensor logits, Tensor target) Pair(Module<Tensor, Tensor> m, Tensor x) => (m.forward(x), m.forward(x).argmax(1));
            }
            """)));

    [Theory]
    [InlineData("net.forward(x)", "Softmax attached(net)")]
    [InlineData("net.forward(x).log()", "LogSoftmax attached(net)")]
    [InlineData("net.head.forward(x)", "Scores attached(net.head)")]
    [InlineData("torch.sigmoid(net.head.forward(x))", "Sigmoid attached(net.head)")]
    [InlineData("net.head.forward(x).clamp(0, 1)", "Unknown attached(net.head)")]
    [InlineData("net.forward(x).clamp(0, 1)", "Softmax attached(net)")]
    [InlineData("net.forward(x).argmax(1)", "ClassIndices free(net.forward(x).argmax(1))")]
    public void Knows_what_the_numbers_mean(string expression, string expected)
    {
        var fact = At($$"""
            public sealed class Net : Module<Tensor, Tensor>
            {
                public readonly Linear head = Linear(4, 3);

                public Net() : base(nameof(Net)) => RegisterComponents();

                public override Tensor forward(Tensor input) => head.forward(input).softmax(1);
            }

            public static class Training
            {
                public static void Learn(Tensor x)
                {
                    var net = new Net();
                    var value = [|{{expression}}|];
                    optimizer.step();
                }

                private static readonly optim.Optimizer optimizer = optim.SGD(new Net().parameters(), 0.1);
            }
            """);
        Assert.Equal(expected, fact?.Meaning + " " + Graph(fact));
    }

    [Theory]
    [InlineData("zeros(3)", "cpu Float32")]
    [InlineData("zeros(3, device: torch.CUDA)", "cuda Float32")]
    [InlineData("zeros(3, dtype: torch.int64)", "cpu Int64")]
    [InlineData("zeros(3).to(torch.CUDA)", "cuda Float32")]
    [InlineData("zeros(3).cuda().cpu()", "cpu Float32")]
    [InlineData("torch.tensor(new long[] { 1 })", "cpu Int64")]
    [InlineData("torch.tensor(new[] { 1.0 })", "cpu Float64")]
    [InlineData("torch.tensor(new[] { 1 }).to_type(ScalarType.Float32)", "cpu Float32")]
    [InlineData("zeros(3).to(data.Any() ? torch.CPU : torch.CUDA)", " Float32")]
    [InlineData("zeros(3, device: torch.CUDA) + 1", "cuda Float32")]
    [InlineData("zeros_like(x)", " ")]
    public void Knows_where_it_lives_and_of_which_type(string expression, string expected)
    {
        var fact = At("foreach (var (x, y) in data)\n{\n    var value = [|" + expression + "|];\n}\n");
        Assert.Equal(expected, fact?.Device + " " + fact?.Type);
    }

    [Theory]
    [InlineData("zeros(8, 1)", "[8, 1]")]
    [InlineData("zeros(new long[] { 8, x.shape[0] })", "[8, ?]")]
    [InlineData("torch.tensor(new[] { 1f, 2f })", "[?]")]
    [InlineData("torch.tensor(1f)", "[]")]
    [InlineData("Linear(4, 1).forward(x)", "[.., 1]")]
    [InlineData("functional.mse_loss(x, y)", "[]")]
    [InlineData("functional.mse_loss(x, y, Reduction.None)", "?")]
    [InlineData("x.mean()", "[]")]
    public void Knows_the_shape(string expression, string expected)
    {
        var shape = At("foreach (var (x, y) in data)\n{\n    var value = [|" + expression + "|];\n}\n")?.Shape;
        Assert.Equal(expected, shape is null ? "?" : "[" + string.Join(", ", shape.Dimensions.Select(d => d?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?").Prepend("..").Skip(shape.Open ? 0 : 1)) + "]");
    }

    [Theory]
    [InlineData("using var d = NewDisposeScope();", "x.add(1)", "NewDisposeScope()")]
    [InlineData("using var d = NewDisposeScope();", "x.add(1).MoveToOuterDisposeScope()", "caller")]
    [InlineData("using var d = NewDisposeScope();", "x.add(1).DetachFromDisposeScope()", "nobody")]
    [InlineData("using (NewDisposeScope()) { }", "x.add(1)", "caller")]
    public void Knows_which_scope_owns_it(string before, string expression, string expected)
    {
        var owner = At("foreach (var (x, y) in data)\n{\n    " + before + "\n    var value = [|" + expression + "|];\n}\n")?.Owner;
        Assert.Equal(expected, owner switch { null => "nobody", MethodDeclarationSyntax => "caller", _ => owner.ToString() });
    }

    private static string Graph(TensorFact? fact) => fact?.Graph switch
    {
        null => "?",
        { IsAttached: true } g => "attached" + (g.Modules.IsEmpty ? "" : "(" + string.Join(", ", g.Modules) + ")"),
        { IsFree: true } g => "free" + (g.Causes.IsEmpty ? "" : "(" + string.Join(", ", g.Causes) + ")"),
        var g => "inherited(" + string.Join(", ", g.Inputs) + ")",
    };

    private static TensorFact? At(string source)
    {
        var program = TestProgram.Parse(source, VerifyOptions.Default);
        using var workspace = new AdhocWorkspace();
        var compilation = program.ToProject(workspace, VerifyOptions.Default).GetCompilationAsync().Result!;
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var training = new TrainingProgram(compilation, TorchSymbols.TryCreate(compilation)!, default);
        var file = program.Files.Single();
        var tree = compilation.SyntaxTrees.Single(t => t.FilePath == file.Path);
        var node = tree.GetRoot().FindNode(file.Marks.Single().Span, getInnermostNodeForTie: true);
        if (node is ParenthesizedExpressionSyntax parenthesized) node = parenthesized.Expression;
        var method = compilation.GetSemanticModel(tree).GetEnclosingSymbol(node.SpanStart)!;
        var flow = training.Flow(training.BodyOwnedBy(method, default)!, true, default);
        return flow.Values.TryGetValue(node, out var value) ? value.Fact as TensorFact : null;
    }
}
