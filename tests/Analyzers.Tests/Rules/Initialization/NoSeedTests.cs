using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Initialization;

public class NoSeedTests
{
    private const string Id = "TL0901";

    private const string Training = """
        // file: Training.cs
        internal static class Training
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    sgd.zero_grad();
                    net.forward(rand(32, 2)).mean().backward();
                    sgd.step();
                }
            }
        }
        """;

    [Fact]
    public Task Reports_and_fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level

        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        [|for|] (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var x in new[] { rand(2), rand(2) })
            {
                sgd.zero_grad();
                net.forward(x).mean().backward();
                sgd.step();
            }
        }
        """, """
        // top-level

        torch.manual_seed(0);
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var x in new[] { rand(2), rand(2) })
            {
                sgd.zero_grad();
                net.forward(x).mean().backward();
                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Reports_and_fixes_in_main_where_a_method_trains() => Verifier.Fix(Id, """
        // file: Program.cs
        internal static class Program
        {
            private static void Main(string[] args)
            {
                // the model
                var net = Linear(2, 1);
                [|Training.Run(net)|];
            }
        }

        """ + Training, """
        // file: Program.cs
        internal static class Program
        {
            private static void Main(string[] args)
            {
                torch.manual_seed(0);
                // the model
                var net = Linear(2, 1);
                Training.Run(net);
            }
        }

        """ + Training, new() { OutputKind = OutputKind.ConsoleApplication });

    [Fact]
    public Task Reports_the_loop_around_a_call() => Verifier.Warns(Id, """
        // file: Program.cs
        internal static class Program
        {
            private static void Main()
            {
                [|foreach|] (var size in new[] { 1, 2 })
                    Training.Run(Linear(2, size));
            }
        }

        """ + Training, "'foreach' trains from other random weights in every run: call torch.manual_seed at the start of the program, so that two runs can be compared", options: new() { OutputKind = OutputKind.ConsoleApplication });

    [Theory]
    [InlineData("manual_seed(1);")]
    [InlineData("torch.random.manual_seed(1);")]
    [InlineData("Seeds.Set();")]
    public Task Silent_when_something_sets_a_seed(string seeding) => Verifier.Silent(Id, $$"""
        // file: Program.cs
        internal static class Program
        {
            private static void Main()
            {
                {{seeding}}
                Training.Run(Linear(2, 1));
            }
        }

        internal static class Seeds
        {
            public static void Set() => manual_seed(1);
        }

        """ + Training, new() { OutputKind = OutputKind.ConsoleApplication });

    [Fact]
    public Task Silent_in_a_library() => Verifier.Silent(Id, Training);

    [Fact]
    public Task Silent_when_the_program_does_not_train() => Verifier.Silent(Id, """
        // top-level
        var net = Linear(2, 1);
        for (var i = 0; i < 3; i++) Console.WriteLine(net.forward(rand(2)).item<float>());
        """);
}
