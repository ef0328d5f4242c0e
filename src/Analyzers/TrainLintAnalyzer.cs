using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers;

/// <summary>
/// The one analyzer: looks TorchSharp up, and shows each rule the bodies and module types of the compilation. The flow of a body is
/// computed once for all rules, and only where its text mentions something that matters.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainLintAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = RuleCatalogue.All.SelectMany(r => r.Descriptors).ToImmutableArray();

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (TorchSymbols.TryCreate(start.Compilation) is not { } torch) return;
            var program = new TrainingProgram(start.Compilation, torch, start.CancellationToken) { Options = start.Options.AnalyzerConfigOptionsProvider };
            start.RegisterOperationBlockAction(block => InspectFlow(block, program));
            start.RegisterOperationAction(operation => InspectOperation(operation, program), Kinds);
            var settings = new Settings(start.Compilation, start.Options);
            start.RegisterSemanticModelAction(file => InspectFile(file, settings));
            start.RegisterAdditionalFileAction(file => InspectSettings(file, settings));
            start.RegisterSymbolAction(symbol => InspectType(symbol, program), SymbolKind.NamedType);
        });
    }

    private static readonly Dictionary<string, Rule[]> ByCall = Table(r => r.Calls);

    private static readonly Dictionary<string, Rule[]> ByCallAnywhere = Table(r => r.CallsAnywhere);

    private static readonly Dictionary<OperationKind, Rule[]> ByKind = Table(r => r.Operations);

    private static readonly (Rule Rule, EventKinds Events)[] ByEvents = RuleCatalogue.All.Select(r => (r, EventKinds.Of(r.Events))).ToArray();

    private static Dictionary<T, Rule[]> Table<T>(Func<Rule, IEnumerable<T>> wants)
        where T : notnull =>
        RuleCatalogue.All.SelectMany(r => wants(r).Select(key => (key, r))).GroupBy(p => p.key, p => p.r).ToDictionary(g => g.Key, g => g.ToArray());

    // What has a name of its own, and what single rules ask for.
    private static readonly ImmutableArray<OperationKind> Kinds = ByKind.Keys.Union([OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.PropertyReference]).ToImmutableArray();

    private static void InspectOperation(OperationAnalysisContext context, TrainingProgram program)
    {
        OperationReport? report = null;
        if (Member(context.Operation) is { } member)
        {
            if (ByCall.TryGetValue(member.Name, out var called) && TorchSymbols.IsLibrary(member)) Inspect(called);
            if (ByCallAnywhere.TryGetValue(member.Name, out called)) Inspect(called);
        }

        if (ByKind.TryGetValue(context.Operation.Kind, out var rules)) Inspect(rules);

        void Inspect(Rule[] rules)
        {
            report ??= new OperationReport(program, context);
            foreach (var rule in rules) rule.InspectOperation(report);
        }
    }

    private static ISymbol? Member(IOperation operation) => operation.Kind switch
    {
        OperationKind.Invocation => ((IInvocationOperation)operation).TargetMethod,
        OperationKind.ObjectCreation => ((IObjectCreationOperation)operation).Constructor,
        OperationKind.PropertyReference => ((IPropertyReferenceOperation)operation).Property,
        _ => null,
    };

    private static void InspectFlow(OperationBlockAnalysisContext context, TrainingProgram program)
    {
        if (context.OperationBlocks.IsEmpty || !BodyReport.MayMatter(program, context.OperationBlocks)) return;
        if (program.BodyOwnedBy(context.OwningSymbol, context.CancellationToken) is not { } body) return;
        foreach (var flow in program.FlowsIn(body, true, context.CancellationToken))
        {
            if (flow.Unknown) continue;
            var report = new BodyReport(program, flow, context.ReportDiagnostic, context.CancellationToken);
            var happens = flow.Kinds;
            foreach (var (rule, events) in ByEvents)
                if (events == default || events.Overlap(happens)) rule.InspectBody(report);
        }
    }

    private static void InspectFile(SemanticModelAnalysisContext context, Settings settings)
    {
        var report = new FileReport(settings, context.SemanticModel.SyntaxTree, context.ReportDiagnostic, context.CancellationToken);
        foreach (var rule in RuleCatalogue.All) rule.InspectFile(report);
    }

    private static void InspectSettings(AdditionalFileAnalysisContext context, Settings settings)
    {
        if (!Settings.IsSettings(context.AdditionalFile)) return;
        var report = new SettingsReport(settings, context.AdditionalFile, context.ReportDiagnostic, context.CancellationToken);
        foreach (var rule in RuleCatalogue.All) rule.InspectSettings(report);
    }

    private static void InspectType(SymbolAnalysisContext context, TrainingProgram program)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !program.Torch.Is(type, TorchType.Module)) return;
        var report = new TypeReport(program, type, context.ReportDiagnostic, context.CancellationToken);
        foreach (var rule in RuleCatalogue.All) rule.InspectType(report);
    }
}
