using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>One step of a module's construction.</summary>
/// <param name="Node">The call of RegisterComponents(), the assignment, or the call that adds to a list.</param>
/// <param name="Component">What is assigned or added to; null for the registration.</param>
/// <param name="Certain">Whether it happens whenever an instance is made.</param>
internal sealed record ConstructionStep(SyntaxNode Node, ISymbol? Component, bool Certain);

/// <summary>What a constructor does to the components of its module, in order: those of the base class first, methods of the class where they are called.</summary>
internal sealed class Construction(TrainingProgram program, CancellationToken cancellation)
{
    private const int MaxDepth = 4;

    private readonly List<ConstructionStep> steps = [];

    public static IReadOnlyList<ConstructionStep> Of(IMethodSymbol constructor, TrainingProgram program, CancellationToken cancellation)
    {
        var made = new Construction(program, cancellation);
        made.Constructor(constructor, 0);
        return made.steps;
    }

    private void Constructor(IMethodSymbol constructor, int depth)
    {
        if (depth > MaxDepth) return;
        var syntax = constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        SyntaxNode? initializer = syntax switch
        {
            ConstructorDeclarationSyntax declared => declared.Initializer,
            TypeDeclarationSyntax type => type.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault(),
            _ => null,
        };
        var first = initializer is null ? constructor.ContainingType.BaseType?.InstanceConstructors.FirstOrDefault(c => c.Parameters.IsEmpty)
            : program.Model(initializer.SyntaxTree).GetSymbolInfo(initializer, cancellation).Symbol as IMethodSymbol;
        if (first is { DeclaringSyntaxReferences.IsEmpty: false } or { IsImplicitlyDeclared: true, ContainingType.DeclaringSyntaxReferences.IsEmpty: false }) Constructor(first!.OriginalDefinition, depth + 1);
        if (syntax is ConstructorDeclarationSyntax own) Code((SyntaxNode?)own.Body ?? own.ExpressionBody, own, constructor.ContainingType, true, depth);
    }

    private void Code(SyntaxNode? code, SyntaxNode member, INamedTypeSymbol type, bool certain, int depth)
    {
        if (code is null) return;
        var model = program.Model(code.SyntaxTree);
        foreach (var node in code.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case InvocationExpressionSyntax call when OwnName(call.Expression) is { } name:
                    if (name.Identifier.ValueText == ModuleVocabulary.RegisterComponentsName) steps.Add(new(call, null, certain && IsCertain(call, member)));
                    else if (depth < MaxDepth && !TorchSymbols.MayOperate(name.Identifier.ValueText) && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { IsStatic: false } method
                             && (!method.IsVirtual && !method.IsAbstract && !method.IsOverride || type.IsSealed)
                             && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is MethodDeclarationSyntax declared)
                        Code((SyntaxNode?)declared.Body ?? declared.ExpressionBody, declared, type, certain && IsCertain(call, member), depth + 1);
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } access } call when ModuleVocabulary.FillNames.Contains(access.Name.Identifier.ValueText) && OwnName(receiver) is { } list:
                    if (model.GetSymbolInfo(list, cancellation).Symbol is { IsStatic: false } filled and (IFieldSymbol or IPropertySymbol) && IsLateContainer(filled)) steps.Add(new(call, filled.OriginalDefinition, certain && IsCertain(call, member)));
                    break;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment when OwnName(assignment.Left) is { } name:
                    if (model.GetSymbolInfo(name, cancellation).Symbol is { IsStatic: false } target and (IFieldSymbol or IPropertySymbol) && MayBeComponent(target)) steps.Add(new(assignment, target.OriginalDefinition, certain && IsCertain(assignment, member)));
                    break;
            }
        }
    }

    private bool MayBeComponent(ISymbol target) => program.Torch.IsModuleLike(TypeOf(target)) || program.Torch.Is(TypeOf(target), TorchType.Tensor);

    // What is added to one after it has been registered is not registered; a Sequential registers what it is given.
    private bool IsLateContainer(ISymbol target) => TypeOf(target) is { } type && TorchSymbols.IsLibrary(type) && ModuleVocabulary.ContainerNames.Contains(type.Name) && !program.Torch.Is(type, TorchType.Sequential);

    private static ITypeSymbol TypeOf(ISymbol target) => target is IFieldSymbol field ? field.Type : ((IPropertySymbol)target).Type;

    private static IdentifierNameSyntax? OwnName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: IdentifierNameSyntax name } => name,
        _ => null,
    };

    // Nothing around it decides whether it happens.
    private static bool IsCertain(SyntaxNode node, SyntaxNode member)
    {
        for (var n = node.Parent; n is not null && n != member; n = n.Parent)
            if (n is not (StatementSyntax or ArrowExpressionClauseSyntax) || n is IfStatementSyntax or SwitchStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or TryStatementSyntax) return false;
        return true;
    }
}
