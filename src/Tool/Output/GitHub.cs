using TrainLint.Tool.Checking;

namespace TrainLint.Tool.Output;

/// <summary>What GitHub Actions shows at the lines of a change and on the page of a run.</summary>
internal static class GitHub
{
    public static bool IsHere => Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true";

    /// <summary>The workflow command that shows a finding at its line.</summary>
    public static string Annotation(Finding finding)
    {
        var command = finding.Loudness switch { Loudness.Error => "error", Loudness.Warning => "warning", _ => "notice" };
        var place = finding.Place;
        // Lines of a cell are no lines of the file.
        var lines = place.Cell is null ? $",line={place.Line},col={place.Column},endLine={place.EndLine},endColumn={place.EndColumn}" : "";
        return $"::{command} file={Property(place.File)}{lines},title={Property(finding.Id + " " + finding.Title)}::{Data(finding.Message)}";
    }

    /// <summary>Adds Markdown to the page of the run.</summary>
    public static void Summarize(string markdown)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is { Length: > 0 } file) File.AppendAllText(file, markdown + Environment.NewLine);
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
