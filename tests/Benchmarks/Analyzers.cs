using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers;

namespace TrainLint.Benchmarks;

/// <summary>The analyzers that are measured: ours, one that does nothing, and the peers in the versions of the project file.</summary>
internal static class Analyzers
{
    public static readonly ImmutableArray<DiagnosticAnalyzer> Ours = [new TrainLintAnalyzer()];

    public static readonly ImmutableArray<DiagnosticAnalyzer> Empty = [new EmptyAnalyzer()];

    /// <summary>The names that <see cref="Peer"/> knows: the folders that the build copies.</summary>
    public static IEnumerable<string> Peers => ["Meziantou.Analyzer", "NetAnalyzers", "Roslynator", "SonarAnalyzer.CSharp"];

    /// <summary>All analyzers of a peer, with the severities that its package gives them.</summary>
    /// <exception cref="InvalidOperationException">The peer has no analyzer: its file is missing, or lies elsewhere in the package.</exception>
    public static ImmutableArray<DiagnosticAnalyzer> Peer(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Peers", name);
        AssemblyLoadContext.Default.Resolving += (context, wanted) => Path.Combine(folder, wanted.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. Directory.EnumerateFiles(folder, "*.dll").Where(f => !f.Contains("CodeFix", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .SelectMany(f => TypesOf(AssemblyLoadContext.Default.LoadFromAssemblyPath(f)))
            .Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(DiagnosticAnalyzer)) && t.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
            .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t, nonPublic: true)!).Where(a => a is not DiagnosticSuppressor)];
        return analyzers.IsEmpty ? throw new InvalidOperationException($"There is no analyzer in {folder}. Does the project file name the right folder of the package?") : analyzers;
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            // Refactorings need assemblies of editors that analyzers do without.
            return partly.Types.OfType<Type>();
        }
    }
}

/// <summary>Asks for what ours asks for, and does nothing with it: what the machinery around any analyzer costs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class EmptyAnalyzer : DiagnosticAnalyzer
{
    // A rule must have a descriptor; this one reports nothing.
#pragma warning disable RS2008 // Nothing of this is released.
    private static readonly DiagnosticDescriptor Nothing = new("EMPTY", "Nothing", "Nothing", "Nothing", DiagnosticSeverity.Warning, isEnabledByDefault: true);
#pragma warning restore RS2008

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Nothing];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            start.RegisterOperationBlockAction(_ => { });
            start.RegisterOperationAction(_ => { }, OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.PropertyReference);
            start.RegisterSemanticModelAction(_ => { });
            start.RegisterSymbolAction(_ => { }, SymbolKind.NamedType);
        });
    }
}
