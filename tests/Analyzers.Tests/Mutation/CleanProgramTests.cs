using Xunit;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>Code as people write it, without a mistake: nothing is said about it, no warning and no suggestion.</summary>
public sealed class CleanProgramTests
{
    public static TheoryData<string> Names => CleanProgram.Names;

    [Fact]
    public void There_are_enough_programs_for_the_figures_to_mean_something() => Assert.True(CleanProgram.All.Count >= 40, $"{CleanProgram.All.Count} programs");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Compiles_and_is_silent(string name)
    {
        var project = CleanProgram.All[name].ToProject();
        var errors = CleanProgram.Errors((await project.GetCompilationAsync(TestContext.Current.CancellationToken))!).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors));
        var findings = await CleanProgram.Findings(project);
        Assert.True(findings.IsEmpty, string.Join("\n", findings));
    }
}
