// RMSProp.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class RMSProp : OptimizerHelper, optim.IMomentum
    {
        public RMSProp(IEnumerable<Parameter> parameters, double lr = 0.001, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }
        public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 0.001, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, o.maximize, o.weight_decay, (s, x, g) =>
            {
                s.step++;
                double[] squares = s.square_avg.Materialize(), means = s.grad_avg?.Materialize(), momenta = s.momentum_buffer?.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    squares[i] += (1 - o.alpha.Value) * (g[i] * g[i] - squares[i]);
                    if (means is not null) means[i] += (1 - o.alpha.Value) * (g[i] - means[i]);
                    var variance = means is null ? squares[i] : squares[i] - means[i] * means[i];
                    var change = g[i] / (Math.Sqrt(variance) + o.eps.Value);
                    if (momenta is not null) change = momenta[i] = o.momentum.Value * momenta[i] + change;
                    x[i] -= group.LearningRate * change;
                }
            });
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            Track(param_group, p => new State(p));
        }

        public double Momentum { get => Default<Options>().momentum ?? 0; set => Default<Options>().momentum = value; }
        public class Options : OptimizerOptions
        {
            public bool? maximize;
            public double? momentum;
            public double? alpha;
            public double? eps;
            public double? weight_decay;
            public bool? centered;
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double eps = 1E-08, double alpha = 0.99, double weight_decay = 0, double momentum = 0, bool centered = false) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, eps = eps, alpha = alpha, weight_decay = weight_decay, momentum = momentum, centered = centered }) { }
            public double Momentum { get => Options.momentum ?? 0; set => Options.momentum = value; }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor square_avg;
            public Tensor momentum_buffer;
            public Tensor grad_avg;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options)
            {
                var o = (Options)options;
                (step, square_avg, grad_avg, momentum_buffer) = (0, Zeros(), o.centered == true ? Zeros() : null, o.momentum > 0 ? Zeros() : null);
            }
        }
    }
}
