using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Tests;

/// <summary>What a test can say beyond its source.</summary>
public sealed record VerifyOptions
{
    public static VerifyOptions Default { get; } = new();

    /// <summary>More files of the same project; lines <c>// file: Name.cs</c> inside the source do the same.</summary>
    public IReadOnlyList<(string Name, string Text)> OtherFiles { get; init; } = [];

    /// <summary>Left out: a program where there are top-level statements, else a library.</summary>
    public OutputKind? OutputKind { get; init; }

    /// <summary>The message of each marked diagnostic.</summary>
    public string? Message { get; init; }

    /// <summary>Left out: the rule's own.</summary>
    public DiagnosticSeverity? Severity { get; init; }

    /// <summary>
    /// For each marked diagnostic in the order of the source, the numbers of the <c>{|#0:…|}</c> places that it names as additional locations.
    /// Left out: one diagnostic names all of them in the order of their numbers.
    /// </summary>
    public IReadOnlyList<int[]>? AdditionalLocations { get; init; }

    /// <summary>Lines of an .editorconfig, in its section <c>[*.cs]</c>.</summary>
    public string EditorConfig { get; init; } = "";

    /// <summary>Which of several offered actions to take; the key goes before the index.</summary>
    public int ActionIndex { get; init; }

    public string? ActionKey { get; init; }

    /// <summary>The diagnostics of all rules are marked, not only those of the named one.</summary>
    public bool All { get; init; }

    /// <summary>The version that the referenced library says it has. Left out: none that was ever published.</summary>
    public Version? TorchSharpVersion { get; init; }

    /// <summary>The project references the companion that watches a run.</summary>
    public bool WithRuntime { get; init; }

    /// <summary>The project has no reference to the library.</summary>
    public bool WithoutTorchSharp { get; init; }
}
