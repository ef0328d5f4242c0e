using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
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
            var program = new TrainingProgram(start.Compilation, torch, start.CancellationToken);
            start.RegisterOperationBlockAction(block => InspectBlock(block, program));
            start.RegisterSymbolAction(symbol => InspectType(symbol, program), SymbolKind.NamedType);
        });
    }

    private static void InspectBlock(OperationBlockAnalysisContext context, TrainingProgram program)
    {
        if (context.OperationBlocks.IsEmpty || !BodyReport.MayMatter(program, context.OperationBlocks)) return;
        var body = context.OwningSymbol switch
        {
            IMethodSymbol method => program.BodyOf(method, null, context.CancellationToken),
            IFieldSymbol or IPropertySymbol => program.InitializerOf(context.OwningSymbol, context.CancellationToken),
            _ => null,
        };
        if (body is null) return;
        foreach (var flow in program.FlowsIn(body, true, context.CancellationToken))
        {
            if (flow.Unknown) continue;
            var report = new BodyReport(program, flow, context.ReportDiagnostic, context.CancellationToken);
            foreach (var rule in RuleCatalogue.All) rule.InspectBody(report);
        }
    }

    private static void InspectType(SymbolAnalysisContext context, TrainingProgram program)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !program.Torch.Is(type, TorchType.Module)) return;
        var report = new TypeReport(program, type, context.ReportDiagnostic, context.CancellationToken);
        foreach (var rule in RuleCatalogue.All) rule.InspectType(report);
    }
}
