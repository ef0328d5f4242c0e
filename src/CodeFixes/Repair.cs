using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes;

/// <summary>What a fix would do: its name in the light bulb, and the changes of the file.</summary>
internal sealed record Repair(string Title, ImmutableArray<TextChange> Changes)
{
    /// <summary>Nothing, where one of the parts of the change could not be made.</summary>
    public static IEnumerable<Repair> Of(string title, params ImmutableArray<TextChange>?[] parts)
    {
        if (parts.All(p => p is { IsDefaultOrEmpty: false }))
            yield return new(title, parts.SelectMany(p => p!.Value).OrderBy(c => c.Span.Start).ToImmutableArray());
    }
}
