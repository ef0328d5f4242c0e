using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Evidence;

/// <summary>
/// What the analysis has proved right about the training loops of a program: read from the same flows that the rules read, and computed
/// only where somebody asks. The compiler never does.
/// </summary>
internal static class TrainingFacts
{
    /// <summary>The training loops of a compilation with what is certain of each, in source order; none where it does not reference TorchSharp.</summary>
    /// <param name="compilation">The program.</param>
    /// <param name="options">What is set for its files: the figures that rates and sizes are compared with.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ImmutableArray<TrainingLoop> Of(Compilation compilation, AnalyzerConfigOptionsProvider? options, CancellationToken cancellation)
    {
        if (TorchSymbols.TryCreate(compilation) is not { } torch) return ImmutableArray<TrainingLoop>.Empty;
        var program = new TrainingProgram(compilation, torch, cancellation) { Options = options };
        return Anchors(program, cancellation)
            .OrderBy(a => a.Node.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(a => a.Node.SpanStart)
            .Select(a => new LoopEvidence(a.Body, a.Node).Read()).ToImmutableArray();
    }

    // Where training steps are repeated: the loop around backward() and step(), here or around the call of a helper; else the helper itself.
    private static IEnumerable<(BodyReport Body, SyntaxNode Node)> Anchors(TrainingProgram program, CancellationToken cancellation)
    {
        var found = new Dictionary<SyntaxNode, BodyReport>();
        foreach (var member in TorchVocabulary.StepNames.SelectMany(program.Index.Mentioning).Distinct())
            foreach (var outer in program.BodiesOf(member, cancellation))
                foreach (var flow in program.FlowsIn(outer, true, cancellation))
                {
                    if (flow.Unknown) continue;
                    var body = new BodyReport(program, flow, _ => { }, cancellation);
                    foreach (var step in body.Events(EventKind.Backward).Concat(body.Events(EventKind.Step)))
                        if (!GradientSteps.IsAssertion(step.Node))
                            foreach (var (home, node) in Repeated(body, step.Node, TrainingProgram.ContextDepth)) found[node] = home;
                }

        // A loop inside another of these gathers gradients for it; a body whose loop is known is no second one.
        return found.Where(f => !found.Keys.Any(o => o != f.Key && o.SyntaxTree == f.Key.SyntaxTree && (o.Span.Contains(f.Key.Span) ? o is StatementSyntax : f.Key is not StatementSyntax && f.Key.Span.Contains(o.Span))))
            .Select(f => (f.Value, f.Key));
    }

    private static IEnumerable<(BodyReport Body, SyntaxNode Node)> Repeated(BodyReport body, SyntaxNode node, int depth)
    {
        if (body.LoopsAround(node).FirstOrDefault() is { } loop) return [(body, loop)];
        if (body.Body.Outer is { } outer) return Repeated(body.Of(outer), body.Body.Syntax, depth);
        var callers = depth == 0 ? [] : body.Program.CallersOf(body.Body, body.Cancellation).SelectMany(c => Repeated(body.Of(c.Caller), c.Site.Node, depth - 1)).Where(r => r.Node is StatementSyntax).ToList();
        return callers.Count > 0 ? callers : [(body, body.Body.Syntax)];
    }
}
