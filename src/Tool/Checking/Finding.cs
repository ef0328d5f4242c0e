using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers;

namespace TrainLint.Tool.Checking;

/// <summary>How loud a finding is, quietest first.</summary>
internal enum Loudness
{
    Suggestion,
    Warning,
    Error,
}

/// <summary>A place as the user sees it.</summary>
/// <param name="File">The path, relative to where the tool was started where it lies below.</param>
/// <param name="Cell">The cell of a notebook; null elsewhere.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="EndLine">From 1.</param>
/// <param name="EndColumn">From 1; the column behind the last character.</param>
internal sealed record Place(string File, int? Cell, int Line, int Column, int EndLine, int EndColumn)
{
    private const string CellMark = "#cell";

    /// <summary>Where a node or a diagnostic stands, by #line where there is one.</summary>
    public static Place Of(Location location, string root)
    {
        var span = location.GetMappedLineSpan();
        var (path, cell) = (span.Path, (int?)null);
        if (path.LastIndexOf(CellMark, StringComparison.Ordinal) is var mark and > 0 && int.TryParse(path[(mark + CellMark.Length)..], out var number)) (path, cell) = (path[..mark], number);
        var relative = Path.GetRelativePath(root, path).Replace('\\', '/');
        return new(relative.StartsWith("../", StringComparison.Ordinal) ? path : relative, cell, span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, span.EndLinePosition.Line + 1, span.EndLinePosition.Character + 1);
    }

    /// <summary>The file, with the cell where there is one.</summary>
    public string Name => Cell is { } cell ? $"{File}{CellMark}{cell}" : File;

    public override string ToString() => $"{Name}({Line},{Column})";
}

/// <summary>One thing that a rule has found.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Loudness">As the project has it.</param>
/// <param name="Message">In the language of the tool.</param>
/// <param name="Place">Where.</param>
/// <param name="Code">The line that it stands on.</param>
/// <param name="Diagnostic">What the rule said.</param>
internal sealed record Finding(string Id, Loudness Loudness, string Message, Place Place, string Code, Diagnostic Diagnostic)
{
    public Rule Rule => RuleCatalogue.All.First(r => r.Id == Id);

    public string Title => Diagnostic.Descriptor.Title.ToString(Spoken.Culture);

    public string HelpLink => Diagnostic.Descriptor.HelpLinkUri;

    /// <summary>Further places that the message speaks of.</summary>
    public ImmutableArray<Place> Related { get; init; } = [];

    /// <summary>What a fix would do, where one is offered.</summary>
    public string? Fix { get; init; }
}
