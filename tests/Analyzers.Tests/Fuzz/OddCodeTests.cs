using Microsoft.CodeAnalysis.CSharp;
using TrainLint.Analyzers.Tests.Mutation;
using Xunit;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>Odd code as it stands; <see cref="EditedProgramTests"/> edits it.</summary>
public sealed class OddCodeTests
{
    // Nothing that compiles is parsed as one.
    private static readonly string[] Broken = [nameof(SyntaxKind.UnknownAccessorDeclaration)];

    public static TheoryData<string> Names { get; } = new(OddCode.All.Select(odd => odd.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Compiles_is_survived_and_mended(string name)
    {
        var program = FuzzProgram.Of(name, OddCode.All.Single(odd => odd.Name == name).Code).Single();
        var project = program.With(program.Text);
        var errors = CleanProgram.Errors((await project.GetCompilationAsync(TestContext.Current.CancellationToken))!).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors));
        await Ordeal.Mended(project, await Ordeal.Survived(project));
    }

    [Fact]
    public void Every_kind_of_statement_expression_pattern_and_member_occurs()
    {
        var written = OddCode.All.SelectMany(odd => CSharpSyntaxTree.ParseText(odd.Code).GetRoot().DescendantNodes()).Select(node => node.Kind().ToString()).ToHashSet();
        var kinds = Enum.GetNames<SyntaxKind>().Where(k => k.EndsWith("Statement", StringComparison.Ordinal) || k.EndsWith("Expression", StringComparison.Ordinal)
            || k.EndsWith("Pattern", StringComparison.Ordinal) || k.EndsWith("Declaration", StringComparison.Ordinal) || k.EndsWith("Clause", StringComparison.Ordinal) || k.EndsWith("Initializer", StringComparison.Ordinal));
        Assert.Empty(kinds.Except(written).Except(Broken).Except(OddCode.Unreadable));
    }
}
