// Schedulers: counters that set the learning rate by its closed form.

using System;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static class lr_scheduler
            {
                public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                    => new impl.StepLR(optimizer, step_size, gamma, last_epoch, verbose);

                public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                    => new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);

                public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                    => new impl.MultiStepLR(optimizer, milestones, gamma, last_epoch, verbose);

                public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false)
                    => new impl.PolynomialLR(optimizer, total_iters, power, last_epoch, verbose);

                public static LRScheduler MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                    => new impl.MultiplicativeLR(optimizer, lr_lambda, last_epoch, verbose);

                public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                    => new impl.ExponentialLR(optimizer, gamma, last_epoch, verbose);

                public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 0.3333333333333333, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                    => new impl.ConstantLR(optimizer, factor, total_iters, last_epoch, verbose);

                public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1)
                    => new impl.SequentialLR(optimizer, schedulers, milestones, last_epoch);

                public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 0.3333333333333333, double end_factor = 1, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                    => new impl.LinearLR(optimizer, start_factor, end_factor, total_iters, last_epoch, verbose);

                public static LRScheduler ChainedLR(IEnumerable<LRScheduler> schedulers) => new impl.ChainedLR(schedulers);

                public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                    => new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

                public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                    => new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

                public static LRScheduler OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                    => new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

                public static LRScheduler CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, impl.CyclicLR.Mode mode = impl.CyclicLR.Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, impl.CyclicLR.ScaleMode scale_mode = impl.CyclicLR.ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false)
                    => new impl.CyclicLR(optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose);

                public static LRScheduler CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1, impl.CyclicLR.Mode mode = impl.CyclicLR.Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, impl.CyclicLR.ScaleMode scale_mode = impl.CyclicLR.ScaleMode.Cycle, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, int last_epoch = -1, bool verbose = false)
                    => new impl.CyclicLR(optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose);

                public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 0.0001, string threshold_mode = "rel", int cooldown = 0, IList<double> min_lr = null, double eps = 1E-08, bool verbose = false)
                    => new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);

                public abstract class LRScheduler
                {
                    internal readonly Optimizer _optimizer;
                    internal readonly double[] _base;
                    readonly bool _verbose;
                    internal int _last_epoch;
                    internal double[] _last_lrs;
                    internal virtual double At(int epoch, double start, int group) => start;
                    internal void Apply(IEnumerable<double> rates)
                    {
                        _last_lrs = rates.ToArray();
                        var i = 0;
                        foreach (var g in _optimizer.ParamGroups)
                        {
                            g.LearningRate = _last_lrs[i++];
                            if (_verbose) Console.WriteLine($"Adjusting learning rate to {g.LearningRate}");
                        }
                    }

                    protected LRScheduler() { }

                    protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                    {
                        (_optimizer, _last_epoch, _verbose) = (optimizer ?? throw new ArgumentNullException(nameof(optimizer)), last_epoch, verbose);
                        foreach (var g in optimizer.ParamGroups)
                            if (last_epoch == -1) g.InitialLearningRate = g.LearningRate;
                        _base = optimizer.ParamGroups.Select(g => g.InitialLearningRate).ToArray();
                        _last_lrs = _base;
                    }

                    public virtual void step() => step(null);

                    public virtual void step(int? epoch)
                    {
                        _step_count++;
                        _last_epoch = epoch ?? _last_epoch + 1;
                        Apply(epoch is null ? get_lr() : get_closed_form_lr());
                    }

                    public virtual void step(double current, int? epoch = null) => step(epoch);
                    protected virtual IEnumerable<double> get_lr() => _base.Select((start, i) => At(_last_epoch, start, i)).ToArray();
                    protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();
                    public IEnumerable<double> get_last_lr() => _last_lrs;
                    protected int _step_count;
                }

                public static class impl
                {
                    public class StepLR : LRScheduler
                    {
                        readonly int step_size;
                        readonly double gamma;
                        internal override double At(int epoch, double start, int group) => start * Math.Pow(gamma, epoch / step_size);

                        public StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.step_size, this.gamma) = (step_size, gamma); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class MultiStepLR : LRScheduler
                    {
                        readonly IList<int> milestones;
                        readonly double gamma;
                        internal override double At(int epoch, double start, int group) => start * Math.Pow(gamma, milestones.Count(m => m <= epoch));

                        public MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.milestones, this.gamma) = (milestones, gamma); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class ExponentialLR : LRScheduler
                    {
                        readonly double gamma;
                        internal override double At(int epoch, double start, int group) => start * Math.Pow(gamma, epoch);

                        public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { this.gamma = gamma; step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class LambdaLR : LRScheduler
                    {
                        readonly Func<int, double>[] factors;
                        internal override double At(int epoch, double start, int group) => start * factors[Math.Min(group, factors.Length - 1)](epoch);

                        public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { factors = new[] { lr_lambda }; step(); }
                        public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { factors = lr_lambdas.ToArray(); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                    }

                    public class MultiplicativeLR : LRScheduler
                    {
                        readonly Func<int, double>[] factors;
                        internal override double At(int epoch, double start, int group) => epoch > 0 ? _last_lrs[group] * factors[Math.Min(group, factors.Length - 1)](epoch) : start;

                        public MultiplicativeLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { factors = lr_lambdas.ToArray(); step(); }
                        public MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { factors = new[] { lr_lambda }; step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                    }

                    public class ConstantLR : LRScheduler
                    {
                        readonly double factor;
                        readonly int total_iters;
                        internal override double At(int epoch, double start, int group) => epoch < total_iters ? start * factor : start;

                        public ConstantLR(Optimizer optimizer, double factor = 0.3333333333333333, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.factor, this.total_iters) = (factor, total_iters); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class LinearLR : LRScheduler
                    {
                        readonly double start_factor, end_factor;
                        readonly int total_iters;
                        internal override double At(int epoch, double start, int group) => start * (start_factor + (end_factor - start_factor) * Math.Min(total_iters, epoch) / total_iters);

                        public LinearLR(Optimizer optimizer, double start_factor = 0.3333333333333333, double end_factor = 1, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.start_factor, this.end_factor, this.total_iters) = (start_factor, end_factor, total_iters); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class PolynomialLR : LRScheduler
                    {
                        readonly double power;
                        readonly int total_iters;
                        internal override double At(int epoch, double start, int group) => start * Math.Pow(1 - (double)Math.Min(total_iters, epoch) / total_iters, power);

                        public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.total_iters, this.power) = (total_iters, power); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class CosineAnnealingLR : LRScheduler
                    {
                        readonly double T_max, eta_min;
                        internal override double At(int epoch, double start, int group) => eta_min + (start - eta_min) * (1 + Math.Cos(Math.PI * epoch / T_max)) / 2;

                        public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { (this.T_max, this.eta_min) = (T_max, eta_min); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        protected override IEnumerable<double> get_closed_form_lr() => base.get_lr();
                    }

                    public class OneCycleLR : LRScheduler
                    {
                        int total;
                        double rise, low, lowest;
                        double[] peaks;
                        AnnealStrategy anneal;
                        void Setup(double[] max_lr, int total_steps, int epochs, int steps_per_epoch, double pct_start, AnnealStrategy strategy, double div_factor, double final_div_factor)
                        {
                            if (total_steps == -1 && (epochs <= 0 || steps_per_epoch <= 0)) throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)");
                            total = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                            (peaks, rise, low, lowest, anneal) = (max_lr, Math.Max(pct_start * total - 1, 1), div_factor, div_factor * final_div_factor, strategy);
                            step();
                        }
                        internal override double At(int epoch, double start, int group)
                        {
                            if (epoch > total) throw new InvalidOperationException($"Tried to step {epoch} times. The specified number of total steps is {total}");
                            var peak = peaks[Math.Min(group, peaks.Length - 1)];
                            return epoch <= rise ? Between(peak / low, peak, epoch / rise) : Between(peak, peak / lowest, (epoch - rise) / Math.Max(total - 1 - rise, 1));
                        }
                        double Between(double a, double b, double share) => anneal == AnnealStrategy.Linear ? a + (b - a) * share : b + (a - b) / 2 * (1 + Math.Cos(Math.PI * Math.Min(share, 1)));

                        public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { Setup(Rates.Of(max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, div_factor, final_div_factor); }
                        public OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { Setup(Rates.Of(max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, div_factor, final_div_factor); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        public enum AnnealStrategy
                        {
                            Cos = 0,
                            Linear = 1,
                        }
                    }

                    public class CyclicLR : LRScheduler
                    {
                        double[] low, high;
                        double up, down, gamma;
                        Mode mode;
                        Func<double, double> scale;
                        ScaleMode scaleMode;
                        void Setup(double[] base_lr, double[] max_lr, int step_size_up, int step_size_down, Mode mode, double gamma, Func<double, double> scale_fn, ScaleMode scale_mode)
                        {
                            (low, high, up, down) = (base_lr, max_lr, step_size_up, step_size_down > 0 ? step_size_down : step_size_up);
                            (this.mode, this.gamma, scale, scaleMode) = (mode, gamma, scale_fn, scale_mode);
                            step();
                        }
                        internal override double At(int epoch, double start, int group)
                        {
                            double a = low[Math.Min(group, low.Length - 1)], b = high[Math.Min(group, high.Length - 1)];
                            var cycle = Math.Floor(1 + epoch / (up + down));
                            var within = 1 + epoch / (up + down) - cycle;
                            var share = up / (up + down);
                            var height = (b - a) * (within <= share ? within / share : (within - 1) / (share - 1));
                            if (scale is not null) return a + height * scale(scaleMode == ScaleMode.Cycle ? cycle : epoch);
                            return a + height * (mode == Mode.Triangular2 ? 1 / Math.Pow(2, cycle - 1) : mode == Mode.ExpRange ? Math.Pow(gamma, epoch) : 1);
                        }

                        public CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { Setup(Rates.Of(base_lr), Rates.Of(max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode); }
                        public CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose) { Setup(Rates.Of(base_lr), Rates.Of(max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                        public enum Mode
                        {
                            Triangular = 0,
                            Triangular2 = 1,
                            ExpRange = 2,
                        }

                        public enum ScaleMode
                        {
                            Cycle = 0,
                            Iterations = 1,
                        }
                    }

                    public class SequentialLR : LRScheduler
                    {
                        readonly LRScheduler[] parts;
                        readonly int[] at;
                        internal override double At(int epoch, double start, int group)
                        {
                            var i = at.Count(m => m <= epoch);
                            var part = parts[i];
                            part._last_epoch = epoch - (i == 0 ? 0 : at[i - 1]);
                            return part.At(part._last_epoch, part._base[group], group);
                        }

                        public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1) : base(optimizer, last_epoch, false) { (parts, at) = (schedulers.ToArray(), milestones.ToArray()); step(); }
                        protected override IEnumerable<double> get_lr() => base.get_lr();
                    }

                    public class ChainedLR : LRScheduler
                    {
                        readonly LRScheduler[] parts;
                        public ChainedLR(IEnumerable<LRScheduler> schedulers) { parts = schedulers.ToArray(); }

                        public override void step()
                        {
                            foreach (var s in parts) s.step();
                            _last_lrs = parts[parts.Length - 1]._last_lrs;
                        }
                    }

                    public class ReduceLROnPlateau : LRScheduler
                    {
                        readonly string mode, threshold_mode;
                        readonly double factor, threshold, eps;
                        readonly int patience, cooldown;
                        readonly IList<double> min_lr;
                        double best;
                        int bad, cooling;
                        bool Better(double a)
                        {
                            var margin = threshold_mode == "rel" ? Math.Abs(best) * threshold : threshold;
                            return double.IsInfinity(best) || (mode == "min" ? a < best - margin : a > best + margin);
                        }

                        public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 0.0001, string threshold_mode = "rel", int cooldown = 0, IList<double> min_lr = null, double eps = 1E-08, bool verbose = false) : base(optimizer, -1, verbose)
                        {
                            if (factor >= 1) throw new ArgumentException("Factor should be < 1.0");
                            if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!");
                            (this.mode, this.factor, this.patience, this.threshold, this.threshold_mode, this.cooldown, this.min_lr, this.eps) = (mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps);
                            best = mode == "min" ? double.PositiveInfinity : double.NegativeInfinity;
                        }

                        public override void step(double current, int? epoch = null)
                        {
                            _last_epoch = epoch ?? _last_epoch + 1;
                            if (Better(current)) (best, bad) = (current, 0);
                            else bad++;
                            if (cooling > 0) (cooling, bad) = (cooling - 1, 0);
                            if (bad <= patience) return;
                            Apply(_optimizer.ParamGroups.Select((g, i) =>
                            {
                                var next = Math.Max(g.LearningRate * factor, min_lr is null ? 0 : min_lr[Math.Min(i, min_lr.Count - 1)]);
                                return g.LearningRate - next > eps ? next : g.LearningRate;
                            }));
                            (cooling, bad) = (cooldown, 0);
                        }

                        public override void step() => throw new InvalidOperationException("step() must be given the current value of the metric with ReduceLROnPlateau.");

                        public override void step(int? epoch)
                            => throw new InvalidOperationException("step() must be given the current value of the metric with ReduceLROnPlateau.");
                    }
                }
            }
        }
    }
}
