using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0411: the mean in the place of the sum.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SummedLossFix)), Shared]
public sealed class SummedLossFix() : TrainLintFix("TL0411", "Mean")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax call) return [];
        if (page.OperationOf(call) == TorchOp.Reduce) return call.Expression is MemberAccessExpressionSyntax access ? Repair.Of($"Take the mean", [new TextChange(access.Name.Span, TensorVocabulary.MeanName)]) : [];
        SyntaxNode? place = page.LossOf(call) is not null ? call.ArgumentList : call.Expression is MemberAccessExpressionSyntax { Expression: var module } ? Creation(page, module) : null;
        return place?.DescendantNodes().OfType<MemberAccessExpressionSyntax>().FirstOrDefault(m => m.ToString().EndsWith("Reduction.Sum", StringComparison.Ordinal)) is { } sum
            ? Repair.Of($"Use Reduction.Mean", [new TextChange(sum.Name.Span, "Mean")]) : [];
    }

    // Where the module of the loss is made, in this file.
    private static SyntaxNode? Creation(Page page, ExpressionSyntax module)
    {
        if (module is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) return module;
        return page.Model.GetSymbolInfo(module, page.Cancellation).Symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(page.Cancellation) is VariableDeclaratorSyntax declarator && declarator.SyntaxTree == page.Tree ? declarator.Initializer : null;
    }
}
