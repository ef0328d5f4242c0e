using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>A data loader of the library that is made in a body.</summary>
internal sealed record MadeLoader(SyntaxNode Creation, ImmutableArray<IArgumentOperation> Arguments)
{
    /// <summary>The argument for a parameter, also where it is the default.</summary>
    public IArgumentOperation? Argument(string parameter) => Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter);

    /// <summary>The argument where it is written.</summary>
    public IArgumentOperation? Written(string parameter) => Argument(parameter) is { ArgumentKind: not ArgumentKind.DefaultValue } written ? written : null;

    public bool Is(string parameter, bool value) => Argument(parameter) is { Value.ConstantValue: { HasValue: true, Value: bool constant } } && constant == value;
}

/// <summary>What the rules about batches share.</summary>
internal static class Loaders
{
    /// <summary>The loaders of the library that a body makes.</summary>
    public static IEnumerable<MadeLoader> Made(BodyReport body)
    {
        foreach (var creation in body.Events(EventKind.Create))
        {
            var (method, arguments) = creation.Operation switch
            {
                IInvocationOperation call => (call.TargetMethod, call.Arguments),
                IObjectCreationOperation made => (made.Constructor, made.Arguments),
                _ => (null, default),
            };
            if (method is not null && body.Torch.Is(creation.Operation.Type, TorchType.DataLoader) && TorchSymbols.IsLibrary(method)) yield return new(creation.Node, arguments);
        }
    }

    public static object NameOf(MadeLoader loader, IReadOnlyList<Use> uses) =>
        loader.Creation.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.ValueText ?? (object?)uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member?.Name ?? LocalizedText.Of($"this DataLoader");

    /// <summary>The loops over a loader, wherever they stand.</summary>
    public static IEnumerable<CommonForEachStatementSyntax> LoopsOver(IReadOnlyList<Use> uses) => uses.Where(u => u.Kind == UseKind.Enumerate).Select(u => u.Node).OfType<CommonForEachStatementSyntax>();

    /// <summary>Whether a training step happens in the loop.</summary>
    public static bool Trains(BodyReport body, SyntaxNode loop) => Around(body, loop).Any(b => b.Trains(loop));

    /// <summary>The bodies of the member that a node stands in.</summary>
    public static IEnumerable<BodyReport> Around(BodyReport body, SyntaxNode node)
    {
        if (body.Program.Index.Around(node) is not { } member) yield break;
        foreach (var outer in body.Program.BodiesOf(member, body.Cancellation))
            foreach (var flow in body.Program.FlowsIn(outer, true, body.Cancellation)) yield return body.Of(flow.Body);
    }

    /// <summary>What happens inside a loop, also in what is called there.</summary>
    public static IEnumerable<(BodyReport Body, TrainingEvent Event)> Inside(BodyReport body, SyntaxNode loop, EventKind kind)
    {
        foreach (var around in Around(body, loop))
        {
            foreach (var found in around.Events(kind))
                if (loop.Span.Contains(found.Node.Span)) yield return (around, found);
            foreach (var call in around.Flow.Calls)
                if (loop.Span.Contains(call.Node.Span))
                    foreach (var found in Called(around, call.Callee, kind, 1)) yield return found;
        }
    }

    private static IEnumerable<(BodyReport Body, TrainingEvent Event)> Called(BodyReport body, Body callee, EventKind kind, int depth)
    {
        var inner = body.Of(callee);
        foreach (var found in inner.Events(kind)) yield return (inner, found);
        if (depth >= TrainingProgram.ContextDepth) yield break;
        foreach (var call in inner.Flow.Calls)
            foreach (var found in Called(inner, call.Callee, kind, depth + 1)) yield return found;
    }

    /// <summary>Whether the loop runs again and again: another one stands around it, or around all calls of its method.</summary>
    public static StatementSyntax? LoopAround(BodyReport body, SyntaxNode loop)
    {
        if (Loops.Around(loop, loop.SyntaxTree.GetRoot(body.Cancellation)).FirstOrDefault() is { } outer) return outer;
        foreach (var around in Around(body, loop))
        {
            if (!around.Body.Syntax.Span.Contains(loop.Span)) continue;
            var callers = around.Program.CallersOf(around.Body, body.Cancellation);
            if (!callers.IsEmpty && callers.All(c => around.Of(c.Caller).LoopsAround(c.Site.Node).Any())) return around.Of(callers[0].Caller).LoopsAround(callers[0].Site.Node).First();
        }

        return null;
    }
}
