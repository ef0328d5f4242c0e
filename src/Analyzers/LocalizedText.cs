using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers;

/// <summary>
/// A text in the language of whoever reads it. It is written in English where it is used; Texts.ja.resx has its Japanese, under the English text
/// as the name. So an English text that changes has no translation any more, and a test says so.
/// </summary>
internal sealed class LocalizedText(string english, params object?[] arguments) : LocalizableString
{
    private static readonly ResourceManager Resources = new("TrainLint.Analyzers.Texts", typeof(LocalizedText).Assembly);

    private static readonly ConcurrentDictionary<string, Dictionary<string, string>> ByCulture = new();

    private readonly string english = english;
    private readonly object?[] arguments = arguments;

    /// <summary>A text with the values that stand in it. As an argument of a message, it is read in the language of the message.</summary>
    public static LocalizedText Of(FormattableString text) => new(text.Format, text.GetArguments());

    /// <summary>All texts in the language of the culture, by their English; none where they are English themselves.</summary>
    public static IReadOnlyDictionary<string, string> In(CultureInfo culture) => ByCulture.GetOrAdd(culture.Name, _ => Read(culture));

    protected override string GetText(IFormatProvider? formatProvider)
    {
#pragma warning disable RS1035 // An editor asks without a culture: it means its own.
        var culture = formatProvider as CultureInfo ?? CultureInfo.CurrentUICulture;
#pragma warning restore RS1035
        var text = In(culture).TryGetValue(english, out var translated) ? translated : english;
        return arguments.Length == 0 ? text : string.Format(culture, text, arguments);
    }

    protected override int GetHash() => english.GetHashCode();

    protected override bool AreEqual(object? other) => other is LocalizedText text && text.english == english && text.arguments.SequenceEqual(arguments);

    // The nearest culture that has texts. A manager that looks at parents by itself demands texts of no culture in the assembly.
    private static Dictionary<string, string> Read(CultureInfo culture)
    {
        for (; culture.Name.Length > 0; culture = culture.Parent)
        {
            try
            {
                if (Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false) is { } texts)
                    return texts.Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value);
            }
            catch (Exception e) when (e is MissingManifestResourceException or System.IO.IOException or BadImageFormatException)
            {
                // A satellite that the host cannot load: a text in English is better than none.
            }
        }

        return [];
    }
}
