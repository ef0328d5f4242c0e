using System.Text.RegularExpressions;

namespace TrainLint.Analyzers.Rules;

/// <summary>The words that a name is made of. Names only say what was meant: they may decide where the code leaves a question open, and never against it.</summary>
internal static class Words
{
    private static readonly Regex Word = new("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", RegexOptions.CultureInvariant);

    /// <summary>Whether one of the words of a name is in the set: `val` in `valLoader` and `val_loader`, not in `interval`.</summary>
    public static bool Says(string name, HashSet<string> words)
    {
        foreach (Match word in Word.Matches(name))
            if (words.Contains(word.Value.ToLowerInvariant())) return true;
        return false;
    }
}
