using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using TrainLint.CodeFixes.Refactorings;
using Xunit;

namespace TrainLint.Analyzers.Tests.Refactorings;

public sealed class WatchTrainingLoopTests
{
    private static async Task<(string Before, string? After)> Try(string source, bool referenced = true)
    {
        var options = new VerifyOptions { WithRuntime = referenced };
        using var workspace = new AdhocWorkspace();
        var program = TestProgram.Parse(source, options);
        var document = program.ToProject(workspace, options).Documents.First(d => d.Name == program.Files[0].Name);
        CodeAction? offered = null;
        var context = new CodeRefactoringContext(document, program.Files[0].Marks.Single().Span, action => offered = action, CancellationToken.None);
        await new WatchTrainingLoop().ComputeRefactoringsAsync(context);
        if (offered is null)
            return (program.Files[0].Text, null);
        Assert.Equal("Watch this training loop with TrainGuard", offered.Title);
        var solution = (await offered.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        var changed = solution.GetDocument(document.Id)!;
        var errors = (await changed.Project.GetCompilationAsync())!.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors);
        return (program.Files[0].Text, (await changed.GetTextAsync()).ToString());
    }

    private const string Program = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        public static class Trainer
        {
            public static void Train(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, (Tensor, Tensor)[] data)
            {
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    // One batch after the other.
                    [|foreach|] (var (x, y) in data)
                    {
                        optimizer.zero_grad();
                        var output = model.call(x);
                        var loss = functional.cross_entropy(output, y);
                        loss.backward();
                        optimizer.step();
                    }
                }
            }
        }
        """;

    [Fact]
    public async Task Adds_a_guard_around_all_epochs_and_its_calls()
    {
        var (_, after) = await Try(Program);
        Assert.Equal("""
            using TorchSharp;
            using TrainLint.Runtime;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            public static class Trainer
            {
                public static void Train(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, (Tensor, Tensor)[] data)
                {
                    using var guard = TrainGuard.Watch(model, optimizer);
                    for (var epoch = 0; epoch < 3; epoch++)
                    {
                        // One batch after the other.
                        foreach (var (x, y) in data)
                        {
                            optimizer.zero_grad();
                            guard.Batch(x, y);
                            var output = model.call(x);
                            var loss = functional.cross_entropy(output, y);
                            guard.Loss(loss);
                            loss.backward();
                            optimizer.step();
                            guard.Step();
                        }
                    }
                }
            }
            """.ReplaceLineEndings("\n").TrimEnd(), after!.TrimEnd());
    }

    [Fact]
    public async Task Is_offered_inside_the_loop_and_for_loss_modules_and_members()
    {
        var (_, after) = await Try("""
            public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer guard)
            {
                private readonly Module<Tensor, Tensor> model = net;
                private readonly torch.optim.Optimizer optimizer = guard;
                private readonly Loss<Tensor, Tensor, Tensor> criterion = MSELoss();

                public void Train(Tensor[] data)
                {
                    var guard = 1;
                    foreach (var x in data)
                    {
                        optimizer.zero_grad();
                        var loss = criterion.call(this.model.forward(x), x);
                        [|loss|].backward();
                        optimizer.step();
                    }
                }
            }
            """);
        Assert.NotNull(after);
        Assert.Contains("        using var guard2 = TrainGuard.Watch(this.model, optimizer);\n        foreach", after, StringComparison.Ordinal);
        Assert.Contains("            guard2.Batch(x, x);\n            var loss", after, StringComparison.Ordinal);
        Assert.Contains("            guard2.Loss(loss);\n            loss.backward();\n            optimizer.step();\n            guard2.Step();\n", after, StringComparison.Ordinal);
        Assert.StartsWith("using TrainLint.Runtime;\n\npublic sealed class", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_offered_without_the_companion() => Assert.Null((await Try(Program, referenced: false)).After);

    [Theory]
    [InlineData("optimizer.step();", "")]
    [InlineData("loss.backward();", "")]
    [InlineData("loss.backward();", "functional.cross_entropy(output, y).backward();")]
    [InlineData("optimizer.step();", "optimizer.step(); optimizer.step();")]
    [InlineData("optimizer.zero_grad();", "TrainLint.Runtime.TrainGuard.CheckPlacement(model, x);")]
    [InlineData("var output = model.call(x);", "var output = x;")]
    public async Task Is_not_offered_on_other_loops(string written, string instead) => Assert.Null((await Try(Program.Replace(written, instead, StringComparison.Ordinal))).After);
}
