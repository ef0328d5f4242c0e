using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0302: modules or parameters that a module keeps in a collection which is none of the library.</summary>
internal sealed class SubmodulesInPlainCollection : Rule
{
    private readonly DiagnosticDescriptor switched;

    public SubmodulesInPlainCollection()
        : base(
            "TL0302",
            Section.Model,
            Level.Warning,
            "Submodules are kept in a plain collection",
            "'{0}' is a plain {1}, and RegisterComponents() does not look inside: parameters() misses the {2} in it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it",
            "TorchSharp registers the fields of a module that are modules or parameters themselves. What is kept in a List, an array, a Dictionary or a tuple is not found: forward() works, but the optimizer, train(), eval(), to() and save() know nothing of it. ModuleList, ModuleDict, ParameterList and ParameterDict are collections that are registered.") =>
        switched = Like("'{0}' is a plain {1}, and RegisterComponents() does not look inside: eval() does not reach the {2} in it, which stays active in evaluation");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, switched];

    private static readonly string[] Adders = ["Add", "AddRange", "AddFirst", "AddLast", "Append", "Enqueue", "Insert", "InsertRange", "Push", "TryAdd", "Prepend"];

    private static readonly string[] Copies = ["ToArray", "ToList", "AsReadOnly", "ToImmutableArray", "ToImmutableList"];

    public override void InspectType(TypeReport type)
    {
        ModuleSummary? module = null;
        foreach (var member in type.Type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false, IsConst: false } field || ElementOf(type.Torch, field.Type) is not { } element) continue;
            if (type.Torch.Is(element, TorchType.Parameterless) || type.Torch.Is(element, TorchType.Loss)) continue;
            module ??= type.Program.SummaryOf(type.Type, type.Cancellation);
            if (module is null || Components.AreListedByHand(module)) return;
            var written = Components.Written(field);
            if (Components.Place(written) is not { } place || !module.UsesInForward(written.Name) || type.Program.IsNamedBeside(written, ModuleVocabulary.CareNames, type.Cancellation)) continue;
            var contents = new Contents(type);
            if (contents.Of(written) is not { } made) continue;
            type.Report(contents.HasWeights ? Descriptor : switched, place, null, written.Name, NameOf(field.Type), Components.NameOf(made, type.Program.Model(made.SyntaxTree).GetTypeInfo(made, type.Cancellation).Type));
        }
    }

    // The kind of module or parameter in a collection or tuple of the framework; null for anything else.
    private static ITypeSymbol? ElementOf(TorchSymbols torch, ITypeSymbol type, int depth = 0)
    {
        if (depth > 3) return null;
        switch (type)
        {
            case IArrayTypeSymbol array:
                return Inside(array.ElementType);
            case INamedTypeSymbol { IsGenericType: true } named when IsPlain(named):
                foreach (var argument in named.TypeArguments)
                    if (Inside(argument) is { } found) return found;
                return null;
            default:
                return null;
        }

        ITypeSymbol? Inside(ITypeSymbol inner) => Components.IsComponent(torch, inner) ? inner : ElementOf(torch, inner, depth + 1);
    }

    private static bool IsPlain(INamedTypeSymbol type) =>
        type.IsTupleType || type.Name is "Tuple" or "ValueTuple" or "KeyValuePair" && IsSystem(type.ContainingNamespace)
        || type.ContainingNamespace is { } space && IsSystem(Outermost(space)) && InCollections(space);

    private static bool InCollections(INamespaceSymbol space)
    {
        for (var s = space; s is { IsGlobalNamespace: false }; s = s.ContainingNamespace)
            if (s.Name == "Collections" && IsSystem(s.ContainingNamespace)) return true;
        return false;
    }

    private static INamespaceSymbol Outermost(INamespaceSymbol space) => space.ContainingNamespace is { IsGlobalNamespace: false } outer ? Outermost(outer) : space;

    private static bool IsSystem(INamespaceSymbol? space) => space is { Name: "System", ContainingNamespace.IsGlobalNamespace: true } or { Name: "System", ContainingNamespace: null };

    private static object NameOf(ITypeSymbol type) => type is IArrayTypeSymbol ? LocalizedText.Of($"array") : type.IsTupleType ? LocalizedText.Of($"tuple") : type.Name;

    /// <summary>What is put into one collection; nothing where the collection goes on to somebody who may register it.</summary>
    private sealed class Contents(TypeReport type)
    {
        private readonly TrainingProgram program = type.Program;
        private readonly List<ExpressionSyntax> elements = [];
        private readonly HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);

        public bool HasWeights { get; private set; }

        /// <summary>A making of something that wants to be registered, and is certainly nowhere else.</summary>
        public ExpressionSyntax? Of(ISymbol member)
        {
            seen.Add(member);
            if (Components.Initializer(member, type.Cancellation) is { } initializer && !Put(initializer)) return null;
            foreach (var reference in program.ReferencesTo(member, type.Cancellation))
                if (!Follow(reference)) return null;
            elements.RemoveAll(e => e.DescendantNodesAndSelf().Any(n => n is AssignmentExpressionSyntax));
            foreach (var element in elements)
                if (program.MadeFor(element, type.Cancellation, weights: true) is { } made)
                {
                    HasWeights = true;
                    return made;
                }

            return elements.Select(e => program.MadeFor(e, type.Cancellation)).FirstOrDefault(m => m is not null);
        }

        // What is done with the collection at one place; false where it may be looked after there.
        private bool Follow(ExpressionSyntax reference)
        {
            if (Components.Target(reference) is { } assignment) return Put(assignment.Right);
            switch (reference.Parent)
            {
                case ElementAccessExpressionSyntax access when access.Expression == reference && Components.Target(access) is { } slot:
                    return Element(slot.Right);
                case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == reference && Adders.Contains(access.Name.Identifier.ValueText):
                    return call.ArgumentList.Arguments.All(a => Element(a.Expression));
                case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } when !IsKnown(call):
                case ReturnStatementSyntax or ArrowExpressionClauseSyntax { Parent: not (PropertyDeclarationSyntax or AccessorDeclarationSyntax) }:
                case AssignmentExpressionSyntax or EqualsValueClauseSyntax:
                    return reference.Parent is ReturnStatementSyntax { Parent.Parent: AccessorDeclarationSyntax };
            }

            // `Sequential(layers.ToArray())`
            foreach (var around in reference.Ancestors())
            {
                if (around is StatementSyntax or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax) break;
                if (around is ArgumentSyntax { Parent.Parent: ExpressionSyntax call } && MakesModule(call)) return false;
            }

            return true;
        }

        private bool MakesModule(ExpressionSyntax call) => type.Torch.IsModuleLike(program.Model(call.SyntaxTree).GetTypeInfo(call, type.Cancellation).Type);

        // A method of this compilation that does not look after modules.
        private bool IsKnown(InvocationExpressionSyntax call) =>
            program.Model(call.SyntaxTree).GetSymbolInfo(call, type.Cancellation).Symbol is IMethodSymbol method
            && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(type.Cancellation) is { } declaration && program.Index.Around(declaration) is { } text
            && !ModuleVocabulary.CareNames.Concat(ModuleVocabulary.HandNames).Any(text.Names.Contains) && !type.Torch.IsModuleLike(method.ReturnType);

        // A collection as a whole. One of the library is registered, whatever it is declared as.
        private bool Put(ExpressionSyntax value)
        {
            value = Components.Bare(value);
            var model = program.Model(value.SyntaxTree);
            if (type.Torch.IsModuleLike(model.GetTypeInfo(value, type.Cancellation).Type)) return false;
            switch (value)
            {
                case IdentifierNameSyntax name when model.GetSymbolInfo(name, type.Cancellation).Symbol is ILocalSymbol local:
                    return Local(local, name, Put);
                case ConditionalExpressionSyntax choice:
                    return Put(choice.WhenTrue) && Put(choice.WhenFalse);
                case TupleExpressionSyntax tuple:
                    return tuple.Arguments.All(a => Element(a.Expression));
                case ArrayCreationExpressionSyntax { Initializer: var initializer }:
                    return initializer is null || initializer.Expressions.All(Element);
                case ImplicitArrayCreationExpressionSyntax { Initializer: var initializer }:
                    return initializer.Expressions.All(Element);
                case InitializerExpressionSyntax initializer:
                    return initializer.Expressions.All(Element);
                case BaseObjectCreationExpressionSyntax { Initializer: var initializer, ArgumentList: var arguments }:
                    return (initializer is null || initializer.Expressions.All(Element)) && (arguments is null || arguments.Arguments.All(a => Element(a.Expression)));
                case CollectionExpressionSyntax collection:
                    return collection.Elements.All(e => e is ExpressionElementSyntax one ? Element(one.Expression) : e is not SpreadElementSyntax spread || Element(spread.Expression));
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var source } access } when Copies.Contains(access.Name.Identifier.ValueText):
                    return Put(source);
                default:
                    return Element(value);
            }
        }

        // One element, or a sequence of some. What a local holds is looked at where it is made.
        private bool Element(ExpressionSyntax element)
        {
            element = Components.Bare(element);
            if (element is IdentifierNameSyntax name && program.Model(name.SyntaxTree).GetSymbolInfo(name, type.Cancellation).Symbol is ILocalSymbol local) return Local(local, name, Element);
            if (element is TupleExpressionSyntax tuple) return tuple.Arguments.All(a => Element(a.Expression));
            if (element is InitializerExpressionSyntax or AssignmentExpressionSyntax { Left: ImplicitElementAccessSyntax })
            {
                foreach (var inner in element is InitializerExpressionSyntax pair ? pair.Expressions : [((AssignmentExpressionSyntax)element).Right])
                    if (!Element(inner)) return false;
                return true;
            }

            elements.Add(element);
            return true;
        }

        private bool Local(ILocalSymbol local, ExpressionSyntax at, Func<ExpressionSyntax, bool> put)
        {
            if (!seen.Add(local)) return true;
            if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(type.Cancellation) is not VariableDeclaratorSyntax declarator || Components.MemberAround(declarator) is not { } member) return true;
            if (declarator.Initializer is { } clause && !put(clause.Value)) return false;
            var model = program.Model(declarator.SyntaxTree);
            foreach (var name in member.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name == at || name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, type.Cancellation).Symbol, local)) continue;
                if (name.Parent is AssignmentExpressionSyntax other && other.Right == name && seen.Contains(model.GetSymbolInfo(other.Left, type.Cancellation).Symbol!)) continue;
                if (name.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var collection } adding } }
                    && Adders.Contains(adding.Name.Identifier.ValueText) && seen.Contains(model.GetSymbolInfo(collection, type.Cancellation).Symbol!)) continue;
                if (!Follow(name)) return false;
            }

            return true;
        }
    }
}
