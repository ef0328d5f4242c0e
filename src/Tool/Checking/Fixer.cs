using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Tool.Loading;
using TrainLint.Tool.Output;

namespace TrainLint.Tool.Checking;

/// <summary>A file before and after fixes.</summary>
internal sealed record ChangedFile(string Path, string Before, string After, System.Text.Encoding Encoding)
{
    public void Write() => File.WriteAllText(Path, After, Encoding);
}

/// <summary>What fixing came to.</summary>
/// <param name="Files">The files that change, by name.</param>
/// <param name="Applied">The findings that were mended.</param>
/// <param name="Left">The findings that are left.</param>
internal sealed record Fixed(ImmutableArray<ChangedFile> Files, ImmutableArray<Finding> Applied, ImmutableArray<Finding> Left);

/// <summary>What a user says to an offered fix.</summary>
internal enum Answer
{
    Yes,
    No,
    Stop,
}

/// <summary>Applies fixes one by one, each to the program that the one before has left, so that a fix never meets code that it has not seen.</summary>
internal static class Fixer
{
    /// <summary>Offers the fixes of a program.</summary>
    /// <param name="target">The program.</param>
    /// <param name="wanted">Which findings are to be mended.</param>
    /// <param name="ask">Whether to apply a fix, shown with the change that it makes.</param>
    /// <param name="progress">Is told what is being done.</param>
    /// <param name="cancellation">Ends it; nothing has been written then.</param>
    public static async Task<Fixed> FixAsync(Target target, Func<IEnumerable<Finding>, IReadOnlyList<Finding>> wanted, Func<Finding, CodeAction, ChangedFile, Answer> ask, Action<string> progress, CancellationToken cancellation)
    {
        var start = target.Project;
        var passed = new HashSet<string>(StringComparer.Ordinal);
        var applied = ImmutableArray.CreateBuilder<Finding>();
        Checked now;
        while (true)
        {
            now = await Checker.CheckAsync(target, withFixes: false, cancellation);
            if (await NextAsync() is not { } next) break;
            target = target with { Project = next };
        }

        return new(await ChangesAsync(start, target, cancellation), applied.ToImmutable(), now.Findings);

        // The project after the next fix; null where none is left to be applied.
        async Task<Project?> NextAsync()
        {
            foreach (var finding in wanted(now.Findings))
            {
                if (!passed.Add(Key(finding))) continue;
                progress($"{finding.Id} {finding.Place}");
                if (await Checker.FixOf(target.Project, finding.Diagnostic, cancellation) is not { } action) continue;
                var operations = await action.GetOperationsAsync(cancellation);
                if (operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution.GetProject(target.Project.Id) is not { } changed) continue;
                if (await ChangesAsync(target.Project, target with { Project = changed }, cancellation) is not [var file]) continue;
                var answer = ask(finding, action, file);
                if (answer == Answer.Stop) return null;
                if (answer == Answer.No) continue;
                applied.Add(finding);
                // The same mistake may stand on a line that looks alike.
                passed.Remove(Key(finding));
                return changed;
            }

            return null;
        }
    }

    // Lines move while others are mended; what stands on them does not.
    private static string Key(Finding finding) => string.Join('\n', finding.Id, finding.Place.Name, finding.Message, finding.Code.Trim());

    private static async Task<ImmutableArray<ChangedFile>> ChangesAsync(Project before, Target after, CancellationToken cancellation)
    {
        var files = ImmutableArray.CreateBuilder<ChangedFile>();
        foreach (var document in after.Project.Documents)
        {
            var (old, text) = (await before.GetDocument(document.Id)!.GetTextAsync(cancellation), await document.GetTextAsync(cancellation));
            if (old.ContentEquals(text)) continue;
            if (after.Notebook is { } notebook)
            {
                // Both as they stand in the file: each is the first program with changes.
                if (Written(notebook, old) is { } was && Written(notebook, text) is { } becomes) files.Add(new(notebook.Path, was, becomes, new System.Text.UTF8Encoding(false)));
                continue;
            }

            files.Add(new(document.FilePath!, old.ToString(), text.ToString(), text.Encoding ?? old.Encoding ?? new System.Text.UTF8Encoding(false)));
        }

        return [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private static string? Written(Notebook notebook, SourceText text) => notebook.With(Diff.Changes(notebook.Code, text.ToString()));
}
