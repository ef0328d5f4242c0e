using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Evidence;

internal sealed partial class LoopEvidence
{
    // Each constructor of each class registers after it has set its last component.
    private Shown? Registered()
    {
        var types = ModuleTypes().ToList();
        if (types.Count == 0)
            return steps.Count > 0 && steps.All(s => s.Fact is { Parameters: { Complete: true, Modules: { IsEmpty: false } modules } } && modules.All(m => TypesOf(s.Body, s.Event.Before, m).ToList() is { Count: > 0 } made && made.All(TorchSymbols.IsLibrary))) ? Proven("registered.library", []) : null;
        var calls = new List<SyntaxNode>();
        foreach (var type in types)
        {
            if (Program.SummaryOf(type, Cancellation) is not { } summary || summary.Declares(ModuleVocabulary.OwnListNames)) return null;
            foreach (var constructor in type.InstanceConstructors)
            {
                if (IsChained(constructor)) continue;
                var done = Construction.Of(constructor, Program, Cancellation);
                var last = -1;
                SyntaxNode? registration = null;
                for (var i = 0; i < done.Count; i++)
                {
                    if (done[i].Component is not null) last = i;
                    else if (done[i].Certain && registration is null && last <= i) registration = done[i].Node;
                }

                if (registration is null || done.SkipWhile(d => d.Node != registration).Any(d => d.Component is not null)) return null;
                calls.Add(registration);
            }
        }

        return calls.Count == 0 ? null : Proven("registered", calls, string.Join(", ", types.Select(t => t.Name).OrderBy(n => n, StringComparer.Ordinal)));
    }

    // `: this(...)`: the other constructor registers.
    private bool IsChained(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(Cancellation) is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.ValueText: "this" };

    // The losses that this loop computes, with what certainly goes into each.
    private Shown? LossInput()
    {
        var losses = inside.SelectMany(r => r.Body.Losses().Where(l => r.Within.Span.Contains(l.Node.Span)).Select(l => (r.Body, Event: l))).GroupBy(l => l.Event.Node).Select(g => g.First()).ToList();
        losses.AddRange(LossesInPasses().Where(l => losses.All(o => o.Event.Node != l.Event.Node)));
        if (losses.Count == 0) return null;
        var kinds = new List<LossKind>();
        foreach (var (report, loss) in losses)
        {
            if (Expected(loss.Loss!.Kind) is not { } expected || report.Resolve(loss.Subject) is not TensorFact { Meaning: var meaning } || !expected.Contains(meaning)) return null;
            kinds.Add(loss.Loss.Kind);
        }

        var scores = kinds.Contains(LossKind.CrossEntropy) || kinds.Contains(LossKind.BinaryCrossEntropyWithLogits);
        return Proven(scores ? "loss.scores" : "loss.probabilities", losses.Select(l => l.Event.Node));
    }

    // Losses that a forward() or another method of a module computes.
    private IEnumerable<(BodyReport Body, TrainingEvent Event)> LossesInPasses()
    {
        foreach (var region in inside)
            foreach (var pass in region.Body.Flow.Passes)
                if (region.Within.Span.Contains(pass.Node.Span))
                    foreach (var loss in region.Body.Of(pass.Callee).Losses()) yield return (region.Body.Of(pass.Callee), loss);
    }

    private static Meaning[]? Expected(LossKind kind) => kind switch
    {
        LossKind.CrossEntropy or LossKind.BinaryCrossEntropyWithLogits => [Meaning.Scores],
        LossKind.NegativeLogLikelihood => [Meaning.LogSoftmax],
        LossKind.BinaryCrossEntropy => [Meaning.Sigmoid, Meaning.Softmax],
        _ => null,
    };

    private Shown? LossReachesModel()
    {
        var backwards = Inside(EventKind.Backward).ToList();
        var graphs = backwards.Select(b => b.Body.GraphOf(b.Event.Subject)).ToList();
        if (graphs.Count == 0 || graphs.Any(g => g is not { IsAttached: true, Modules.IsEmpty: false })) return null;
        return Proven("loss.attached", backwards.Select(b => b.Event.Node), string.Join(", ", graphs.SelectMany(g => g!.Modules).Where(m => !IsLoss(m)).Select(m => m.ToString()).Distinct()));
    }
}
