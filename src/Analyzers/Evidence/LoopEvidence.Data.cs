using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Batches;
using TrainLint.Analyzers.Rules.Evaluation;
using TrainLint.Analyzers.Rules.Model;
using TrainLint.Analyzers.Rules.Monitoring;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Evidence;

internal sealed partial class LoopEvidence
{
    // What the loader of the loop yields is evaluated on nowhere, and what is evaluated on comes from another loader.
    private Shown? SeparateData()
    {
        if (evaluations.Count == 0) return None("no.evaluation");
        if (loaders.Count == 0) return null;
        foreach (var loader in loaders)
        {
            var uses = body.UsesOf(loader.Creation);
            if (uses.Any(u => u.Kind == UseKind.Escape) || Loaders.LoopsOver(uses).Any(l => EvaluationData.RoleOf(body, l).Evaluates)) return null;
        }

        var others = EvaluationLoaders();
        var (train, evaluate) = (loaders.Select(DataOf).ToList(), others.Select(DataOf).ToList());
        return others.Count == 0 || train.Concat(evaluate).Any(d => d is null) || train.Intersect(evaluate).Any() ? null : Proven("separate", [.. loaders.Select(l => l.Creation), .. others.Select(l => l.Creation)]);
    }

    // The making of the data set of a loader, as it is written; null where the loader is handed one that is made elsewhere.
    private string? DataOf(MadeLoader loader)
    {
        if (loader.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value.Syntax is not ExpressionSyntax data) return null;
        var making = Components.Origin(Program, data, Cancellation);
        return making is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax ? making.ToString() : null;
    }

    private Shown? EvaluationOnOtherData() => evaluations.Count == 0 ? None("no.evaluation") : SeparateData();

    // The loaders that the evaluations of this loop run over.
    private List<MadeLoader> EvaluationLoaders()
    {
        var loops = new HashSet<SyntaxNode>(evaluations.Select(e => (SyntaxNode?)e.Pass.Loop).OfType<SyntaxNode>());
        var found = new List<MadeLoader>();
        foreach (var member in Program.Index.Mentioning(TorchVocabulary.DataLoaderName))
            foreach (var outer in Program.BodiesOf(member, Cancellation))
                foreach (var flow in Program.FlowsIn(outer, true, Cancellation))
                    foreach (var loader in Loaders.Made(body.Of(flow.Body)))
                        if (loaders.All(l => l.Creation != loader.Creation) && Loaders.LoopsOver(body.UsesOf(loader.Creation)).Any(loops.Contains)) found.Add(loader);
        return found;
    }

    private Shown? Shuffled()
    {
        if (loaders.Count == 0) return null;
        var arguments = loaders.Select(l => l.Written(TorchVocabulary.ShuffleParameter)).ToList();
        return loaders.All(l => l.Is(TorchVocabulary.ShuffleParameter, true)) && arguments.All(a => a is not null) ? Proven("shuffle", arguments.Select(a => a!.Syntax)) : null;
    }

    private Shown? BatchSize()
    {
        if (loaders.Count == 0) return null;
        var sizes = loaders.Select(l => l.Argument(TorchVocabulary.BatchSizeParameter) is { } argument && Constants.Of(argument.Value, Program, Cancellation) is { } size ? (argument.Syntax, size.Number) : default).ToList();
        return sizes.All(s => s.Syntax is not null && s.Number > 1 && s.Number <= Program.Get(Limits.BatchMax, s.Syntax.SyntaxTree)) ? Proven("batch", sizes.Select(s => s.Syntax), string.Join(", ", sizes.Select(s => Text(s.Number)).Distinct())) : null;
    }

    private Shown? EvaluationExists() => evaluations.Count == 0 ? null : Proven("evaluation", evaluations.Select(e => e.Pass.Node));

