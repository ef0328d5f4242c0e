using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0314: registers after the last component is set, or registers this one by its name.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegisteredTooEarlyFix)), Shared]
public sealed class RegisteredTooEarlyFix() : TrainLintFix("TL0314", "Register")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not ExpressionSyntax { Parent: ExpressionStatementSyntax setting } step) yield break;
        if (diagnostic.AdditionalLocations is [var place] && place.SourceTree == page.Tree && Statements.Whole(page.NodeAt(place.SourceSpan)) is { } registering
            && Last(page, registering, setting) is { } last && !Statements.After(registering).TakeWhile(s => s != last).Append(last).Any(s => AsksForComponents(page, s)))
            foreach (var repair in Repair.Of($"Call 'RegisterComponents()' after the components are set", Layout.Move(page, registering, last)))
                yield return repair;

        if (step is not AssignmentExpressionSyntax assignment) yield break;
        if (assignment.Left is not IdentifierNameSyntax and not MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } || page.Model.GetTypeInfo(assignment.Left, page.Cancellation).Type is not { } type) yield break;
        var name = (assignment.Left is MemberAccessExpressionSyntax access ? access.Name : (IdentifierNameSyntax)assignment.Left).Identifier.ValueText;
        var method = page.Torch.Is(type, TorchType.Parameter) ? TorchVocabulary.ParameterRegistrationNames[0] : ModuleVocabulary.RegisterModuleName;
        if (!Statements.IsDeeper(setting, Statements.Function(setting) ?? setting, loops: true))
            foreach (var repair in Repair.Of($"Register '{name}'", Layout.AddAfter(page, setting, $"{method}(nameof({name}), {assignment.Left});")))
                yield return repair;
    }

    // The last statement beside the registration that sets a component.
    private static StatementSyntax? Last(Page page, StatementSyntax registering, StatementSyntax setting)
    {
        var after = Statements.After(registering).ToList();
        return after.Any(s => s.Span.Contains(setting.Span)) ? after.LastOrDefault(s => SetsComponent(page, s)) : null;
    }

    private static bool SetsComponent(Page page, StatementSyntax statement) => statement.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(m =>
            ModuleVocabulary.FillNames.Contains(m.Name.Identifier.ValueText) && page.Torch.IsModuleLike(page.Model.GetTypeInfo(m.Expression, page.Cancellation).Type))
        || statement.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a =>
        page.Model.GetSymbolInfo(a.Left, page.Cancellation).Symbol is IFieldSymbol or IPropertySymbol && page.Model.GetTypeInfo(a.Left, page.Cancellation).Type is { } type
        && (page.Torch.IsModuleLike(type) || page.Torch.Is(type, TorchType.Tensor) || page.Torch.Is(type, TorchType.Parameter)));

    // `this.to(device)`, `parameters()`: they need the registration.
    private static bool AsksForComponents(Page page, StatementSyntax statement) => statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
        call.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
        && page.OperationOf(call) is TorchOp.MoveModule or TorchOp.Parameters or TorchOp.Train or TorchOp.Eval or TorchOp.RootUse or TorchOp.ModuleZeroGrad);
}
