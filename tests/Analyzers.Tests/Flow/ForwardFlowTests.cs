using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using Xunit;

namespace TrainLint.Analyzers.Tests.Flow;

/// <summary>The engine by itself: which calls may have run before a call, on every kind of way through a body.</summary>
public sealed class ForwardFlowTests
{
    [Fact]
    public void Branches_meet() => Assert.Equal("A B", Before("End", "if (c) Call(\"A\"); else Call(\"B\"); Call(\"End\");"));

    [Fact]
    public void Loops_come_round() => Assert.Equal("A B", Before("A", "while (c) { Call(\"A\"); Call(\"B\"); }"));

    [Fact]
    public void A_constant_condition_is_not_a_choice() => Assert.Equal("A", Before("End", "if (true) Call(\"A\"); else Call(\"B\"); Call(\"End\");"));

    [Fact]
    public void Nothing_follows_an_endless_loop() => Assert.Equal("never", Before("End", "while (true) { Call(\"A\"); } Call(\"End\");"));

    [Fact]
    public void A_conditional_call_as_a_statement_is_taken_to_happen() => Assert.Equal("Run", Must("End", "o?.Run(); Call(\"End\");"));

    [Fact]
    public void A_conditional_call_as_a_value_may_not_happen() => Assert.Equal("", Must("End", "var n = o?.Value(); Call(\"End\");"));

    [Fact]
    public void A_finally_does_not_mix_the_ways_through_it()
    {
        const string Body = "try { if (c) { Call(\"A\"); return; } Call(\"B\"); } finally { Call(\"F\"); } Call(\"End\");";
        Assert.Equal("B F", Before("End", Body));
        Assert.Equal("A B", Before("F", Body));
    }

    [Fact]
    public void Continue_leaves_through_the_finally() =>
        Assert.Equal("A F", Before("End", "while (c) { try { Call(\"A\"); continue; } finally { Call(\"F\"); } } Call(\"End\");"));

    [Fact]
    public void A_handler_starts_anywhere_in_its_try()
    {
        const string Body = "try { Call(\"A\"); Call(\"B\"); } catch { Call(\"C\"); } Call(\"End\");";
        Assert.Equal("A B", Before("C", Body));
        Assert.Equal("", Must("C", Body));
    }

    [Fact]
    public void A_using_runs_to_its_end() => Assert.Equal("A", Must("End", "using (o) { Call(\"A\"); } Call(\"End\");"));

    [Theory]
    [InlineData("Call(\"A\"); if (c) Call(\"B\"); else { Call(\"C\"); return; } Call(\"D\");", "A B C D")]
    [InlineData("try { Call(\"A\"); if (c) return; Call(\"B\"); } catch { Call(\"C\"); } Call(\"D\");", "A B C D")]
    [InlineData("try { if (c) return; Call(\"A\"); } finally { Call(\"B\"); } Call(\"C\");", "A C")]
    [InlineData("Call(\"A\"); while (c) Call(\"B\"); Call(\"C\");", "")]
    public void A_settled_visit_sees_what_a_replay_sees(string body, string settled)
    {
        var (graph, cancellation) = Graph(body);
        var seen = new Dictionary<string, Calls>();
        Problem problem = null!;
        problem = new Problem { Seen = (name, state) => { if (problem.Visits[^1].Settled) seen.Add(name, state); } };
        Assert.NotNull(ForwardFlow<Calls>.Run(graph, problem, Calls.None, cancellation));
        Assert.Equal(settled, string.Join(" ", seen.Keys.Order()));
        foreach (var (name, calls) in seen) Assert.Equal(Before(name, body), string.Join(" ", calls.May.Order()));
    }

    [Fact]
    public void A_body_too_large_to_be_judged_is_given_up()
    {
        var statements = string.Concat(Enumerable.Range(0, 4100).Select(i => $"if (c) Call(\"x\");\n"));
        var (graph, _) = Graph(statements);
        Assert.Null(ForwardFlow<Calls>.Run(graph, new Problem(), Calls.None, CancellationToken.None));
    }

    private static string Before(string call, string body) => Run(call, body) is { } calls ? string.Join(" ", calls.May.Order()) : "never";

    private static string Must(string call, string body) => Run(call, body) is { } calls ? string.Join(" ", calls.Must.Order()) : "never";

    private static Calls? Run(string call, string body)
    {
        var (graph, cancellation) = Graph(body);
        var entries = ForwardFlow<Calls>.Run(graph, new Problem(), Calls.None, cancellation)!;
        Calls? found = null;
        var problem = new Problem { Seen = (name, state) => { if (name == call) found = state; } };
        foreach (var block in graph.Blocks)
            if (entries[block.Ordinal] is { } entry) ForwardFlow<Calls>.Replay(block, problem, entry);
        return found;
    }

    private static (ControlFlowGraph Graph, CancellationToken Cancellation) Graph(string body)
    {
        var tree = CSharpSyntaxTree.ParseText($$"""
            class C : System.IDisposable
            {
                public void Run() { }
                public string Value() => "";
                public void Dispose() { }
                static void Call(string name) { }
                static void M(bool c, C o) { {{body}} }
            }
            """);
        var compilation = CSharpCompilation.Create("flow", [tree], References.Framework);
        var method = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(m => m.Identifier.ValueText == "M");
        var operation = (IMethodBodyOperation)compilation.GetSemanticModel(tree).GetOperation(method)!;
        return (ControlFlowGraph.Create(operation), CancellationToken.None);
    }

    /// <summary>The calls that may, and those that must, have run.</summary>
    private sealed record Calls(ImmutableHashSet<string> May, ImmutableHashSet<string> Must)
    {
        public static readonly Calls None = new([], []);
    }

    private sealed class Problem : IFlowProblem<Calls>
    {
        public Action<string, Calls> Seen { get; init; } = (_, _) => { };

        public List<(int Block, bool Settled)> Visits { get; } = [];

        public void Begin(BasicBlock block, bool settled) => Visits.Add((block.Ordinal, settled));

        public Calls Transfer(IOperation operation, Calls state)
        {
            foreach (var call in operation.DescendantsAndSelf().OfType<IInvocationOperation>())
            {
                if (call.IsImplicit) continue;
                var name = call.Arguments is [{ Value.ConstantValue.Value: string text }] ? text : call.TargetMethod.Name;
                Seen(name, state);
                state = new(state.May.Add(name), state.Must.Add(name));
            }

            return state;
        }

        public Calls Join(Calls left, Calls right) => new(left.May.Union(right.May), left.Must.Intersect(right.Must));

        public Calls? Between(Calls entry, Calls before, Calls after) => after;

        public bool Same(Calls left, Calls right) => left.May.SetEquals(right.May) && left.Must.SetEquals(right.Must);

        public Calls Decide(IOperation condition, Calls state) => state;
    }
}