    private Shown? EvaluationMode()
    {
        if (evaluations.Count == 0) return None("no.evaluation");
        if (evaluations.Any(e => e.Pass.Before.HasEscaped(e.Pass.Module) || !e.Body.ModeBefore(e.Pass.Module, e.Pass.Before.Mode(e.Pass.Module)).Equals(PhaseSet.Of(ModulePhase.Eval)))) return null;
        var calls = evaluations.SelectMany(e => e.Body.Events(EventKind.Eval)).Concat(Around(EventKind.Eval).Select(e => e.Event)).Select(e => e.Node).ToList();
        return calls.Count == 0 ? null : Proven("eval", calls);
    }

    private Shown? EvaluationGradients()
    {
        if (evaluations.Count == 0) return None("no.evaluation");
        var guards = new List<SyntaxNode>();
        foreach (var (report, pass) in evaluations)
        {
            if (pass.Before.GradientsOff is { } own) guards.Add(own.Node);
            else if (CallerGuards.Of(Program, report.Body, Cancellation) is { IsEmpty: false } around) guards.AddRange(around);
            else return null;
        }

        return Proven("nograd", guards);
    }

    private Shown? BestState() => Program.Index.Mentioning(TorchVocabulary.StateName).Count == 0 ? None("no.state") : null;

    private Shown? Seed()
    {
        var seeds = new List<SyntaxNode>();
        foreach (var member in TorchVocabulary.SeedNames.SelectMany(Program.Index.Mentioning).Distinct())
            foreach (var call in member.Nodes.SelectMany(n => n.DescendantNodes()).OfType<InvocationExpressionSyntax>())
                if (Program.Model(call.SyntaxTree).GetSymbolInfo(call, Cancellation).Symbol is IMethodSymbol method && TorchVocabulary.SeedNames.Contains(method.Name) && TorchSymbols.IsLibrary(method)) seeds.Add(call);
        // Once, before anything is repeated.
        return seeds.Count > 0 && seeds.All(s => !Loops.Around(s, s.SyntaxTree.GetRoot(Cancellation)).Any()) ? Proven("seed", seeds) : null;
    }

    // No code of the program writes weights: they are as the library initializes them.
    private Shown? Weights() =>
        TorchVocabulary.ConstantInitNames.Concat(TorchVocabulary.XavierNames).Concat(TorchVocabulary.KaimingNames).Concat(TorchVocabulary.CopyNames).Append(TorchVocabulary.InitName).Append(TorchVocabulary.LoadName).Append("fill_").Any(n => Program.Index.Mentioning(n).Count > 0) ? null : Proven("weights", []);

    // A number is read off what backward() is called on.
    private Shown? LossRead()
    {
        var reads = new List<SyntaxNode>();
        foreach (var (report, backward) in Inside(EventKind.Backward))
        {
            if (backward.Operation is not IInvocationOperation { Instance: ILocalReferenceOperation { Local: var loss } }) return null;
            var own = report.Body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => c.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax name, Name.Identifier.ValueText: var read }
                && TorchVocabulary.NumberNames.Contains(read) && name.Identifier.ValueText == loss.Name && SymbolEqualityComparer.Default.Equals(Program.Model(name.SyntaxTree).GetSymbolInfo(name, Cancellation).Symbol, loss)).ToList();
            if (own.Count == 0) return null;
            reads.AddRange(own);
        }

        return reads.Count == 0 ? null : Proven("loss.read", reads);
    }

    // What is written to the console around here is text and numbers.
    private Shown? ValuesPrinted()
    {
        var prints = family.Select(f => f.Within).Distinct().SelectMany(w => w.DescendantNodes()).OfType<InvocationExpressionSyntax>().Distinct()
            .Where(c => c.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: nameof(Console) }, Name.Identifier.ValueText: nameof(Console.Write) or nameof(Console.WriteLine) }).ToList();
        return prints.Count > 0 && !prints.SelectMany(p => p.ArgumentList.DescendantNodes().OfType<ExpressionSyntax>()).Any(e => IsShown(e) && IsTensor(e)) ? Proven("printed", prints) : null;

        bool IsShown(ExpressionSyntax expression) => expression.Parent is InterpolationSyntax or BinaryExpressionSyntax || expression.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && prints.Contains(call);
    }
}
