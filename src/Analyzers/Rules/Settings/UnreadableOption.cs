using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Settings;

/// <summary>TL0001: an option in .editorconfig or .globalconfig that no rule can read.</summary>
internal sealed class UnreadableOption() : Rule(
    "TL0001",
    Section.Settings,
    Level.Warning,
    "An option cannot be read",
    "'{0} = {1}' in {2} is ignored: {3}",
    "A figure that a rule compares with can be set in .editorconfig, as in 'trainlint.TL0101.adam_max = 0.01'. Where the name or the value is wrong, the rule goes by its default, which is not what you wanted.")
{
    private static readonly Regex Property = new(@"^\s*(?<key>[\w.\-]+)\s*[=:]\s*(?<value>.*?)\s*([#;].*)?$", RegexOptions.CultureInvariant);

    private static readonly string[] GeneratedEndings = [".g", ".g.i", ".designer", ".generated"];

    // Once for all files that the option is set for: in the first of them, where the line that sets it cannot be seen.
    public override void InspectFile(FileReport file)
    {
        foreach (var (key, value) in Ours(file.Settings.Of(file.Tree)))
            if (Complaint(key, value) is { } complaint && IsFirst(file, key, value) && !file.Settings.Files.Any(f => Lines(f, file.Cancellation).Any(l => IsSame(l.Key, key) && l.Value == value)))
                file.Report(Descriptor, file.Tree.GetRoot(file.Cancellation).GetFirstToken(includeZeroWidth: true), Named(key), value, ".editorconfig", complaint);
    }

    public override void InspectSettings(SettingsReport settings)
    {
        foreach (var (key, value, span) in Lines(settings.File, settings.Cancellation))
            if (Complaint(key, value) is { } complaint && Severity(settings, key, value) is { } severity)
                settings.Report(Descriptor, Location.Create(settings.File.Path, span, settings.File.GetText(settings.Cancellation)!.Lines.GetLinePositionSpan(span)), severity,
                    Named(key), value, System.IO.Path.GetFileName(settings.File.Path), complaint);
    }

    // A line holds where a file of the source goes by it, and is as loud as the rule is there: the compiler itself asks what is set for files of the source alone.
    private DiagnosticSeverity? Severity(SettingsReport settings, string key, string value)
    {
        foreach (var tree in settings.Settings.Compilation.SyntaxTrees)
        {
            var options = settings.Settings.Of(tree);
            if (!options.TryGetValue(key, out var held) || held != value || IsGenerated(tree, options, settings.Cancellation)) continue;
            switch (settings.Settings.SeverityOf(Id, tree, settings.Cancellation) ?? ReportDiagnostic.Default)
            {
                case ReportDiagnostic.Suppress: continue;
                case ReportDiagnostic.Error: return DiagnosticSeverity.Error;
                case ReportDiagnostic.Info: return DiagnosticSeverity.Info;
                case ReportDiagnostic.Hidden: return DiagnosticSeverity.Hidden;
                default: return DiagnosticSeverity.Warning;
            }
        }

        return null;
    }

    // As the compiler reads them.
    private static IEnumerable<(string Key, string Value, TextSpan Span)> Lines(AdditionalText file, CancellationToken cancellation)
    {
        foreach (var line in file.GetText(cancellation)?.Lines ?? Enumerable.Empty<TextLine>())
            if (Property.Match(line.ToString()) is { Success: true } match && match.Groups["key"].Value.StartsWith(Limits.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                var (key, value) = (match.Groups["key"], match.Groups["value"]);
                yield return (key.Value, value.Value, TextSpan.FromBounds(line.Start + key.Index, line.Start + value.Index + value.Length));
            }
    }

    private static List<(string Key, string Value)> Ours(AnalyzerConfigOptions options)
    {
        var found = new List<(string, string)>();
        foreach (var key in options.Keys)
            if (key.StartsWith(Limits.Prefix, StringComparison.OrdinalIgnoreCase) && options.TryGetValue(key, out var value)) found.Add((key, value));
        found.Sort((a, b) => string.CompareOrdinal(a.Item1, b.Item1));
        return found;
    }

    private static LocalizedText? Complaint(string key, string value)
    {
        if (Limits.All.FirstOrDefault(l => IsOption(l, key)) is { } limit)
        {
            if (limit.TryRead(value) is not null) return null;
            return LocalizedText.Of($"a number from {Written(limit.Least)} to {Written(limit.Most)} is wanted, so the default {Written(limit.Default)} holds");
        }

        var rule = RuleCatalogue.All.FirstOrDefault(r => string.Equals(r.Id, IdIn(key), StringComparison.OrdinalIgnoreCase));
        if (rule is null) return LocalizedText.Of($"there is no rule {IdIn(key).ToUpperInvariant()}");
        var options = Limits.All.Where(l => l.Rule == rule.Id).Select(l => l.Option).ToList();
        return options.Count == 0 ? LocalizedText.Of($"{rule.Id} has no options") : LocalizedText.Of($"{rule.Id} has no option of that name, but {string.Join(", ", options)}");
    }

    // As it has to be written, in whatever language it is read.
    private static string Written(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsOption(Limit limit, string key) => IsSame(limit.Option, key);

    private static bool IsSame(string key, string other) => string.Equals(key, other, StringComparison.OrdinalIgnoreCase);

    // The compiler hands the names out in small letters.
    private static string Named(string key)
    {
        if (Limits.All.FirstOrDefault(l => IsOption(l, key)) is { } limit) return limit.Option;
        var id = IdIn(key);
        return Limits.Prefix + id.ToUpperInvariant() + key.Substring(Limits.Prefix.Length + id.Length);
    }

    private static string IdIn(string key)
    {
        var rest = key.Substring(Limits.Prefix.Length);
        return rest.IndexOf('.') is var dot and >= 0 ? rest.Substring(0, dot) : rest;
    }

    private static bool IsFirst(FileReport file, string key, string value)
    {
        foreach (var tree in file.Settings.Compilation.SyntaxTrees)
        {
            if (tree == file.Tree) return true;
            var options = file.Settings.Of(tree);
            if (options.TryGetValue(key, out var other) && other == value && !IsGenerated(tree, options, file.Cancellation)) return false;
        }

        return true;
    }

    // Nothing is reported there.
    private static bool IsGenerated(SyntaxTree tree, AnalyzerConfigOptions options, CancellationToken cancellation)
    {
        if (options.TryGetValue("generated_code", out var generated) && string.Equals(generated, "true", StringComparison.OrdinalIgnoreCase)) return true;
        var name = System.IO.Path.GetFileNameWithoutExtension(tree.FilePath);
        if (GeneratedEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || name.StartsWith("TemporaryGeneratedFile_", StringComparison.OrdinalIgnoreCase)) return true;
        return tree.GetRoot(cancellation).GetLeadingTrivia().Any(t => t.ToString() is var text && (text.Contains("<auto-generated") || text.Contains("<autogenerated")));
    }
}
