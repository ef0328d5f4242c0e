using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Suppressors;

/// <summary>One place where a general rule contradicts a habit of TorchSharp.</summary>
/// <param name="Id">The identifier of the suppression: whoever wants the warning back puts it into NoWarn.</param>
/// <param name="Suppressed">The rule of another analyzer, or of the compiler.</param>
/// <param name="Where">Which of its findings.</param>
/// <param name="Justification">The habit.</param>
/// <param name="Holds">Whether a finding is one of these, with certainty.</param>
internal sealed record Suppression(string Id, string Suppressed, string Where, string Justification, Func<Contradiction, bool> Holds)
{
    public SuppressionDescriptor Descriptor { get; } = new(Id, Suppressed, new LocalizedText(Justification));
}
