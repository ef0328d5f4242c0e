using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

public class TestClassTests
{
    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_rule_has_tests(string id)
    {
        var name = Repository.Rule(id).Name + "Tests";
        var tests = typeof(TestClassTests).Assembly.GetTypes().Where(t => t.Name == name).SelectMany(t => t.GetMethods()).Where(m => m.IsDefined(typeof(FactAttribute), inherit: true));
        Assert.True(tests.Any(), $"There is no test class {name}.");
    }
}
