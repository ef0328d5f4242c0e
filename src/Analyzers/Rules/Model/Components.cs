using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>The fields of a module that hold, or should hold, its components.</summary>
internal static class Components
{
    /// <summary>The property whose backing field it is, else the field itself: what people write.</summary>
    public static ISymbol Written(IFieldSymbol field) => (field.AssociatedSymbol ?? field).OriginalDefinition;

    public static Location? Place(ISymbol symbol) => symbol.Locations.FirstOrDefault(l => l.IsInSource);

    /// <summary>Whether a value of the type can be a component: a module or a parameter.</summary>
    public static bool IsComponent(TorchSymbols torch, ITypeSymbol type) => torch.IsModuleLike(type) || torch.Is(type, TorchType.Parameter);

    /// <summary>Whether the class says in another way what it holds: it registers by hand, or overrides what lists its components.</summary>
    public static bool AreListedByHand(ModuleSummary module) => module.MentionsAnywhere(ModuleVocabulary.HandNames) || module.Declares(ModuleVocabulary.OwnListNames);

    /// <summary>Whether some code of the class may register the component of that name: it says so, or it does not say what it registers.</summary>
    public static bool MayBeRegisteredByHand(ModuleSummary module, string component)
    {
        for (var m = module; m is not null; m = m.Parent)
            foreach (var member in m.Members)
            {
                if (!ModuleVocabulary.HandNames.Any(member.Names.Contains)) continue;
                if (member.Names.Contains(ModuleVocabulary.ParametersField) || member.Names.Contains(ModuleVocabulary.SubmodulesField)) return true;
                foreach (var call in member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>())
                {
                    if (LastName(call.Expression) is not { } method || !ModuleVocabulary.HandNames.Contains(method)) continue;
                    if (call.ArgumentList.Arguments.Select(a => LastName(a.Expression)).LastOrDefault(n => n is not null) is not { } registered || registered == component || !m.Type.GetMembers(registered).Any(f => f is IFieldSymbol or IPropertySymbol)) return true;
                }
            }

        return module.Declares(ModuleVocabulary.OwnListNames);
    }

    /// <summary>The name of a member of the own object.</summary>
    public static string? LastName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: var name } => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The expressions that are put into a field or property, where it is declared and wherever it is assigned.</summary>
    public static IEnumerable<ExpressionSyntax> ValuesOf(TrainingProgram program, ISymbol member, CancellationToken cancellation)
    {
        if (Initializer(member, cancellation) is { } initializer) yield return initializer;
        foreach (var reference in program.ReferencesTo(member, cancellation))
            if (Target(reference) is AssignmentExpressionSyntax assignment) yield return Origin(program, assignment.Right, cancellation);
    }

    /// <summary>The assignment that a reference is the target of.</summary>
    public static AssignmentExpressionSyntax? Target(ExpressionSyntax reference) =>
        reference.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment && assignment.Left == reference ? assignment : null;

    public static ExpressionSyntax? Initializer(ISymbol member, CancellationToken cancellation) => member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
    {
        VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        _ => null,
    };

    /// <summary>What a local was declared with, else the expression itself.</summary>
    public static ExpressionSyntax Origin(TrainingProgram program, ExpressionSyntax expression, CancellationToken cancellation)
    {
        var bare = Bare(expression);
        return bare is IdentifierNameSyntax && program.Model(bare.SyntaxTree).GetSymbolInfo(bare, cancellation).Symbol is ILocalSymbol local
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value } ? Bare(value) : bare;
    }

    public static ExpressionSyntax Bare(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Bare(inner.Expression),
        CastExpressionSyntax cast => Bare(cast.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => Bare(sure.Operand),
        _ => expression,
    };

    /// <summary>The name of what a making makes, for a message.</summary>
    public static string NameOf(ExpressionSyntax making, ITypeSymbol? type) => making switch
    {
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier.ValueText,
        _ => type?.Name ?? making.ToString(),
    };

    /// <summary>The method, constructor or accessor that a node stands in, without the lambdas and local functions between.</summary>
    public static MemberDeclarationSyntax? MemberAround(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not (BaseTypeDeclarationSyntax or GlobalStatementSyntax));
}
