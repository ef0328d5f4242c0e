using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TrainLint.Analyzers.Flow;

/// <summary>What a forward analysis does with its states. States are immutable; null stands for "not reached".</summary>
internal interface IFlowProblem<TState>
    where TState : class
{
    /// <summary>
    /// A block is visited, with the operations that follow. <paramref name="settled"/> says that it is the only visit, from the state that
    /// holds at the end of the analysis as well: what there is to record can be recorded now, without a replay.
    /// </summary>
    void Begin(BasicBlock block, bool settled);

    /// <summary>The state after the operation. Called in program order, for each operation of a block and for its branch value.</summary>
    TState Transfer(IOperation operation, TState state);

    /// <summary>The state that holds where both can.</summary>
    TState Join(TState left, TState right);

    bool Same(TState left, TState right);

    /// <summary>
    /// What a handler has to know of a state in the middle of a block that began with <paramref name="entry"/>: null where it is nothing
    /// that it will not see at the block's beginning or end.
    /// </summary>
    TState? Between(TState entry, TState before, TState after);

    /// <summary>A last word on the state that leaves a block whose branch depends on the condition.</summary>
    TState Decide(IOperation condition, TState state);
}

/// <summary>
/// A worklist over Roslyn's control-flow graph. Finally regions are run anew for each branch that leaves through them, so that
/// nothing leaks from one way out to another; catch and filter regions start from the join of all states inside their try.
/// Branches that cannot be taken (constant conditions, the null side of a conditional call whose value nobody reads) are not followed.
/// </summary>
internal sealed class ForwardFlow<TState>
    where TState : class
{
    /// <summary>Blocks visited in one body before the analysis gives up: about forty rounds over a body of a hundred blocks.</summary>
    private const int VisitLimit = 4000;

    /// <summary>States joined into blocks before it gives up: what may throw deep inside of handlers passes a state to each of them.</summary>
    private const int JoinLimit = 40_000;

    private readonly ControlFlowGraph graph;
    private readonly IFlowProblem<TState> problem;
    private readonly CancellationToken cancellation;
    private readonly TState?[] entries;
    private readonly bool runsBack;
    private int visits;
    private int joins;

    private bool Exhausted => visits > VisitLimit || joins > JoinLimit;

    private ForwardFlow(ControlFlowGraph graph, IFlowProblem<TState> problem, CancellationToken cancellation)
    {
        this.graph = graph;
        this.problem = problem;
        this.cancellation = cancellation;
        entries = new TState?[graph.Blocks.Length];
        runsBack = graph.Blocks.Any(b => b.ConditionalSuccessor?.Destination?.Ordinal <= b.Ordinal || b.FallThroughSuccessor?.Destination?.Ordinal <= b.Ordinal);
    }

    /// <summary>The state at the entry of each block (null: not reached), or null where the body is too large to be judged.</summary>
    public static TState?[]? Run(ControlFlowGraph graph, IFlowProblem<TState> problem, TState start, CancellationToken cancellation)
    {
        var flow = new ForwardFlow<TState>(graph, problem, cancellation);
        return flow.Walk(new(graph.Root), graph.Blocks[0], start) ? flow.entries : null;
    }

    /// <summary>Runs the operations of a block once more from its entry state, for instance to report.</summary>
    public static TState Replay(BasicBlock block, IFlowProblem<TState> problem, TState state)
    {
        foreach (var operation in block.Operations) state = problem.Transfer(operation, state);
        if (block.BranchValue is { } value) state = problem.Transfer(value, state);
        return state;
    }

    /// <summary>One run over a region (the whole graph, or one finally region): the states at the entry of its blocks, and the blocks that wait for a visit.</summary>
    private sealed class Round(ControlFlowRegion region)
    {
        private readonly TState?[] states = new TState?[region.LastBlockOrdinal - region.FirstBlockOrdinal + 1];
        private readonly bool[] waiting = new bool[region.LastBlockOrdinal - region.FirstBlockOrdinal + 1];
        private int next;

        public ControlFlowRegion Region { get; } = region;

        public TState? this[int ordinal] => states[ordinal - Region.FirstBlockOrdinal];

        public void Set(int ordinal, TState state)
        {
            var at = ordinal - Region.FirstBlockOrdinal;
            (states[at], waiting[at], next) = (state, true, Math.Min(next, at));
        }

        /// <summary>The first block that waits, which then does so no more; -1 where none does.</summary>
        public int Take()
        {
            while (next < waiting.Length && !waiting[next]) next++;
            if (next == waiting.Length) return -1;
            waiting[next] = false;
            return next + Region.FirstBlockOrdinal;
        }
    }

    // Iterates inside one region until nothing changes.
    private bool Walk(Round round, BasicBlock first, TState start)
    {
        Reach(first.Ordinal, start, round);
        for (var ordinal = round.Take(); ordinal >= 0; ordinal = round.Take())
        {
            visits++;
            if (Exhausted) return false;
            cancellation.ThrowIfCancellationRequested();
            if (!Visit(graph.Blocks[ordinal], round[ordinal]!, round)) return false;
        }

        return true;
    }

    private bool Visit(BasicBlock block, TState state, Round round)
    {
        var entry = state;

        // Blocks are taken in their order: where no branch leads back, all that leads to a block has been before it.
        problem.Begin(block, !runsBack && round.Region == graph.Root);
        var handlers = Handlers(block, round.Region);
        Enter(handlers, state, round);
        foreach (var operation in block.Operations)
        {
            var after = problem.Transfer(operation, state);
            if (problem.Between(entry, state, after) is { } between) Enter(handlers, between, round);
            state = after;
        }

        if (block.BranchValue is { } value)
        {
            state = problem.Transfer(value, state);
            if (block.ConditionKind != ControlFlowConditionKind.None) state = problem.Decide(value, state);
        }

        Enter(handlers, state, round);
        return Follow(block, block.ConditionalSuccessor, state, round)
            && Follow(block, block.FallThroughSuccessor, state, round);
    }

    private bool Follow(BasicBlock block, ControlFlowBranch? branch, TState state, Round round)
    {
        if (branch is null || !Possible(block, branch)) return true;
        foreach (var final in branch.FinallyRegions)
        {
            if (ThroughFinally(final, state) is not { } after) return !Exhausted;
            state = after;
        }

        if (branch.Destination is { } destination) Reach(destination.Ordinal, state, round);
        return true;
    }

    private TState? ThroughFinally(ControlFlowRegion region, TState state)
    {
        var round = new Round(region);
        if (!Walk(round, graph.Blocks[region.FirstBlockOrdinal], state)) return null;
        TState? end = null;
        for (var ordinal = region.FirstBlockOrdinal; ordinal <= region.LastBlockOrdinal; ordinal++)
        {
            var block = graph.Blocks[ordinal];
            if (block.FallThroughSuccessor?.Semantics != ControlFlowBranchSemantics.StructuredExceptionHandling || round[ordinal] is not { } entry) continue;
            var exit = Replay(block, problem, entry);
            end = end is null ? exit : problem.Join(end, exit);
        }

        return end;
    }

    // An exception can leave a block anywhere: the handlers of every try around it start from any state inside it.
    private static List<int>? Handlers(BasicBlock block, ControlFlowRegion within)
    {
        List<int>? handlers = null;
        for (var region = block.EnclosingRegion; region is not null && region != within; region = region.EnclosingRegion)
        {
            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { Kind: ControlFlowRegionKind.TryAndCatch } whole) continue;
            foreach (var handler in whole.NestedRegions)
                if (handler.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                    (handlers ??= []).Add(handler.FirstBlockOrdinal);
        }

        return handlers;
    }

    private void Enter(List<int>? handlers, TState state, Round round)
    {
        if (handlers is null || Exhausted) return;
        foreach (var handler in handlers) Reach(handler, state, round);
    }

    private void Reach(int ordinal, TState state, Round round)
    {
        joins++;
        var old = round[ordinal];
        var joined = old is null ? state : problem.Join(old, state);
        if (old is null || !problem.Same(old, joined)) round.Set(ordinal, joined);

        // What the reporting pass will see: everything that reaches the block on any way.
        entries[ordinal] = entries[ordinal] is not { } seen || ReferenceEquals(seen, old) ? joined : problem.Join(seen, joined);
    }

    private static bool Possible(BasicBlock block, ControlFlowBranch branch)
    {
        if (block.ConditionKind == ControlFlowConditionKind.None || block.BranchValue is not { } condition) return true;
        var whenTrue = branch.IsConditionalSuccessor == (block.ConditionKind == ControlFlowConditionKind.WhenTrue);
        if (condition.ConstantValue is { HasValue: true, Value: bool constant }) return constant == whenTrue;

        // `x?.M();` as a statement: x is null at best while the program is being torn down.
        if (condition is IIsNullOperation { Syntax.Parent: { } parent } && parent.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.ConditionalAccessExpression)
            && parent.Parent is Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionStatementSyntax)
            return !whenTrue;
        return true;
    }
}
