using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>What a rule is given about one body: its events with everything known before each, and questions about the rest of the program.</summary>
internal sealed class BodyReport(TrainingProgram program, BodyFlow flow, Action<Diagnostic> report, CancellationToken cancellation)
{
    private List<TrainingEvent>? losses;
    private bool? mentionsLoops;

    public TrainingProgram Program { get; } = program;

    public TorchSymbols Torch => Program.Torch;

    public BodyFlow Flow { get; } = flow;

    public Body Body => Flow.Body;

    public CancellationToken Cancellation { get; } = cancellation;

    public IReadOnlyList<TrainingEvent> Events(EventKind kind) => Flow.Of(kind);

    /// <summary>The calls of losses of these kinds; all where none is named.</summary>
    public IEnumerable<TrainingEvent> Losses(params LossKind[] kinds)
    {
        losses ??= [.. Events(EventKind.Loss), .. HandedIn()];
        return losses.Count == 0 ? [] : losses.Where(e => e.Loss is { } loss && (kinds.Length == 0 || kinds.Contains(loss.Kind)));
    }

    // The calls of loss modules that only callers know.
    private IEnumerable<TrainingEvent> HandedIn()
    {
        foreach (var pass in Events(EventKind.Forward))
        {
            if (pass.Operation is not IInvocationOperation { Instance.Type: { } type, Arguments: { Length: 2 } arguments } || !Torch.Is(type, TorchType.Loss)) continue;
            if (Resolve(pass.Subject) is not ModuleFact { Made: { IsEmpty: false } made } || made.Select(m => Torch.LossOf(m.Type)).Distinct().ToList() is not [{ } kind]) continue;
            Value Argument(int ordinal) => arguments.FirstOrDefault(a => a.Parameter?.Ordinal == ordinal) is { } argument ? ValueOf(argument.Value.Syntax) : Value.Unknown;
            var settings = made.Skip(1).Aggregate(made[0].Settings, (all, m) => all.Where(s => m.Settings.TryGetValue(s.Key, out var other) && Equals(other, s.Value)).ToImmutableDictionary());
            var reduction = settings.TryGetValue(TensorVocabulary.ReductionParameter, out var set) ? set as long? : null;
            yield return pass with { Kind = EventKind.Loss, Subject = Argument(0), Loss = new LossCall(kind, Argument(0), Argument(1), reduction, settings) };
        }
    }

    /// <summary>What an expression that yields a tensor yields, as far as the body itself tells.</summary>
    public Value ValueOf(SyntaxNode expression) => Flow.Values.TryGetValue(expression, out var value) ? value : Value.Unknown;

    /// <summary>How a tensor hangs on the graph, asking callers for what is handed in.</summary>
    public GraphFact? GraphOf(Value value) => Program.GraphOf(value, Body, Cancellation);

    /// <summary>Whether the text of the member that owns these blocks mentions anything that a rule could care about.</summary>
    public static bool MayMatter(TrainingProgram program, ImmutableArray<IOperation> blocks) =>
        program.Index.Around(blocks[0].Syntax) is { } member && program.Index.MayMatter(member.Node);

    public PhaseSet ModeBefore(Path module, ModeState mode) => mode.Relation.Apply(Program.EntryMode(Body, module, Cancellation));

    public Fact? Resolve(Value value) => Program.Resolve(value, Body, Cancellation);

    public IReadOnlyList<Use> UsesOf(SyntaxNode expression) => Uses.Of(expression, Program, Cancellation);

    public IReadOnlyList<Use> UsesOf(ISymbol symbol) => Uses.Of(symbol, Program, Cancellation);

    /// <summary>The same questions about another body; nothing is reported there.</summary>
    public BodyReport Of(Body other) => new(Program, Program.Flow(other, true, Cancellation), _ => { }, Cancellation);

    /// <summary>The places of the body where a name stands, in their order.</summary>
    public IEnumerable<IdentifierNameSyntax> Mentions(string name) => Program.Mentions(Body.Syntax, name);

    /// <summary>Whether the text of the member mentions a loop at all.</summary>
    public bool MentionsLoops => mentionsLoops ??= Program.Index.Around(Body.Syntax) is not { } member || Loops.Keywords.Any(member.Names.Contains);

    /// <summary>The loops around a node inside this body, innermost first.</summary>
    public IEnumerable<StatementSyntax> LoopsAround(SyntaxNode node) => MentionsLoops ? Loops.Around(node, Body.Syntax) : [];

    /// <summary>Whether a training step (backward and step) happens inside the node, here or in what is called there.</summary>
    public bool Trains(SyntaxNode node) => Does(node, EventKind.Backward, s => s.Backward) && Does(node, EventKind.Step, s => s.Stepped);

    private bool Does(SyntaxNode node, EventKind kind, Func<State, bool> exit)
    {
        foreach (var inner in Program.FlowsIn(Body, true, Cancellation))
        {
            if (inner.Events.Any(e => e.Kind == kind && node.Span.Contains(e.Node.Span))) return true;
            foreach (var call in inner.Calls)
                if (node.Span.Contains(call.Node.Span) && Program.Flow(call.Callee, true, Cancellation).Exit is { } state && exit(state)) return true;
        }

        return false;
    }

    /// <summary>Reports at a node of this body.</summary>
    public void Report(DiagnosticDescriptor descriptor, SyntaxNode at, IEnumerable<SyntaxNode>? additional = null, ImmutableDictionary<string, string?>? properties = null, params object[] arguments) =>
        Report(descriptor, at.GetLocation(), additional, properties, arguments);

