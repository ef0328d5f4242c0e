using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0314: a layer or parameter that is set after the module has registered its components.</summary>
internal sealed class RegisteredTooEarly : Rule
{
    private readonly DiagnosticDescriptor inBase;
    private readonly DiagnosticDescriptor switched;
    private readonly DiagnosticDescriptor filled;

    public RegisteredTooEarly()
        : base(
            "TL0314",
            Section.Model,
            Level.Warning,
            "A component is set after RegisterComponents()",
            "'{0}' is set after RegisterComponents(), which looks at the fields only once: parameters() of '{1}' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it",
            "RegisterComponents() looks at the fields of the module when it is called for the first time, and never again. A layer that is put into its field afterwards works in forward(), but the optimizer, train(), eval(), to() and save() know nothing of it. The call belongs at the end of the constructor; the constructor of a base class comes before that of the class itself.")
    {
        inBase = Like("'{0}' is set after the constructor of '{2}' has called RegisterComponents(), which looks at the fields only once: parameters() of '{1}' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");
        filled = Like("'{0}' gets a layer after RegisterComponents(), which looks into it only once: parameters() of '{1}' misses the layer, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");
        switched = Like("'{0}' is set after RegisterComponents(), which looks at the fields only once: eval() of '{1}' does not reach the dropout in it, which stays active in evaluation");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, inBase, switched, filled];

    public override void InspectType(TypeReport type)
    {
        if (type.Program.SummaryOf(type.Type, type.Cancellation) is not { } module || !MayBeEarly(module)) return;
        if (module.Declares(ModuleVocabulary.OwnListNames)) return;
        var reported = new HashSet<SyntaxNode>();
        foreach (var constructor in type.Type.InstanceConstructors)
        {
            SyntaxNode? registered = null;
            var late = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            foreach (var step in Construction.Of(constructor, type.Program, type.Cancellation))
            {
                if (step.Component is null && step.Certain) registered ??= step.Node;
                if (step.Component is null || registered is null || !TrainingProgram.InType(step.Node, type.Type) || !reported.Add(step.Node)) continue;
                if (step.Node is AssignmentExpressionSyntax) late.Add(step.Component);
                else if (late.Contains(step.Component)) continue;
                if (Part(type, module, step) is not { } part || Components.MayBeRegisteredByHand(module, step.Component.Name)) continue;
                var place = step.Node.GetLocation();
                if (type.Program.MadeFor(part, type.Cancellation, weights: true) is null) type.Report(switched, place, [registered.GetLocation()], step.Component.Name, type.Type.Name);
                else if (step.Node is InvocationExpressionSyntax) type.Report(filled, place, [registered.GetLocation()], step.Component.Name, type.Type.Name);
                else if (TrainingProgram.InType(registered, type.Type)) type.Report(Descriptor, place, [registered.GetLocation()], step.Component.Name, type.Type.Name);
                else type.Report(inBase, place, [registered.GetLocation()], step.Component.Name, type.Type.Name, type.Program.TypeAround(registered, type.Cancellation)?.Name ?? "");
            }
        }
    }

    // The code that makes what the step puts in; null where nothing is made that wants to be registered.
    private static SyntaxNode? Part(TypeReport type, ModuleSummary module, ConstructionStep step)
    {
        if (step.Node is not AssignmentExpressionSyntax assignment)
        {
            var arguments = ((InvocationExpressionSyntax)step.Node).ArgumentList.Arguments;
            return arguments.Select(a => Components.Origin(type.Program, a.Expression, type.Cancellation)).FirstOrDefault(a => type.Program.MadeFor(a, type.Cancellation) is not null);
        }

        var value = Components.Origin(type.Program, assignment.Right, type.Cancellation);
        var typed = type.Program.Model(value.SyntaxTree).GetTypeInfo(value, type.Cancellation);

        // `wide ? Linear(2, 2) : Identity()` has the type of the field alone.
        var made = typed.Type ?? typed.ConvertedType;
        if (made is null || type.Torch.Is(made, TorchType.Tensor) && !type.Torch.Is(made, TorchType.Parameter)) return null;
        if (type.Program.MadeFor(value, type.Cancellation) is not null) return value;

        // `body = Sequential(); body.append(Linear(2, 2));`
        if (!ModuleVocabulary.ContainerNames.Contains(made.Name)) return null;
        foreach (var member in module.Members)
            foreach (var call in member.Names.Contains(step.Component!.Name) ? member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>() : [])
                if (call.Expression is MemberAccessExpressionSyntax { Expression: var receiver, Name.Identifier.ValueText: var name } && ModuleVocabulary.FillNames.Contains(name) && Components.LastName(receiver) == step.Component!.Name
                    && type.Program.MadeFor(call.ArgumentList, type.Cancellation) is not null) return call.ArgumentList;
        return null;
    }

    // By the text: a base class registers, or the registration is not the last thing that a constructor does.
    private static bool MayBeEarly(ModuleSummary module)
    {
        if (module.Parent?.MentionsAnywhere([ModuleVocabulary.RegisterComponentsName]) == true) return true;
        foreach (var member in module.Members)
            if (member.Names.Contains(ModuleVocabulary.RegisterComponentsName) && !(member.Node is ConstructorDeclarationSyntax constructor && RegistersLast(constructor))) return true;
        return false;
    }

    private static bool RegistersLast(ConstructorDeclarationSyntax constructor) => constructor.Body is not { Statements: var statements }
        || statements.Count(IsRegistration) == 1 && IsRegistration(statements.Last()) && !statements.Any(s => s is not ExpressionStatementSyntax && s.DescendantTokens().Any(t => t.ValueText == ModuleVocabulary.RegisterComponentsName));

    private static bool IsRegistration(StatementSyntax statement) => statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: var called } }
        && (called is MemberAccessExpressionSyntax access ? access.Name : called as SimpleNameSyntax)?.Identifier.ValueText == ModuleVocabulary.RegisterComponentsName;
}
