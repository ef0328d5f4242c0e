using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.Analyzers.Tests;

/// <summary>
/// Checks a rule and its fix on a piece of marked code: <c>[|…|]</c> is a diagnostic of the named rule, <c>{|TL0702:…|}</c> one of another,
/// <c>{|#0:…|}</c> an additional location, <c>{|CS0246:…|}</c> an error of the compiler. See <see cref="TestProgram"/> for what the code may be,
/// and <see cref="Verification"/> for all that is checked.
/// </summary>
public static class Verifier
{
    internal static readonly Assembly Assembly = Assembly.Load("TrainLint.CodeFixes");

    /// <summary>Every exported fix, as a host finds them.</summary>
    public static ImmutableArray<CodeFixProvider> Fixes { get; } =
    [
        .. Assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t, nonPublic: true)!),
    ];

    /// <summary>The rule reports the marked places, and its fix turns the one text into the other, one by one and all at once.</summary>
    public static Task Fix(string id, [StringSyntax("C#-test")] string before, [StringSyntax("C#-test")] string after, VerifyOptions? options = null) =>
        For(id, options).Fix(before, after);

    /// <summary>The source compiles and the rule says nothing.</summary>
    public static Task Silent(string id, [StringSyntax("C#-test")] string source, VerifyOptions? options = null) =>
        For(id, options).Silent(source);

    /// <summary>The rule reports the marked places; fixes are not looked at.</summary>
    public static Task Warns(string id, [StringSyntax("C#-test")] string source, string? message = null, int[][]? additionalLocations = null, VerifyOptions? options = null)
    {
        options ??= VerifyOptions.Default;
        return For(id, options with { Message = message ?? options.Message, AdditionalLocations = additionalLocations ?? options.AdditionalLocations }).Warns(source);
    }

    /// <summary>The rule reports the marked places and offers no fix for any of them.</summary>
    public static Task NoFix(string id, [StringSyntax("C#-test")] string source, VerifyOptions? options = null) =>
        For(id, options).NoFix(source);

    internal static Verification For(string id, VerifyOptions? options = null) => new(new TrainLintAnalyzer(), Fixes, id, options ?? VerifyOptions.Default);
}
