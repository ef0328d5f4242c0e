using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

public class FixTests
{
    public static TheoryData<string> FixNames { get; } = new(Verifier.Fixes.Select(f => f.GetType().Name));

    [Theory]
    [MemberData(nameof(FixNames))]
    public void A_fix_is_of_one_rule_and_fixes_all(string name)
    {
        var fix = Verifier.Fixes.Single(f => f.GetType().Name == name);
        var rule = Assert.Single(Repository.Rules, r => r.Name + "Fix" == name);
        Assert.Equal([rule.Id], fix.FixableDiagnosticIds);
        Assert.Equal("TrainLint.CodeFixes." + rule.Section, fix.GetType().Namespace);
        var scopes = fix.GetFixAllProvider()?.GetSupportedFixAllScopes() ?? [];
        Assert.Superset(new HashSet<FixAllScope> { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution }, scopes.ToHashSet());
    }

    [Fact]
    public void Each_fix_is_exported()
    {
        var classes = Verifier.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(CodeFixProvider))).Select(t => t.Name);
        Assert.Equal(classes.Order(StringComparer.Ordinal), Verifier.Fixes.Select(f => f.GetType().Name).Order(StringComparer.Ordinal));
    }
}
