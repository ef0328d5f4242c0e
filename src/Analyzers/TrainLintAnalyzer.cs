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
            var program = new TrainingProgram(start.Compilation, torch, start.CancellationToken);
            start.RegisterOperationBlockAction(block => InspectBlock(block, program));
            start.RegisterSymbolAction(symbol => InspectType(symbol, program), SymbolKind.NamedType);
        });
    }

    private static readonly ILookup<string, Rule> ByCall = RuleCatalogue.All.SelectMany(r => r.Calls.Select(name => (name, r))).ToLookup(p => p.name, p => p.r);

    private static readonly ILookup<OperationKind, Rule> ByKind = RuleCatalogue.All.SelectMany(r => r.Operations.Select(kind => (kind, r))).ToLookup(p => p.kind, p => p.r);

    private static void InspectBlock(OperationBlockAnalysisContext context, TrainingProgram program)
    {
        foreach (var block in context.OperationBlocks) InspectOperations(block, context, program);
        InspectFlow(context, program);
    }

    private static void InspectOperations(IOperation block, OperationBlockAnalysisContext context, TrainingProgram program)
    {
        foreach (var operation in block.DescendantsAndSelf())
        {
            ISymbol? member = operation switch { IInvocationOperation call => call.TargetMethod, IObjectCreationOperation creation => creation.Constructor, IPropertyReferenceOperation property => property.Property, _ => null };
            if (member is not null && ByCall.Contains(member.Name) && TorchSymbols.IsLibrary(member))
                foreach (var rule in ByCall[member.Name]) rule.InspectOperation(new(program, operation, context.OwningSymbol, context.ReportDiagnostic, context.CancellationToken));
            if (ByKind.Contains(operation.Kind))
                foreach (var rule in ByKind[operation.Kind]) rule.InspectOperation(new(program, operation, context.OwningSymbol, context.ReportDiagnostic, context.CancellationToken));
        }
    }

    private static void InspectFlow(OperationBlockAnalysisContext context, TrainingProgram program)
    {
        if (context.OperationBlocks.IsEmpty || !BodyReport.MayMatter(program, context.OperationBlocks)) return;
        if (program.BodyOwnedBy(context.OwningSymbol, context.CancellationToken) is not { } body) return;
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
