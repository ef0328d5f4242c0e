using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Suppressors;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>Every text that somebody reads is there in Japanese as well, and says as much.</summary>
public partial class TranslationTests
{
    private static readonly CultureInfo Japanese = CultureInfo.GetCultureInfo("ja");

    private static readonly IReadOnlyDictionary<string, string> Translations = LocalizedText.In(Japanese);

    // The texts that stand in messages as arguments, and the titles of fixes.
    private static readonly Lazy<IReadOnlyList<string>> Phrases = new(PhrasesOfTheSource);

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_rule_speaks_Japanese(string id) => Assert.All(Repository.Rule(id).Descriptors, descriptor =>
    {
        var (title, message, description) = (Translated(English(descriptor.Title)), Translated(English(descriptor.MessageFormat)), Translated(English(descriptor.Description)));
        Assert.False(title.EndsWith('。'), $"The title of {id} ends in a full stop: {title}");
        Assert.False(message.TrimEnd('。').Contains('。', StringComparison.Ordinal) != message.EndsWith('。'), $"The message of {id} is one sentence without a full stop, or several with one each: {message}");
        Assert.True(description.EndsWith('。'), $"The description of {id} does not end in a full stop: {description}");
    });

    [Fact]
    public void Arguments_of_messages_and_titles_of_fixes_speak_Japanese()
    {
        Assert.True(Phrases.Value.Count > 100, $"Only {Phrases.Value.Count} texts were found.");
        Assert.All(Phrases.Value, phrase => Assert.False(Translated(phrase).EndsWith('。'), $"This is a part of a sentence or a title: {Translated(phrase)}"));
    }

    [Fact]
    public void Suppressions_are_justified_in_Japanese() => Assert.All(Suppressions.All, s => Translated(English(s.Descriptor.Justification)));

    [Fact]
    public void No_translation_is_left_over()
    {
        var texts = Repository.Rules.SelectMany(r => r.Descriptors).SelectMany(d => new[] { d.Title, d.MessageFormat, d.Description })
            .Concat(Suppressions.All.Select(s => s.Descriptor.Justification)).Select(English).Concat(Phrases.Value).ToHashSet();
        Assert.Subset(texts, Translations.Keys.ToHashSet());
    }

    [Theory]
    [InlineData("ja", true)]
    [InlineData("ja-JP", true)]
    [InlineData("en-US", false)]
    [InlineData("de-DE", false)]
    [InlineData("zh-Hans-CN", false)]
    [InlineData("", false)]
    public void A_culture_without_texts_reads_English(string culture, bool isJapanese)
    {
        var message = new LocalizedText("'{0}' has a learning rate of {1}, {2}");
        Assert.Equal(isJapanese, message.ToString(CultureInfo.GetCultureInfo(culture)) != English(message));
    }

    // What a rule puts into a message is read in the language of the message, and so is what stands in that.
    [Fact]
    public void Arguments_are_in_the_language_of_the_message()
    {
        var rule = Repository.Rule("TL0407").Descriptor;
        var diagnostic = Diagnostic.Create(rule, Location.None, "y", LocalizedText.Of($"of type {"int32"}"), "cross_entropy(…)");
        Assert.Equal("'y' is of type int32, and 'cross_entropy(…)' throws: it takes class indices as int64", diagnostic.GetMessage(CultureInfo.InvariantCulture));
        Assert.Equal(string.Format(Japanese, Translations[English(rule.MessageFormat)], "y", string.Format(Japanese, Translations["of type {0}"], "int32"), "cross_entropy(…)"), diagnostic.GetMessage(Japanese));
    }

