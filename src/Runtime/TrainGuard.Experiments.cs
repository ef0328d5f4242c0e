using TorchSharp.Modules;
using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime;

/// <content>Experiments: they train the model for a moment and put everything back.</content>
public sealed partial class TrainGuard
{
    private const double Smoothing = 0.9;
    private const double Explosion = 4;

    /// <summary>
    /// Trains on one and the same batch: a model that cannot learn that by heart has a mistake in it. Parameters, gradients, buffers, modes and the
    /// CPU's random numbers are restored, also after an exception. The optimizer is one of the experiment's own.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="loss">Runs the model on the batch and returns the loss, a tensor of one element; called once per step, always with the same batch.</param>
    /// <param name="optimizer">Makes the optimizer; Adam at 1e-3 where it is left out.</param>
    /// <param name="steps">How many steps at most.</param>
    /// <param name="goal">The share of the first loss that counts as learned. A loss with a floor (label smoothing, a variational bound) needs a higher one.</param>
    /// <returns>The losses, and whether the goal was reached.</returns>
    public static OverfitResult OverfitOneBatch(nn.Module model, Func<Tensor> loss, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int steps = 300, double goal = 0.1)
    {
        Require(model, loss, steps);
        using var state = SavedState.Take(model);
        model.train();
        var losses = new List<double>();
        Train(model, loss, optimizer, steps, static (_, _) => { }, (_, value) =>
        {
            losses.Add(value);
            return value > goal * losses[0];
        });
        var lowest = losses.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Min();
        return new(lowest <= goal * losses[0], losses[0], lowest, losses);
    }

    /// <summary>
    /// The range test of Smith (Cyclical learning rates for training neural networks, 2017): the learning rate grows geometrically from step to step
    /// until the loss explodes. Everything is restored as by <see cref="OverfitOneBatch"/>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="loss">Runs the model on the next batch and returns the loss, a tensor of one element; called once per step.</param>
    /// <param name="optimizer">Makes the optimizer, the kind that will train; Adam where it is left out. Its learning rate is overwritten.</param>
    /// <param name="from">The first rate, above 0.</param>
    /// <param name="to">The last rate.</param>
    /// <param name="steps">The number of rates, at least 2.</param>
    /// <returns>The losses, and a rate to try.</returns>
    public static LearningRateRange FindLearningRate(nn.Module model, Func<Tensor> loss, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, double from = 1e-7, double to = 10, int steps = 100)
    {
        Require(model, loss, steps);
        if (!(from > 0 && to > from) || steps < 2)
            throw new ArgumentOutOfRangeException(nameof(from), "The rates must be positive and grow, in two steps or more.");
        using var state = SavedState.Take(model);
        model.train();
        var points = new List<(double Rate, double Loss)>();
        var (smooth, lowest, best, first) = (0.0, double.PositiveInfinity, double.NaN, double.NaN);
        double RateAt(int step) => from * Math.Pow(to / from, step / (double)(steps - 1));
        Train(model, loss, optimizer, steps, (used, step) =>
        {
            foreach (var group in used.ParamGroups)
                group.LearningRate = RateAt(step);
        }, (step, value) =>
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
                return false;
            points.Add((RateAt(step), value));
            smooth = Smoothing * smooth + (1 - Smoothing) * value;
            var level = smooth / (1 - Math.Pow(Smoothing, points.Count));
            if (points.Count == 1)
                first = level;
            if (level < lowest)
                (lowest, best) = (level, RateAt(step));
            return level <= Explosion * Math.Max(lowest, double.Epsilon) || lowest <= 0;
        });
        return new(lowest < 0.99 * first || (first <= 0 && lowest < first) ? best / 10 : null, points);
    }

    /// <summary>Trains twice from the same seed and compares losses and parameters, bit by bit. Everything is restored as by <see cref="OverfitOneBatch"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="loss">Runs the model on a batch and returns the loss, a tensor of one element; called once per step, and from the start again for the second run.</param>
    /// <param name="optimizer">Makes the optimizer; Adam at 1e-3 where it is left out.</param>
    /// <param name="steps">How many steps each run has.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Whether they are the same, and where they first differ.</returns>
    public static Reproducibility IsReproducible(nn.Module model, Func<Tensor> loss, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int steps = 5, long seed = 1)
    {
        Require(model, loss, steps);
        using var state = SavedState.Take(model);
        var runs = new List<(List<double> Losses, List<(string Name, Tensor Value)> Parameters)>();
        try
        {
            for (var run = 0; run < 2; run++)
            {
                state.Restore();
                model.train();
                manual_seed(seed);
                var losses = new List<double>();
                runs.Add((losses, []));
                Train(model, loss, optimizer, steps, static (_, _) => { }, (_, value) =>
                {
                    losses.Add(value);
                    return true;
                });
                using (new Quiet())
                    runs[run].Parameters.AddRange(model.named_parameters().Select(entry => (entry.name, entry.parameter.detach().clone().DetachFromDisposeScope())));
            }

            var first = runs[0].Losses.Zip(runs[1].Losses, (a, b) => a.Equals(b)).ToList().IndexOf(false);
            using var quiet = new Quiet();
            var different = runs[0].Parameters.Zip(runs[1].Parameters, (a, b) => (a.Name, AreEqual: Reading.Elements(a.Value).SequenceEqual(Reading.Elements(b.Value))))
                .Where(entry => !entry.AreEqual).Select(entry => entry.Name).ToArray();
            return new(first < 0 && different.Length == 0, first < 0 ? null : first + 1, different);
        }
        finally
        {
            foreach (var (_, value) in runs.SelectMany(run => run.Parameters))
                value.Dispose();
        }
    }

    private static void Require(nn.Module model, Func<Tensor> loss, int steps)
    {
        if (model is null)
            throw new ArgumentNullException(nameof(model));
        if (loss is null)
            throw new ArgumentNullException(nameof(loss));
        if (steps < 1)
            throw new ArgumentOutOfRangeException(nameof(steps), "An experiment needs a step.");
    }

    private static void Train(nn.Module model, Func<Tensor> loss, Func<IEnumerable<Parameter>, optim.Optimizer>? make, int steps, Action<optim.Optimizer, int> prepare, Func<int, double, bool> goesOn)
    {
        using var optimizer = make is null ? optim.Adam(model.parameters(), 1e-3) : make(model.parameters());
        using var mode = enable_grad();
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            prepare(optimizer, step);
            // Evaluated and stepped in one call, as LBFGS needs it and the others allow.
            var value = double.NaN;
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                var current = loss();
                current.backward();
                if (double.IsNaN(value))
                    value = Reading.Value(current);
                return current;
            });
            if (!goesOn(step, value))
                return;
        }
    }
}
