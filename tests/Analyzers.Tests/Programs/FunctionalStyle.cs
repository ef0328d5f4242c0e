using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FunctionalStyle;

using Net = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

public readonly record struct Batch(Tensor X, Tensor Y);

public sealed record State(Net Model, optim.Optimizer Optimizer, int Epoch, ImmutableList<double> History)
{
    public static State Of(Net model, Func<Net, optim.Optimizer> optimizer) => new(model, optimizer(model), 0, []);
}

public static class Pipe
{
    public static TResult Then<T, TResult>(this T value, Func<T, TResult> next) => next(value);

    public static T Do<T>(this T value, Action<T> effect)
    {
        effect(value);
        return value;
    }

    public static T InScope<T>(Func<T> compute)
    {
        using var scope = NewDisposeScope();
        return compute();
    }

    public static T WithoutGradients<T>(Func<T> compute)
    {
        using var guard = no_grad();
        return compute();
    }
}

public static class Steps
{
    public static Func<State, Batch, double> Train(Func<Tensor, Tensor, Tensor> loss) => (state, batch) => Pipe.InScope(() =>
    {
        state.Optimizer.zero_grad();
        var value = loss(state.Model.call(batch.X), batch.Y);
        value.backward();
        state.Optimizer.step();
        return value.ToDouble();
    });

    public static Func<State, Batch, double> Evaluate(Func<Tensor, Tensor, Tensor> loss) => (state, batch) =>
        Pipe.WithoutGradients(() => Pipe.InScope(() => loss(state.Model.call(batch.X), batch.Y).ToDouble()));

    public static Func<State, IEnumerable<Batch>, double> Over(this Func<State, Batch, double> step) =>
        (state, batches) => batches.Select(b => step(state, b)).Average();
}

public static class Program
{
    private static Net Mlp(params long[] widths) => widths.Zip(widths.Skip(1))
        .SelectMany((pair, i) => i + 2 < widths.Length ? new Net[] { Linear(pair.First, pair.Second), Tanh() } : [Linear(pair.First, pair.Second)])
        .Then(layers => Sequential(layers));

    public static State Run(IReadOnlyList<Batch> train, IReadOnlyList<Batch> held, int epochs)
    {
        Func<Tensor, Tensor, Tensor> loss = (output, target) => functional.huber_loss(output, target);
        var trainEpoch = Steps.Train(loss).Over();
        var heldEpoch = Steps.Evaluate(loss).Over();

        State Epoch(State state, int epoch)
        {
            state.Model.train();
            var now = trainEpoch(state, train);
            state.Model.eval();
            var validation = heldEpoch(state, held);
            return (state with { Epoch = epoch, History = state.History.Add(validation) })
                .Do(s => Console.WriteLine($"{s.Epoch}: {now:F4} {validation:F4}"));
        }

        return Enumerable.Range(1, epochs).Aggregate(State.Of(Mlp(8, 32, 32, 1), m => optim.Adam(m.parameters(), 1e-3)), Epoch);
    }
}
