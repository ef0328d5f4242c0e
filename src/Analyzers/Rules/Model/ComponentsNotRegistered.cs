using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0301: a module whose submodules and parameters are never registered, where that matters.</summary>
internal sealed class ComponentsNotRegistered : Rule
{
    private readonly DiagnosticDescriptor unused;
    private readonly DiagnosticDescriptor one;

    public ComponentsNotRegistered()
        : base(
            "TL0301",
            Section.Model,
            Level.Warning,
            "The module's components are not registered",
            "'{0}' never calls RegisterComponents(): its parameters() does not contain {1}, so the optimizer trains nothing, and train(), eval(), to() and save() do not reach it",
            "TorchSharp finds the submodules and parameters of a module only after RegisterComponents() (or register_module) has run, at the end of the constructor. Without it forward() still works, but the module looks empty to everything else.")
    {
        one = Like("This constructor of '{0}' never calls RegisterComponents(), as another does: parameters() does not contain {1}, so the optimizer trains nothing, and train(), eval(), to() and save() do not reach it");
        unused = Milder(
            "The module's components are not registered",
            "'{0}' never calls RegisterComponents(): unless another module holds it, its parameters() does not contain {1}",
            "TorchSharp finds the submodules and parameters of a module only after RegisterComponents() (or register_module) has run. A module that is a field of another registered module is registered with it; on its own it looks empty to the optimizer.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, unused, one];

    public override void InspectType(TypeReport type)
    {
        if (type.Type.IsAbstract || type.Type.IsStatic) return;
        if (Registers(type, type.Type, TorchVocabulary.RegistrationNames))
        {
            if (type.Type.InstanceConstructors.Length > 1) InspectConstructors(type);
            return;
        }

        var parametersToo = !Registers(type, type.Type, TorchVocabulary.ParameterRegistrationNames);
        var fields = type.Type.GetMembers().OfType<IFieldSymbol>()
            .Where(f => !f.IsStatic && !f.IsConst && (type.Torch.IsModuleLike(f.Type) || parametersToo && (type.Torch.Is(f.Type, TorchType.Parameter) || HoldsParameter(type, f)))).ToList();
        if (fields.Count == 0 || Place(type) is not { } place) return;
        var role = UsesItself(type) ? Role.Root : Where(type, Creations(type));
        if (role == Role.Harmless || Component(type, fields) is not { } name) return;
        switch (role)
        {
            case Role.Root:
                type.Report(Descriptor, place, null, type.Type.Name, name);
                break;
            case Role.Unseen when VisibleOutside(type):
                type.Report(unused, place, null, type.Type.Name, name);
                break;
        }
    }

    // One constructor registers, and another that is used for a root does not.
    private void InspectConstructors(TypeReport type)
    {
        if (type.Program.SummaryOf(type.Type, type.Cancellation) is not { } module || module.MentionsAnywhere(ModuleVocabulary.HandNames) || type.Type.BaseType is { } parent && Registers(type, parent, TorchVocabulary.RegistrationNames)) return;
        var constructors = module.Members.Where(m => m.Node is ConstructorDeclarationSyntax { Initializer: not { ThisOrBaseKeyword.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.ThisKeyword } }).ToLookup(m => module.Reaches(m, ModuleVocabulary.RegisterComponentsName));
        if (!constructors[true].Any()) return;
        foreach (var member in constructors[false])
        {
            var constructor = (ConstructorDeclarationSyntax)member.Node;
            if (type.Program.Model(constructor.SyntaxTree).GetDeclaredSymbol(constructor, type.Cancellation) is not { IsStatic: false } symbol) continue;
            var fields = type.Type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic && Components.IsComponent(type.Torch, f.Type));
            if (Component(type, fields) is not { } name) continue;
            var creations = Creations(type).Where(c => SymbolEqualityComparer.Default.Equals(type.Program.Model(c.SyntaxTree).GetSymbolInfo(c, type.Cancellation).Symbol?.OriginalDefinition, symbol));
            if (Where(type, creations) == Role.Root) type.Report(one, constructor.Identifier.GetLocation(), null, type.Type.Name, name);
        }
    }

    // What the message names.
    private static string? Component(TypeReport type, IEnumerable<IFieldSymbol> fields) =>
        fields.FirstOrDefault(f => !type.Torch.IsModuleLike(f.Type) || !IsPlain(type, f)) is { } component ? (component.AssociatedSymbol ?? component).Name : null;

    // `private readonly Tensor scale;` that is set to a Parameter.
    private static bool HoldsParameter(TypeReport report, IFieldSymbol field) =>
        report.Torch.Is(field.Type, TorchType.Tensor) && report.Type.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(report.Cancellation).DescendantNodes()).OfType<AssignmentExpressionSyntax>().Any(a =>
            (a.Left is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name : a.Left as SimpleNameSyntax)?.Identifier.ValueText == (field.AssociatedSymbol ?? field).Name
            && report.Program.Model(a.SyntaxTree).GetTypeInfo(a.Right, report.Cancellation).Type is { } type && report.Torch.Is(type, TorchType.Parameter));

