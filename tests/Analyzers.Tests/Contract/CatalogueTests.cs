using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

public class CatalogueTests
{
    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_rule_has_the_number_the_folder_and_the_link_of_its_section(string id)
    {
        var rule = Repository.Rule(id);
        Assert.Matches("^TL[0-9]{4}$", id);
        Assert.Equal((int)rule.Section, int.Parse(id[2..4], null));
        Assert.Equal("TrainLint.Analyzers.Rules." + rule.Section, rule.GetType().Namespace);
        Assert.Equal("https://github.com/trainlint/trainlint/blob/main/docs/rules/" + id + ".md", rule.Descriptor.HelpLinkUri);
        Assert.All(rule.Descriptors, d => Assert.Equal(id, d.Id));
    }

    [Fact]
    public void Each_identifier_and_each_name_stands_once()
    {
        Assert.Distinct(RuleCatalogue.All.Select(r => r.Id));
        Assert.Distinct(RuleCatalogue.All.Select(r => r.Name));
    }

    [Fact]
    public void Each_rule_class_is_in_the_catalogue()
    {
        var classes = typeof(Rule).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Rule))).Select(t => t.Name);
        Assert.Equal(classes.Order(StringComparer.Ordinal), RuleCatalogue.All.Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_analyzer_reports_the_catalogue() =>
        Assert.Equal(Repository.Rules.Select(r => r.Id), new TrainLintAnalyzer().SupportedDiagnostics.Select(d => d.Id).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_rule_is_the_agreed_one(string id)
    {
        var agreed = Repository.AgreedRules();
        Assert.SkipWhen(agreed is null, "The agreed table is not beside this checkout.");
        Assert.SkipWhen(Repository.Rule(id).Section == Section.Settings, "What is said about the settings is no rule of the checklist.");
        Assert.Contains(id, agreed);
        var rule = Repository.Rule(id);
        var (name, level, fix) = agreed[id];
        Assert.Equal(name, rule.Name);
        Assert.Equal(level, rule.Level);
        if (fix is "yes" or "no")
            Assert.Equal(fix, Repository.FixOf(rule) is null ? "no" : "yes");
    }
}
