using TrainLint.Analyzers.Training;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

public sealed class PhasesTests
{
    [Fact]
    public void The_identity_changes_nothing()
    {
        Assert.Equal(GradientPhase.Step, Relation.Identity.Then(GradientPhase.Step));
        Assert.Equal(GradientPhase.Step, GradientPhase.Step.Then(Relation.Identity));
    }

    [Fact]
    public void Calls_compose_in_any_grouping()
    {
        Relation[] all = [GradientPhase.ZeroGrad, GradientPhase.MayZeroGrad, GradientPhase.Backward, GradientPhase.MayBackward, GradientPhase.Step, GradientPhase.Forget];
        foreach (var a in all)
            foreach (var b in all)
                foreach (var c in all)
                {
                    Assert.Equal(a.Then(b).Then(c), a.Then(b.Then(c)));
                    Assert.Equal(a.Or(b).Then(c), a.Then(c).Or(b.Then(c)));
                }
    }

    [Theory]
    [InlineData("zero backward step", GradientPhase.Stepped)]
    [InlineData("zero backward backward step", GradientPhase.Stepped)]
    [InlineData("zero backward step backward", GradientPhase.Mixed)]
    [InlineData("zero backward step zero backward", GradientPhase.Computed)]
    [InlineData("zero backward zero", GradientPhase.Lost)]
    [InlineData("zero backward zero step", GradientPhase.Lost)]
    [InlineData("zero backward zero backward", GradientPhase.Computed)]
    [InlineData("zero step", GradientPhase.Clean)]
    [InlineData("zero step backward", GradientPhase.Computed)]
    public void One_optimizer_goes_through(string calls, int phase) => Assert.Equal(PhaseSet.Of(phase), Run(calls).Apply(PhaseSet.Of(GradientPhase.Clean)));

    [Theory]
    [InlineData(GradientPhase.Clean)]
    [InlineData(GradientPhase.Stepped)]
    [InlineData(GradientPhase.Unknown)]
    public void What_was_before_a_whole_step_does_not_matter(int before) =>
        Assert.Equal(PhaseSet.Of(GradientPhase.Stepped), Run("zero backward step").Apply(PhaseSet.Of(before)));

    [Fact]
    public void An_unknown_beginning_never_makes_gradients_mixed() =>
        Assert.False(Run("backward").Apply(GradientPhase.Any).Has(GradientPhase.Mixed));

    private static Relation Run(string calls) => calls.Split(' ').Aggregate(Relation.Identity, (r, call) => r.Then(call switch
    {
        "zero" => GradientPhase.ZeroGrad,
        "backward" => GradientPhase.Backward,
        _ => GradientPhase.Step,
    }));
}
