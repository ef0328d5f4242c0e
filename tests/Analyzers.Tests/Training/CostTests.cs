using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

/// <summary>
/// The cost of a flow, and of the rules on it, grows no faster than the body. Counted in allocated bytes, which do not depend on how busy the machine is; the
/// persistent maps of the state add a logarithm, so ten times the statements may cost a little more than ten times as much.
/// </summary>
public sealed class CostTests
{
    private const double Allowed = 1.5;

    [Theory]
    [InlineData("", "")]
    [InlineData("foreach (var (x, y) in data) {", "}")]
    [InlineData("try {", "} catch (InvalidOperationException) { optimizer.zero_grad(); }")]
    [InlineData("foreach (var (x, y) in data) { using var scope = NewDisposeScope();", "}")]
    public void Ten_times_the_statements_cost_ten_times_as_much(string before, string after)
    {
        Allocated(100, before, after);
        var small = Allocated(1_000, before, after);
        var large = Allocated(10_000, before, after);
        Assert.True(large < 10 * Allowed * small, string.Create(CultureInfo.InvariantCulture, $"1,000 statements: {small:N0} bytes, 10,000 statements: {large:N0} bytes"));
    }

    private static long Allocated(int statements, string before, string after)
    {
        var text = new StringBuilder("public static class Long\n{\n    public static void Run(IEnumerable<(Tensor x, Tensor y)> data, Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor t)\n    {\n        ").Append(before).Append('\n');
        for (var i = 0; i < statements; i += 5)
            text.Append(CultureInfo.InvariantCulture, $"        var a{i} = model.forward(t);\n        var b{i} = a{i}.relu() + a{i} * 2;\n        var c{i} = functional.mse_loss(b{i}, t);\n        c{i}.backward();\n        optimizer.step();\n");
        var source = text.Append(after).Append("\n    }\n}\n").ToString();

        using var workspace = new AdhocWorkspace();
        var compilation = TestProgram.Parse(source, VerifyOptions.Default).ToProject(workspace, VerifyOptions.Default).GetCompilationAsync().Result!;
        var tree = compilation.SyntaxTrees.Single(t => t.ToString().Contains("class Long", StringComparison.Ordinal));
        var method = compilation.GetSemanticModel(tree).GetDeclaredSymbol(tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single())!;
        var program = new TrainingProgram(compilation, TorchSymbols.TryCreate(compilation)!, default);
        var body = program.BodyOwnedBy(method, default)!;
        var start = GC.GetAllocatedBytesForCurrentThread();
        var flow = program.Flow(body, true, default);
        var report = new BodyReport(program, flow, _ => { }, default);
        foreach (var rule in RuleCatalogue.All) rule.InspectBody(report);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        Assert.False(flow.Unknown);
        return allocated;
    }
}
