using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes;

/// <summary>
/// The fix of one rule. It proposes changes of the text; they are offered only after a trial has shown that the changed file compiles as
/// well as before, that the finding is gone and that no rule finds anything new. Fix-all is the same fix again and again, so both give one text.
/// </summary>
public abstract class TrainLintFix : CodeFixProvider
{
    private readonly string id;
    private readonly string key;

    private protected TrainLintFix(string id, string word)
    {
        this.id = id;
        key = id + "." + word;
        FixableDiagnosticIds = [id];
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create((context, document, diagnostics) => FixAllAsync(document, diagnostics.Length, context.CancellationToken));

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        if (await Page.OpenAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } page) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await TryAsync(page, diagnostic).ConfigureAwait(false) is not { } trial) continue;
            context.RegisterCodeFix(CodeAction.Create(trial.Repair.Title.ToString(null), _ => Task.FromResult(document.WithText(trial.Result.Text)), key), diagnostic);
        }
    }

    /// <summary>What would mend the finding, best first. Each is tried, so that only what no trial shows has to be asked here.</summary>
    private protected abstract IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic);

    private async Task<Document?> FixAllAsync(Document document, int most, CancellationToken cancellation)
    {
        if (await Page.OpenAsync(document, cancellation).ConfigureAwait(false) is not { } page) return null;
        var start = page;
        for (var i = 0; i < most; i++)
        {
            if (await NextAsync(page).ConfigureAwait(false) is not { } next) break;
            page = next;
        }

        return page == start ? null : document.WithText(page.Text);
    }

    private async Task<Page?> NextAsync(Page page)
    {
        var findings = await page.FindingsAsync(id).ConfigureAwait(false);
        foreach (var finding in findings.Where(f => f.Id == id).OrderBy(f => f.Location.SourceSpan.Start).ThenBy(f => f.Location.SourceSpan.End))
            if (await TryAsync(page, finding).ConfigureAwait(false) is { } trial) return trial.Result;
        return null;
    }

    private async Task<(Repair Repair, Page Result)?> TryAsync(Page page, Diagnostic diagnostic)
    {
        foreach (var repair in Propose(page, diagnostic))
        {
            var result = page.With(repair.Changes);
            if (await IsBetterAsync(page, result, diagnostic).ConfigureAwait(false)) return (repair, result);
        }

        return null;
    }

    private async Task<bool> IsBetterAsync(Page before, Page after, Diagnostic diagnostic)
    {
        if (before.Text.ContentEquals(after.Text) || HasMore(before.Complaints, after.Complaints)) return false;
        var (found, left) = (await before.FindingsAsync(id).ConfigureAwait(false), await after.FindingsAsync(id).ConfigureAwait(false));
        var written = after.Changed(before);
        return !HasMore(found, left.RemoveAll(IsUncovered)) && left.Count(IsIt) < found.Count(IsIt);

        // A suggestion on text that the fix has left alone was hidden by the mistake, and not made by the fix.
        bool IsUncovered(Diagnostic other) => other.Severity < DiagnosticSeverity.Warning && other.Id != diagnostic.Id && !written.Any(w => w.IntersectsWith(other.Location.SourceSpan));

        bool IsIt(Diagnostic other) => other.Id == diagnostic.Id && other.GetMessage(null) == diagnostic.GetMessage(null);
    }

    private static bool HasMore(ImmutableArray<Diagnostic> before, ImmutableArray<Diagnostic> after) =>
        after.GroupBy(d => d.Id).Any(g => g.Count() > before.Count(d => d.Id == g.Key));
}
