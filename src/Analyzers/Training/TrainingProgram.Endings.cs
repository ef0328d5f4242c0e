using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    private static readonly LossKind[] LossesOfScores = [LossKind.CrossEntropy, LossKind.BinaryCrossEntropyWithLogits, LossKind.NegativeLogLikelihood];

    private readonly ConcurrentDictionary<MemberText, IReadOnlyList<(EndingFact Last, SyntaxNode Loss)>> endings = new();

    /// <summary>Whether anybody names a loss that wants raw scores: elsewhere there is none to be handed around.</summary>
    public bool HasLossOfScores => NamingLossOfScores.Any();

    private IEnumerable<MemberText> NamingLossOfScores =>
        TensorVocabulary.Losses.Where(l => LossesOfScores.Contains(l.Kind)).SelectMany(l => new[] { l.Function, l.Module }).SelectMany(Index.Mentioning);

    /// <summary>The loss that wants raw scores and gets what this activation, dropout or norm makes of them; null where there is none.</summary>
    public (EndingKind Kind, SyntaxNode Loss)? LossBehind(SyntaxNode activation, CancellationToken cancellation)
    {
        foreach (var member in NamingLossOfScores.Concat(Index.Mentioning(TorchVocabulary.BackwardName)))
        {
            if (!MayMeet(activation, member.Node)) continue;
            foreach (var (last, loss) in endings.GetOrAdd(member, m => FindEndings(m, cancellation)))
                if (last.Node == activation) return (last.Kind, loss);
        }

        return null;
    }

    private List<(EndingFact, SyntaxNode)> FindEndings(MemberText member, CancellationToken cancellation)
    {
        var found = new List<(EndingFact, SyntaxNode)>();
        foreach (var flow in BodiesOf(member, cancellation).SelectMany(b => FlowsIn(b, true, cancellation)))
        {
            if (flow.Unknown) continue;
            var body = new BodyReport(this, flow, _ => { }, cancellation);
            foreach (var loss in body.Losses(LossesOfScores))
                if (body.Resolve(loss.Subject) is TensorFact { Ending: { } last }) found.Add((last, loss.Node));
        }

        return found;
    }
}