    // A loss or a mere activation has nothing to train, switch or save.
    private static bool IsPlain(TypeReport report, IFieldSymbol field)
    {
        if (IsPlain(report, field.Type, 0)) return true;
        return report.Program.FieldFact(field.AssociatedSymbol ?? field) is ModuleFact { Made: var made } && made.All(m => IsPlain(report, m.Type, 0));
    }

    private static bool IsPlain(TypeReport report, ITypeSymbol type, int depth)
    {
        if (report.Torch.Is(type, TorchType.Dropout)) return false;
        if (report.Torch.Is(type, TorchType.Parameterless) || report.Torch.Is(type, TorchType.Loss)) return true;
        return depth < 3 && type is INamedTypeSymbol { IsAbstract: false } own && own.Locations.Any(l => l.IsInSource)
            && own.GetMembers().OfType<IFieldSymbol>().All(f => !report.Torch.IsModuleLike(f.Type) && !report.Torch.Is(f.Type, TorchType.Parameter) || IsPlain(report, f.Type, depth + 1))
            && own.BaseType is { } parent && !parent.Locations.Any(l => l.IsInSource);
    }

    private enum Role
    {
        /// <summary>Nobody here makes one.</summary>
        Unseen,

        /// <summary>Only held by modules that register it, or out of sight.</summary>
        Harmless,

        /// <summary>Somebody uses an instance as a module of its own.</summary>
        Root,
    }

    // The type itself, or one that it derives from, registers; a base that cannot be seen may.
    private static bool Registers(TypeReport report, INamedTypeSymbol type, string[] names)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (!t.Locations.Any(l => l.IsInSource)) return !TorchSymbols.IsLibrary(t) || !IsModuleBase(report, t);
            if (report.Program.SummaryOf(t, report.Cancellation)!.Mentions(names)) return true;
        }

        return false;
    }

    // Module`2 and its siblings leave registering to the subclass; a layer of the library has done it.
    private static bool IsModuleBase(TypeReport report, INamedTypeSymbol type) =>
        type.ContainingType?.Name == TorchVocabulary.NnName || report.Torch.Is(type, TorchType.Loss) && !type.Name.EndsWith("Loss", StringComparison.Ordinal);

    private static Location? Place(TypeReport type)
    {
        var constructor = type.Type.InstanceConstructors
            .Select(c => c.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(type.Cancellation)).OfType<ConstructorDeclarationSyntax>()
            .Where(c => c.Initializer is not { ThisOrBaseKeyword.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.ThisKeyword })
            .OrderBy(c => c.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(c => c.SpanStart).FirstOrDefault();
        if (constructor is not null) return constructor.Identifier.GetLocation();
        return type.Type.Locations.FirstOrDefault(l => l.IsInSource);
    }

    private static bool VisibleOutside(TypeReport type)
    {
        if (type.Program.Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary) return false;
        for (INamedTypeSymbol? t = type.Type; t is not null; t = t.ContainingType)
            if (t.DeclaredAccessibility is not Accessibility.Public) return false;
        return true;
    }

    private static Role Where(TypeReport report, IEnumerable<SyntaxNode> creations)
    {
        var role = Role.Unseen;
        foreach (var creation in creations)
        {
            role = Role.Harmless;
            foreach (var use in report.UsesOf(creation))
            {
                var op = use.Method is null ? TorchOp.None : report.Torch.OperationOf(use.Method);
                if (use.Kind == UseKind.Call && op is TorchOp.Parameters or TorchOp.Train or TorchOp.Eval or TorchOp.RootUse or TorchOp.ModuleZeroGrad) return Role.Root;
                if (use.Kind is UseKind.Call or UseKind.Argument && op == TorchOp.MoveModule) return Role.Root;
                if (use.Kind == UseKind.Argument && (op == TorchOp.AppendLayer || report.Torch.Is(use.Makes, TorchType.Sequential))) return Role.Root;
            }
        }

        return role;
    }

    // `this.to(device)` or parameters() inside the type.
    private static bool UsesItself(TypeReport report)
    {
        foreach (var reference in report.Type.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(report.Cancellation);
            var model = report.Program.Model(declaration.SyntaxTree);
            foreach (var call in declaration.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                SimpleNameSyntax? name = call.Expression switch
                {
                    IdentifierNameSyntax identifier => identifier,
                    MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var member } => member,
                    _ => null,
                };
                if (name is null || !TorchSymbols.MayOperate(name.Identifier.ValueText) || model.GetSymbolInfo(name, report.Cancellation).Symbol is not IMethodSymbol method) continue;
                if (report.Torch.OperationOf(method) is TorchOp.Parameters or TorchOp.Train or TorchOp.Eval or TorchOp.RootUse or TorchOp.ModuleZeroGrad or TorchOp.MoveModule) return true;
            }
        }

        return false;
    }

    private static IEnumerable<SyntaxNode> Creations(TypeReport report)
    {
        foreach (var member in report.Program.Mentioning(report.Type))
        {
            var model = report.Program.Model(member.Node.SyntaxTree);
            var nodes = member.Nodes;
            foreach (var node in nodes)
                foreach (var creation in node.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
                {
                    if (creation is ObjectCreationExpressionSyntax { Type: var written } && !written.ToString().Contains(report.Type.Name)) continue;
                    if (SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(creation, report.Cancellation).Type?.OriginalDefinition, report.Type)) yield return creation;
                }
        }
    }
}
