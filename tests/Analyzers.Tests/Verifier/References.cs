using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TrainLint.Analyzers.Tests;

/// <summary>The framework that runs the tests, and TorchSharp: read once for all tests.</summary>
internal static class References
{
    public static readonly MetadataReference TorchSharp = MetadataReference.CreateFromFile(typeof(global::TorchSharp.torch).Assembly.Location);

    /// <summary>The companion, and what its options name.</summary>
    public static readonly ImmutableArray<MetadataReference> Runtime =
    [
        MetadataReference.CreateFromFile(typeof(global::TrainLint.Runtime.TrainGuard).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(global::Microsoft.Extensions.Logging.ILogger).Assembly.Location),
    ];

    public static readonly ImmutableArray<MetadataReference> Framework = FrameworkReferences();

    public static readonly ImmutableArray<MetadataReference> WithTorchSharp = Framework.Add(TorchSharp);

    private static readonly ConcurrentDictionary<Version, MetadataReference> Versions = new();

    /// <summary>The same library with another version in its name.</summary>
    public static MetadataReference TorchSharpOf(Version? version) => version is null ? TorchSharp : Versions.GetOrAdd(version, v =>
    {
        var image = File.ReadAllBytes(typeof(global::TorchSharp.torch).Assembly.Location);
        using var file = new PEReader(new MemoryStream(image));
        var metadata = file.GetMetadataReader();

        // In the table of assemblies the four parts of the version follow the hash algorithm, two bytes each.
        var at = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.Assembly) + sizeof(int);
        foreach (var part in new[] { v.Major, v.Minor, Math.Max(v.Build, 0), 0 })
        {
            BitConverter.TryWriteBytes(image.AsSpan(at), (ushort)part);
            at += sizeof(ushort);
        }

        return MetadataReference.CreateFromImage(image, filePath: $"TorchSharp {v}");
    });

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