    public void Report(DiagnosticDescriptor descriptor, Location at, IEnumerable<SyntaxNode>? additional, ImmutableDictionary<string, string?>? properties, params object[] arguments) =>
        Findings.Send(report, Diagnostic.Create(descriptor, at, (additional ?? []).Distinct().OrderBy(n => n.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(n => n.SpanStart).Select(n => n.GetLocation()), properties, arguments), Cancellation);
}

/// <summary>What a rule is given about one operation: the operation itself, and on demand the flow around it.</summary>
internal sealed class OperationReport(TrainingProgram program, OperationAnalysisContext context)
{
    public TrainingProgram Program { get; } = program;

    public TorchSymbols Torch => Program.Torch;

    public IOperation Operation => context.Operation;

    public SyntaxNode Node => Operation.Syntax;

    /// <summary>The method, local function or accessor that the operation stands in, or the field or property that it initializes.</summary>
    public ISymbol Owner => context.ContainingSymbol;

    public CancellationToken Cancellation => context.CancellationToken;

    public IReadOnlyList<Use> UsesOf(SyntaxNode expression) => Uses.Of(expression, Program, Cancellation);

    /// <summary>The innermost body around the operation with its flow; null where that is unknown. Costs a flow run: ask what is cheap first.</summary>
    public BodyReport? Around()
    {
        if (Program.BodyOwnedBy(Owner, Cancellation) is not { } body) return null;
        var flow = Program.FlowsIn(body, true, Cancellation).Where(f => f.Body.Syntax.Span.Contains(Node.Span)).OrderBy(f => f.Body.Syntax.Span.Length).FirstOrDefault();
        return flow is null or { Unknown: true } ? null : new BodyReport(Program, flow, context.ReportDiagnostic, Cancellation);
    }

    /// <summary>Reports at a node of the member.</summary>
    public void Report(DiagnosticDescriptor descriptor, SyntaxNode at, IEnumerable<SyntaxNode>? additional = null, ImmutableDictionary<string, string?>? properties = null, params object[] arguments) =>
        Report(descriptor, at.GetLocation(), additional, properties, arguments);

    public void Report(DiagnosticDescriptor descriptor, Location at, IEnumerable<SyntaxNode>? additional, ImmutableDictionary<string, string?>? properties, params object[] arguments) =>
        Findings.Send(context.ReportDiagnostic, Diagnostic.Create(descriptor, at, (additional ?? []).Distinct().Select(n => n.GetLocation()), properties, arguments), Cancellation);
}

/// <summary>What a rule is given about one class that derives from Module.</summary>
internal sealed class TypeReport(TrainingProgram program, INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation)
{
    public TrainingProgram Program { get; } = program;

    public TorchSymbols Torch => Program.Torch;

    public INamedTypeSymbol Type { get; } = type;

    public CancellationToken Cancellation { get; } = cancellation;

    public IReadOnlyList<Use> UsesOf(SyntaxNode expression) => Uses.Of(expression, Program, Cancellation);

    public void Report(DiagnosticDescriptor descriptor, Location at, IEnumerable<Location>? additional = null, params object[] arguments) =>
        Findings.Send(report, Diagnostic.Create(descriptor, at, additional, null, arguments), Cancellation);
}

/// <summary>What a rule is given about one file of the source.</summary>
internal sealed class FileReport(Settings settings, SyntaxTree tree, Action<Diagnostic> report, CancellationToken cancellation)
{
    public Settings Settings { get; } = settings;

    public SyntaxTree Tree { get; } = tree;

    public CancellationToken Cancellation { get; } = cancellation;

    public void Report(DiagnosticDescriptor descriptor, SyntaxToken at, params object[] arguments) => report(Diagnostic.Create(descriptor, at.GetLocation(), arguments));
}

/// <summary>What a rule is given about one file of settings that the compiler was shown.</summary>
internal sealed class SettingsReport(Settings settings, AdditionalText file, Action<Diagnostic> report, CancellationToken cancellation)
{
    public Settings Settings { get; } = settings;

    public AdditionalText File { get; } = file;

    public CancellationToken Cancellation { get; } = cancellation;

    public void Report(DiagnosticDescriptor descriptor, Location at, DiagnosticSeverity severity, params object[] arguments) =>
        report(Diagnostic.Create(descriptor, at, severity, additionalLocations: null, properties: null, arguments));
}

/// <summary>Loops by syntax.</summary>
internal static class Loops
{
    /// <summary>The words that loops begin with.</summary>
    public static readonly string[] Keywords = ["for", "foreach", "while", "do"];

    /// <summary>The loops around a node, innermost first, inside the member <paramref name="within"/> (for top-level statements: the file).</summary>
    public static IEnumerable<StatementSyntax> Around(SyntaxNode node, SyntaxNode within)
    {
        for (var n = node.Parent; n is not null && n != within; n = n.Parent)
        {
            if (n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) yield break;
            if (n is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax) yield return (StatementSyntax)n;
        }
    }

    /// <summary>The statement that a node stands in, directly inside a block, a switch section or among the top-level statements; null where it stands alone under an `if` or the like.</summary>
    public static StatementSyntax? StatementOf(SyntaxNode node)
    {
        for (var n = node; n is not null; n = n.Parent)
        {
            if (n is AnonymousFunctionExpressionSyntax { ExpressionBody: not null } or ArrowExpressionClauseSyntax) return null;
            if (n is StatementSyntax statement and not BlockSyntax) return statement.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax ? statement : statement is LocalFunctionStatementSyntax ? null : Outer(statement);
        }

        return null;
    }

    // `if (x) optimizer.step();`: the statement that stands in the list is the `if`.
    private static StatementSyntax? Outer(StatementSyntax statement) => statement.Parent is StatementSyntax parent ? StatementOf(parent) : statement.Parent is ElseClauseSyntax { Parent: IfStatementSyntax branch } ? StatementOf(branch) : null;
}
