using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Initialization;

public class InitFitsActivationTests
{
    private const string Id = "TL0904";

    private static string With(string initialize, string forward = "last.forward(first.forward(input).relu())") => $$"""
        public sealed class Perceptron : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 8);
            private readonly Linear last = Linear(8, 1);
            private readonly Tanh tanh = Tanh();

            public Perceptron() : base(nameof(Perceptron))
            {
                RegisterComponents();
                {{initialize}}
            }

            public override Tensor forward(Tensor input) => {{forward}};
        }
        """;

    [Theory]
    [InlineData("[|init.xavier_uniform_(first.weight)|];", "last.forward(first.forward(input).relu())")]
    [InlineData("[|init.xavier_normal_(first.weight)|];", "last.forward(functional.relu(first.forward(input)))")]
    [InlineData("[|init.glorot_normal_(this.first.weight)|];", "last.forward(this.first.call(input).relu_())")]
    [InlineData("[|init.kaiming_normal_(first.weight)|];", "last.forward(tanh.forward(first.forward(input)))")]
    [InlineData("[|nn.init.kaiming_uniform_(first.weight)|];", "last.forward(first.forward(input).sigmoid())")]
    [InlineData("[|init.kaiming_uniform_(first.weight)|];", "last.forward(torch.tanh(first.forward(input)))")]
    public Task Reports_what_is_made_for_another_activation(string initialize, string forward) => Verifier.Warns(Id, With(initialize, forward));

    [Fact]
    public Task Says_which_one_fits() => Verifier.Warns(Id, With("[|init.xavier_uniform_(first.weight)|];"), "'init.xavier_uniform_(…)' is made for tanh and sigmoid, and relu follows: use kaiming_uniform_");

    [Theory]
    [InlineData("init.kaiming_uniform_(first.weight);", "last.forward(first.forward(input).relu())")]
    [InlineData("init.xavier_uniform_(first.weight);", "last.forward(tanh.forward(first.forward(input)))")]
    [InlineData("init.xavier_uniform_(first.weight, init.calculate_gain(init.NonlinearityType.ReLU));", "last.forward(first.forward(input).relu())")]
    [InlineData("init.kaiming_uniform_(first.weight, nonlinearity: init.NonlinearityType.Tanh);", "last.forward(first.forward(input).tanh())")]
    [InlineData("init.xavier_uniform_(last.weight);", "last.forward(first.forward(input).relu())")]
    [InlineData("init.xavier_uniform_(first.weight);", "last.forward(first.forward(input).gelu())")]
    [InlineData("init.xavier_uniform_(first.weight);", "last.forward(first.forward(input).relu() + first.forward(input).tanh())")]
    [InlineData("init.normal_(first.weight, 0, 0.02);", "last.forward(first.forward(input).relu())")]
    public Task Silent_when_it_fits_or_is_chosen(string initialize, string forward) => Verifier.Silent(Id, With(initialize, forward));

    [Theory]
    [InlineData("[|init.xavier_uniform_(first.weight)|]; // random", "init.kaiming_uniform_(first.weight, nonlinearity: init.NonlinearityType.ReLU); // random", "last.forward(first.forward(input).relu())")]
    [InlineData("[|torch.nn.init.xavier_normal_(first.weight!)|];", "torch.nn.init.kaiming_normal_(first.weight!, nonlinearity: torch.nn.init.NonlinearityType.ReLU);", "last.forward(first.forward(input).relu())")]
    [InlineData("[|init.kaiming_normal_(first.weight, 0.1)|];", "init.xavier_normal_(first.weight);", "last.forward(first.forward(input).tanh())")]
    public Task Fixes_every_way_to_write_it(string before, string after, string forward) => Verifier.Fix(Id, With(before, forward), With(after, forward));
}
