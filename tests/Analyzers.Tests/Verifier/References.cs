using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TrainLint.Analyzers.Tests;

/// <summary>The framework that runs the tests, and TorchSharp: read once for all tests.</summary>
internal static class References
{
    public static readonly MetadataReference TorchSharp = MetadataReference.CreateFromFile(typeof(global::TorchSharp.torch).Assembly.Location);

    public static readonly ImmutableArray<MetadataReference> Framework = FrameworkReferences();

    public static readonly ImmutableArray<MetadataReference> WithTorchSharp = Framework.Add(TorchSharp);

    /// <summary>Keeps the symbols of the references alive, so that all compilations share them.</summary>
    public static readonly Compilation Anchor = BoundOnce(WithTorchSharp);

    public static readonly Compilation AnchorWithoutTorchSharp = BoundOnce(Framework);

    private static ImmutableArray<MetadataReference> FrameworkReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return
        [
            .. trusted.Split(Path.PathSeparator)
                .Where(path => Path.GetDirectoryName(path) == framework && IsCommon(Path.GetFileNameWithoutExtension(path)))
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
    }

    // A sixth of the framework is enough for any training program; binding the rest would cost more than the analysis.
    private static bool IsCommon(string name) => name is "netstandard" or "System.Private.CoreLib" or "System.Runtime" or "System.Console" or "System.Linq"
        or "System.Collections" or "System.Collections.Concurrent" or "System.Collections.Immutable" or "System.Memory" or "System.Net.Http"
        or "System.Private.Uri" or "System.ComponentModel" or "System.ComponentModel.Primitives" or "System.ObjectModel"
        or "System.Runtime.Extensions" or "System.Runtime.InteropServices" or "System.Runtime.Numerics" or "System.Text.Json"
        or "System.Text.RegularExpressions" or "System.Threading" or "System.Threading.Tasks" or "System.Threading.Tasks.Parallel"
        or "System.Threading.Thread" or "System.Diagnostics.Process" or "System.IO.Compression" or "System.Linq.Expressions";

    private static CSharpCompilation BoundOnce(ImmutableArray<MetadataReference> references)
    {
        var compilation = CSharpCompilation.Create("Anchor", references: references);
        _ = compilation.GlobalNamespace;
        return compilation;
    }
}
