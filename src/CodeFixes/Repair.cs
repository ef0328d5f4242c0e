using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers;

namespace TrainLint.CodeFixes;

/// <summary>What a fix would do: its name in the light bulb, and the changes of the file.</summary>
internal sealed record Repair(LocalizedText Title, ImmutableArray<TextChange> Changes)
{
    /// <summary>Nothing, where one of the parts of the change could not be made.</summary>
    public static IEnumerable<Repair> Of(FormattableString title, params ImmutableArray<TextChange>?[] parts)
    {
        if (parts.All(p => p is { IsDefaultOrEmpty: false }))
            yield return new(LocalizedText.Of(title), parts.SelectMany(p => p!.Value).OrderBy(c => c.Span.Start).ToImmutableArray());
    }
}
