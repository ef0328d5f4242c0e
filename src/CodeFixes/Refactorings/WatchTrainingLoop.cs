using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Refactorings;

/// <summary>
/// Watches a training loop with a TrainGuard of the companion: the guard before the outermost loop, Batch before the forward pass, Loss before
/// backward(), Step after step(). Offered in a project that references the companion, on a loop whose model, loss and optimizer have names.
/// </summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(WatchTrainingLoop)), Shared]
public sealed class WatchTrainingLoop : CodeRefactoringProvider
{
    private const string Guard = "TrainGuard";

    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        var document = context.Document;
        if (await Page.OpenAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } page) return;
        if (page.Compilation.ReferencedAssemblyNames.All(a => a.Name != TorchVocabulary.Companion)) return;
        var loop = page.Root.FindToken(context.Span.Start).Parent?.AncestorsAndSelf().TakeWhile(n => n is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) or GlobalStatementSyntax)
            .OfType<StatementSyntax>().FirstOrDefault(s => Statements.IsLoop(s) && Calls(page, s, TorchOp.Step).Any() && Calls(page, s, TorchOp.Backward).Any());
        if (loop is null || Watched(page, loop) is not { } changes) return;

        var result = page.With(changes);
        // What would not compile, or warns where nothing did, is not offered.
        if (result.Complaints.Length > page.Complaints.Length) return;
        context.RegisterRefactoring(CodeAction.Create($"Watch this training loop with {Guard}", _ => Task.FromResult(document.WithText(result.Text)), nameof(WatchTrainingLoop)));
    }

    private static ImmutableArray<TextChange>? Watched(Page page, StatementSyntax loop)
    {
        if (Calls(page, loop, TorchOp.Step).ToList() is not [var step] || Calls(page, loop, TorchOp.Backward).ToList() is not [var backward]) return null;
        if (step.ArgumentList.Arguments.Count > 0 || Statements.Whole(step) is not { } stepping || Statements.Whole(backward) is not { } deriving) return null;
        if (Receiver(step) is not { } optimizer || Receiver(backward) is not IdentifierNameSyntax loss || stepping.SpanStart < deriving.Span.End) return null;
        if (Calls(page, loop, TorchOp.Forward).FirstOrDefault(call => IsModel(page, call)) is not { } forward || Receiver(forward) is not { } model) return null;
        if (Statements.Around(forward) is not { } running || running.SpanStart >= deriving.SpanStart || !loop.Span.Contains(running.Span)) return null;
        if (Statements.Function(loop) is { } function && function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => page.Model.GetSymbolInfo(call, page.Cancellation).Symbol is { } called && TorchSymbols.IsCompanion(called))) return null;

        // Around all loops that model and optimizer come from outside of: the guard sees epochs.
        var outermost = loop.AncestorsAndSelf().TakeWhile(n => n != Statements.Function(loop)).OfType<StatementSyntax>().Where(s => Statements.IsLoop(s) && IsFrom(page, optimizer, s) && IsFrom(page, model, s)).LastOrDefault();
        if (outermost is null) return null;

        var guard = FreeName(page, outermost);
        var batch = Batch(page, loop, forward, running);
        var parts = new List<ImmutableArray<TextChange>?>
        {
            Layout.AddBefore(page, outermost, $"using var {guard} = {Guard}.Watch({model}, {optimizer});"),
            Layout.AddBefore(page, deriving, $"{guard}.Loss({loss});"),
            Layout.AddAfter(page, stepping, $"{guard}.Step();"),
        };
        if (batch is not null) parts.Add(Layout.AddBefore(page, running, $"{guard}.Batch({batch});"));
        if (parts.Any(p => p is null)) return null;
        var changes = parts.SelectMany(p => p!.Value).Concat(Import(page, loop)).OrderBy(c => c.Span.Start).ToImmutableArray();
        return changes.Zip(changes.Skip(1), (a, b) => a.Span.End > b.Span.Start).Any(overlap => overlap) ? null : changes;
    }

    private static IEnumerable<InvocationExpressionSyntax> Calls(Page page, SyntaxNode loop, TorchOp op) =>
        loop.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<InvocationExpressionSyntax>()
            .Where(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && TorchSymbols.MayOperate(name) && page.OperationOf(call) == op);

    // A chain of names, which means the same at another place.
    private static ExpressionSyntax? Receiver(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }) and var receiver } ? receiver : null;

    private static bool IsModel(Page page, InvocationExpressionSyntax call) =>
        Receiver(call) is { } receiver && page.Model.GetTypeInfo(receiver, page.Cancellation).Type is { } type && page.Torch.Is(type, TorchType.Module) && page.Torch.LossOf(type) is null && !page.Torch.Is(type, TorchType.Loss);

    private static bool IsFrom(Page page, ExpressionSyntax receiver, StatementSyntax loop) => page.Model.GetSymbolInfo(receiver, page.Cancellation).Symbol switch
    {
        ILocalSymbol local => local.DeclaringSyntaxReferences.All(r => r.Span.End <= loop.SpanStart),
        IParameterSymbol or IFieldSymbol or IPropertySymbol => true,
        _ => false,
    };

    // The input, and the target where the loss names it; null where the input has no name to be looked at by.
    private static string? Batch(Page page, StatementSyntax loop, InvocationExpressionSyntax forward, StatementSyntax running)
    {
        if (forward.ArgumentList.Arguments is not [{ Expression: IdentifierNameSyntax input }] || !IsBefore(page, input, running)) return null;
        var target = loop.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => IsLoss(page, call)).Select(call => call.ArgumentList.Arguments.ElementAtOrDefault(1)?.Expression).OfType<IdentifierNameSyntax>().FirstOrDefault();
        return target is not null && IsBefore(page, target, running) ? $"{input}, {target}" : input.ToString();
    }

    private static bool IsLoss(Page page, InvocationExpressionSyntax call) =>
        page.LossOf(call) is not null
        || Receiver(call) is { } receiver && page.Model.GetTypeInfo(receiver, page.Cancellation).Type is { } type && (page.Torch.LossOf(type) is not null || page.Torch.Is(type, TorchType.Loss));

    private static bool IsBefore(Page page, IdentifierNameSyntax name, StatementSyntax statement) => page.Model.GetSymbolInfo(name, page.Cancellation).Symbol switch
    {
        ILocalSymbol local => page.Torch.Is(local.Type, TorchType.Tensor) && local.DeclaringSyntaxReferences.All(r => r.Span.Start < statement.SpanStart && !statement.Span.Contains(r.Span.Start)),
        IParameterSymbol { Type: var type } => page.Torch.Is(type, TorchType.Tensor),
        _ => false,
    };

    private static string FreeName(Page page, StatementSyntax loop)
    {
        var taken = new HashSet<string>((Statements.Function(loop) ?? page.Root).DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText));
        return Enumerable.Range(1, taken.Count + 1).Select(i => i == 1 ? "guard" : "guard" + i).First(name => !taken.Contains(name));
    }

    private static IEnumerable<TextChange> Import(Page page, StatementSyntax loop)
    {
        if (page.Model.LookupNamespacesAndTypes(loop.SpanStart, name: Guard).Length > 0) yield break;
        var import = $"using {TorchVocabulary.Companion};\n";
        var last = page.Root.Usings.LastOrDefault(u => u.Alias is null && u.StaticKeyword.RawKind == 0);
        yield return last is null ? new(new(page.Root.Usings.FirstOrDefault()?.SpanStart ?? page.Root.GetFirstToken().SpanStart, 0), page.Root.Usings.Count > 0 ? import : import + "\n") : new(new(last.FullSpan.End, 0), import);
    }
}