    // Whatever language the editor speaks, the fix is the same one for fix-all.
    [Fact]
    public async Task A_light_bulb_speaks_the_language_of_the_editor()
    {
        using var workspace = new AdhocWorkspace();
        var project = TestProgram.Parse("""
            var model = Linear(8, 1);
            var optimizer = torch.optim.SGD(model.parameters(), 0.01);
            for (var i = 0; i < 100; i++)
            {
                var loss = functional.mse_loss(model.forward(rand(16, 8)), rand(16, 1));
                loss.backward();
                optimizer.step();
            }
            """, VerifyOptions.Default).ToProject(workspace, VerifyOptions.Default);
        var own = CultureInfo.CurrentUICulture;
        try
        {
            var (english, japanese) = (await Bulb("en-US"), await Bulb("ja-JP"));
            Assert.Equal("Call 'optimizer.zero_grad()' before 'loss.backward()'", english.Title);
            Assert.Equal("'loss.backward()' の前で 'optimizer.zero_grad()' を呼ぶ", japanese.Title);
            Assert.Equal(english.EquivalenceKey, japanese.EquivalenceKey);
        }
        finally
        {
            CultureInfo.CurrentUICulture = own;
        }

        async Task<CodeAction> Bulb(string culture)
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            return (await Verifier.For("TL0701").NextFix(project)).Action!;
        }
    }

    [Fact]
    public void Equal_texts_are_equal()
    {
        Assert.Equal(LocalizedText.Of($"of type {"int32"}"), LocalizedText.Of($"of type {"int32"}"));
        Assert.Equal(LocalizedText.Of($"of type {"int32"}").GetHashCode(), LocalizedText.Of($"of type {"int32"}").GetHashCode());
        Assert.NotEqual(LocalizedText.Of($"of type {"int32"}"), LocalizedText.Of($"of type {"bool"}"));
        Assert.NotEqual(new LocalizedText("input"), new LocalizedText("target"));
    }

    private static string English(LocalizableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Translated(string english)
    {
        Assert.True(Translations.TryGetValue(english, out var japanese), $"Texts.ja.resx has no translation of: {english}");
        Assert.Matches(@"[\p{IsHiragana}\p{IsKatakana}\p{IsCJKUnifiedIdeographs}]", japanese);
        Assert.True(Placeholder().Matches(english).Select(m => m.Value).ToHashSet().SetEquals(Placeholder().Matches(japanese).Select(m => m.Value)), $"The placeholders differ:\n{english}\n{japanese}");
        Assert.All(Code().Matches(english).Select(m => m.Value), code => Assert.Contains(code, japanese, StringComparison.Ordinal));
        Assert.False(Crowded().IsMatch(japanese), $"A space is missing between Japanese and what is not, or one stands beside a punctuation mark: {japanese}");
        return japanese;
    }

    /// <summary>Every interpolated text that is not put together at once, in its form with placeholders.</summary>
    private static List<string> PhrasesOfTheSource()
    {
        string[] projects = ["src/Analyzers", "src/CodeFixes"];
        var usings = string.Concat(new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" }.Select(n => $"global using {n};\n"));
        var trees = projects.SelectMany(p => Directory.EnumerateFiles(Repository.PathOf(p), "*.cs", SearchOption.AllDirectories)
                .Where(f => !Path.GetRelativePath(Repository.PathOf(p), f).StartsWith("obj", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Select(File.ReadAllText).Append(usings).Select(text => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview))).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("TrainLint.", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("texts", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. trees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<InterpolatedStringExpressionSyntax>()
            .Where(text => compilation.GetSemanticModel(tree).GetTypeInfo(text).ConvertedType?.Name == nameof(FormattableString)).Select(Format)).Distinct()];
    }

    private static string Format(InterpolatedStringExpressionSyntax text)
    {
        var hole = 0;
        return string.Concat(text.Contents.Select(c => c is InterpolatedStringTextSyntax part ? part.TextToken.ValueText.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            : "{" + hole++ + ((InterpolationSyntax)c).AlignmentClause + ((InterpolationSyntax)c).FormatClause + "}"));
    }

    [GeneratedRegex(@"\{\d+[^}]*\}")]
    private static partial Regex Placeholder();

    // Calls, generic names, names with an underscore or a dot or capitals inside, numbers.
    [GeneratedRegex(@"(?<![\w.])(?:\w+(?:\.\w+)*(?:<[\w{}]+>)?\(\)|\w+<\w+>|[a-z]+_\w*|[A-Za-z_]+(?:\.[A-Za-z_]+)+|\w*[a-z][A-Z]\w*|\d+(?:\.\d+)?)", RegexOptions.ECMAScript)]
    private static partial Regex Code();

    [GeneratedRegex(@"[\p{IsHiragana}\p{IsKatakana}\p{IsCJKUnifiedIdeographs}-[・]][A-Za-z0-9'(\[]|[A-Za-z0-9')\]][\p{IsHiragana}\p{IsKatakana}\p{IsCJKUnifiedIdeographs}-[・]]|[、。（）「」] | [、。（）「」]|[\p{IsHiragana}\p{IsKatakana}\p{IsCJKUnifiedIdeographs}][,.:;]")]
    private static partial Regex Crowded();
}
