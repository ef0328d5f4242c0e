using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace TrainLint.Analyzers.Training;

/// <summary>One body with its graph: a method, constructor, accessor, initializer, the top-level statements, or a lambda or local function inside one.</summary>
internal sealed class Body(ISymbol owner, SyntaxNode syntax, ControlFlowGraph graph, Body? outer)
{
    private readonly Dictionary<IMethodSymbol, Body> nested = new(SymbolEqualityComparer.Default);

    /// <summary>The method, or the field or property whose initializer this is.</summary>
    public ISymbol Owner { get; } = owner;

    public IMethodSymbol? Method => Owner as IMethodSymbol;

    public SyntaxNode Syntax { get; } = syntax;

    public ControlFlowGraph Graph { get; } = graph;

    /// <summary>The body that a lambda or local function stands in.</summary>
    public Body? Outer { get; } = outer;

    public Body Outermost => Outer is null ? this : Outer.Outermost;

    public INamedTypeSymbol? Type => Outermost.Owner.ContainingType;

    /// <summary>The body of a local function declared here or in a body around.</summary>
    public Body? LocalFunction(IMethodSymbol function, CancellationToken cancellation)
    {
        for (var body = this; body is not null; body = body.Outer)
        {
            if (!body.Graph.LocalFunctions.Contains(function)) continue;
            lock (body.nested)
            {
                if (!body.nested.TryGetValue(function, out var found) && function.DeclaringSyntaxReferences.FirstOrDefault() is { } reference)
                    body.nested[function] = found = new Body(function, reference.GetSyntax(cancellation), body.Graph.GetLocalFunctionControlFlowGraph(function, cancellation), body);
                return found;
            }
        }

        return null;
    }

    public Body Lambda(IFlowAnonymousFunctionOperation lambda, CancellationToken cancellation)
    {
        lock (nested)
        {
            if (!nested.TryGetValue(lambda.Symbol, out var found))
                nested[lambda.Symbol] = found = new Body(lambda.Symbol, lambda.Syntax, Graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellation), this);
            return found;
        }
    }

    /// <summary>A lambda of this body, or of one around it, that the analysis has met.</summary>
    public Body? KnownLambda(IMethodSymbol lambda)
    {
        for (var body = this; body is not null; body = body.Outer)
        {
            lock (body.nested)
            {
                if (body.nested.TryGetValue(lambda, out var found)) return found;
            }
        }

        return null;
    }

}
