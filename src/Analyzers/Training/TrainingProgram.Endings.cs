using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    private static readonly LossKind[] LossesOfScores = [LossKind.CrossEntropy, LossKind.BinaryCrossEntropyWithLogits, LossKind.NegativeLogLikelihood];

    private readonly object searching = new();
    private ImmutableDictionary<SyntaxNode, (EndingKind Kind, SyntaxNode Loss)>? endings;

    /// <summary>The loss that wants raw scores and gets what this activation, dropout or norm makes of them; null where there is none.</summary>
    public (EndingKind Kind, SyntaxNode Loss)? LossBehind(SyntaxNode activation, CancellationToken cancellation)
    {
        if (Volatile.Read(ref endings) is not { } known)
            lock (searching) known = endings ??= FindEndings(cancellation);
        return known.TryGetValue(activation, out var found) ? found : null;
    }

    private ImmutableDictionary<SyntaxNode, (EndingKind, SyntaxNode)> FindEndings(CancellationToken cancellation)
    {
        var found = ImmutableDictionary<SyntaxNode, (EndingKind, SyntaxNode)>.Empty;
        var seen = new HashSet<SyntaxNode>();
        var named = TensorVocabulary.Losses.Where(l => LossesOfScores.Contains(l.Kind)).SelectMany(l => new[] { l.Function, l.Module }).SelectMany(Index.Mentioning).ToList();

        // Where nobody names such a loss there is none to be handed around.
        if (named.Count == 0) return found;
        named.AddRange(Index.Mentioning(TorchVocabulary.BackwardName));
        foreach (var member in named)
        {
            if (!seen.Add(member.Node)) continue;
            foreach (var flow in BodiesOf(member, cancellation).SelectMany(b => FlowsIn(b, true, cancellation)))
            {
                if (flow.Unknown) continue;
                var body = new BodyReport(this, flow, _ => { }, cancellation);
                foreach (var loss in body.Losses(LossesOfScores))
                    if (body.Resolve(loss.Subject) is TensorFact { Ending: { } last } && !found.ContainsKey(last.Node)) found = found.Add(last.Node, (last.Kind, loss.Node));
            }
        }

        return found;
    }
}
