using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>The figures that rules compare with: each stands on the page of its rule as it stands in the table, and no page names another.</summary>
public class LimitTests
{
    public static TheoryData<string> Options { get; } = new(Limits.All.Select(l => l.Option));

    [Theory]
    [MemberData(nameof(Options))]
    public void A_limit_stands_on_the_page_of_its_rule(string option)
    {
        var limit = Limits.All.Single(l => l.Option == option);
        Assert.SkipWhen(RuleCatalogue.All.All(r => r.Id != limit.Rule), "The rule is not there yet.");
        var row = string.Create(CultureInfo.InvariantCulture, $"| `{limit.Option}` | {limit.Default} | {limit.Meaning} | {limit.Source} |");
        Assert.Contains(row, Repository.Read(Repository.PagePath(limit.Rule)).Split('\n'));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_limit_is_within_its_own_bounds(string option)
    {
        var limit = Limits.All.Single(l => l.Option == option);
        Assert.InRange(limit.Default, limit.Least, limit.Most);
        Assert.Equal(limit.Default, limit.TryRead(limit.Default.ToString("R", CultureInfo.InvariantCulture)));
        Assert.Matches("^[a-z_]+$", limit.Key);
        Assert.Single(Limits.All, l => l.Option == option);
    }

    [Fact]
    public void No_page_names_an_option_that_does_not_exist()
    {
        var named = Repository.Rules.Where(r => r.Section != Section.Settings).SelectMany(r => Regex.Matches(Repository.Read(Repository.PagePath(r.Id)), @"trainlint\.TL\d{4}\.\w+").Select(m => m.Value));
        Assert.All(named.Distinct(), option => Assert.Contains(option, Limits.All.Select(l => l.Option)));
    }
}
