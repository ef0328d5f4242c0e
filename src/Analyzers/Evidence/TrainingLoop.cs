using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Evidence;

/// <summary>What the code itself shows of a point.</summary>
internal enum Standing
{
    /// <summary>Certainly in order: the witnesses show it.</summary>
    Proven,

    /// <summary>The loop has nothing that the point speaks of.</summary>
    NotApplicable,

    /// <summary>Neither this nor the opposite is certain.</summary>
    NotProven,
}

/// <summary>A place that shows something, and its code as it is shown.</summary>
internal sealed record Witness(SyntaxNode Node, string Code);

/// <summary>What the code shows of one point.</summary>
/// <param name="Point">The point.</param>
/// <param name="Standing">What is certain.</param>
/// <param name="Reason">Why, as the key of a sentence; null where nothing is certain.</param>
/// <param name="Arguments">What the sentence mentions: names and numbers.</param>
/// <param name="Witnesses">The places that show it, in the order of the sentence.</param>
internal sealed record PointEvidence(ChecklistPoint Point, Standing Standing, string? Reason, ImmutableArray<string> Arguments, ImmutableArray<Witness> Witnesses);

/// <summary>One loop (or one method that callers outside repeat) that trains.</summary>
/// <param name="Node">The loop, or the body of the method.</param>
/// <param name="Member">The member that it stands in, with its type.</param>
/// <param name="Points">Every point of the checklist, in its order.</param>
/// <param name="Scope">The code that the points speak of: a finding in it concerns this loop.</param>
internal sealed record TrainingLoop(SyntaxNode Node, string Member, ImmutableArray<PointEvidence> Points, ImmutableArray<SyntaxNode> Scope)
{
    /// <summary>Whether a finding at this place concerns the loop.</summary>
    public bool Concerns(Location place) => Scope.Any(n => n.SyntaxTree == place.SourceTree && n.Span.Contains(place.SourceSpan));
}
