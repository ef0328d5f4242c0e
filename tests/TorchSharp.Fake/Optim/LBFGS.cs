// The one optimizer that needs a closure: limited-memory BFGS (Liu and Nocedal, 1989), with a fixed rate and no line search.

using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class LBFGS : optim.Optimizer, optim.ILearningRateController
    {
        readonly long maxIterations, maxEvaluations, history;
        readonly double gradientTolerance, changeTolerance;
        readonly List<(double[] Change, double[] Turn, double Product)> pairs = new();
        double[] direction, before;
        double moved;

        internal LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-05, double tolerance_change = 1e-09, long history_size = 100) : base(IntPtr.Zero)
        {
            (_rate, InitialLearningRate) = (lr, lr);
            (maxIterations, maxEvaluations, history) = (max_iter, max_eval ?? max_iter * 5 / 4, history_size);
            (gradientTolerance, changeTolerance) = (tolerange_grad, tolerance_change);
            _parameter_groups.Add(new ParamGroup<OptimizerOptions> { Parameters = parameters, Options = new OptimizerOptions { LearningRate = lr, InitialLearningRate = lr } });
        }

        public double LearningRate { get => _rate; set => _rate = value; }
        public double InitialLearningRate { get; set; }
        public override IEnumerable<optim.ILearningRateController> ParamGroups => new optim.ILearningRateController[] { this };

        public override Tensor step(Func<Tensor> closure)
        {
            if (closure is null) throw new ArgumentNullException(nameof(closure));
            Tensor Evaluate()
            {
                using (enable_grad()) return closure();
            }

            var first = Evaluate();
            double loss = first.ToDouble(), lastLoss;
            var gradient = Gradient();
            if (gradient.Select(Math.Abs).DefaultIfEmpty(0).Max() <= gradientTolerance) return first;
            for (long iteration = 1, evaluations = 1; ; iteration++)
            {
                Turn(gradient);
                before = gradient;
                lastLoss = loss;
                var rate = pairs.Count == 0 ? Math.Min(1, 1 / gradient.Sum(Math.Abs)) * _rate : _rate;
                var slope = Dot(gradient, direction);
                if (slope > -changeTolerance) break;
                moved = rate;
                Move(rate);
                if (iteration >= maxIterations || evaluations >= maxEvaluations) break;
                loss = Evaluate().ToDouble();
                evaluations++;
                gradient = Gradient();
                if (gradient.Max(Math.Abs) <= gradientTolerance || direction.Max(d => Math.Abs(d * rate)) <= changeTolerance || Math.Abs(loss - lastLoss) < changeTolerance) break;
            }
            return first;
        }

        /// <summary>The two-loop recursion: the gradient times the inverse Hessian that the last changes tell of.</summary>
        void Turn(double[] gradient)
        {
            if (before is not null)
            {
                var (change, turn) = (Array.ConvertAll(direction, d => d * moved), gradient.Zip(before, (a, b) => a - b).ToArray());
                var product = Dot(change, turn);
                if (product > 1e-10)
                {
                    if (pairs.Count == history) pairs.RemoveAt(0);
                    pairs.Add((change, turn, product));
                }
            }
            var q = Array.ConvertAll(gradient, g => -g);
            var weights = new double[pairs.Count];
            for (var k = pairs.Count - 1; k >= 0; k--) Add(q, pairs[k].Turn, -(weights[k] = Dot(pairs[k].Change, q) / pairs[k].Product));
            if (pairs.Count > 0)
            {
                var (_, turn, product) = pairs[pairs.Count - 1];
                var scale = product / Dot(turn, turn);
                for (var i = 0; i < q.Length; i++) q[i] *= scale;
            }
            for (var k = 0; k < pairs.Count; k++) Add(q, pairs[k].Change, weights[k] - Dot(pairs[k].Turn, q) / pairs[k].Product);
            direction = q;
        }

        static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

        static void Add(double[] to, double[] v, double by)
        {
            for (var i = 0; i < to.Length; i++) to[i] += by * v[i];
        }

        double[] Gradient() => Held.SelectMany(p => p._grad is null ? new double[p.numel()] : p._grad.Read()).ToArray();

        void Move(double rate)
        {
            var at = 0;
            foreach (var p in Held) Kernel.Change(p, x => x + rate * direction[at++]);
        }

        public double _rate;
    }
}
