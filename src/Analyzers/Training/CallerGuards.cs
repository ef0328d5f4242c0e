using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>Gradients that a body finds switched off when it begins, because everybody who calls it has done so.</summary>
internal static class CallerGuards
{
    /// <summary>The guards of the callers, where each of them certainly holds one; none where gradients may be on.</summary>
    public static ImmutableArray<SyntaxNode> Of(TrainingProgram program, Body body, CancellationToken cancellation) =>
        MayEnable(program, body, TrainingProgram.ContextDepth, cancellation) ? ImmutableArray<SyntaxNode>.Empty : Around(program, body, TrainingProgram.ContextDepth, cancellation);

    private static ImmutableArray<SyntaxNode> Around(TrainingProgram program, Body body, int depth, CancellationToken cancellation)
    {
        if (depth == 0) return ImmutableArray<SyntaxNode>.Empty;
        var guards = ImmutableArray<SyntaxNode>.Empty;
        foreach (var (caller, site) in program.CallersOf(body, cancellation))
        {
            var around = !site.Certain || IsClosure(program, site) ? ImmutableArray<SyntaxNode>.Empty
                : site.Before.GradientsOff is { } own ? ImmutableArray.Create(own.Node)
                : site.Before.Guards.Any(g => g.Kind != TorchOp.NewScope) || !program.NeverEnablesGradients(caller) ? ImmutableArray<SyntaxNode>.Empty
                : Around(program, caller, depth - 1, cancellation);
            if (around.IsEmpty) return around;
            guards = guards.Union(around).ToImmutableArray();
        }

        return guards;
    }

    // step(closure) runs its closure with gradients on.
    private static bool IsClosure(TrainingProgram program, CallSite site) =>
        program.Model(site.Node.SyntaxTree).GetSymbolInfo(site.Node).Symbol is IMethodSymbol method && program.Torch.OperationOf(method) == TorchOp.Step;

    // Whether the body, or anything that it calls, may switch gradients on for itself.
    private static bool MayEnable(TrainingProgram program, Body body, int depth, CancellationToken cancellation)
    {
        if (!program.NeverEnablesGradients(body)) return true;
        if (depth == 0) return false;
        var flow = program.Flow(body, true, cancellation);
        return flow.Calls.Concat(flow.Passes).Select(c => c.Callee).Distinct().Any(c => MayEnable(program, c, depth - 1, cancellation));
    }
}
