// Adadelta.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class Adadelta : OptimizerHelper
    {
        public Adadelta(IEnumerable<Parameter> parameters, double lr, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }
        public Adadelta(IEnumerable<ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, o.maximize, o.weight_decay, (s, x, g) =>
            {
                s.step++;
                double[] squares = s.square_avg.Materialize(), deltas = s.acc_delta.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    squares[i] += (1 - o.rho.Value) * (g[i] * g[i] - squares[i]);
                    var delta = Math.Sqrt(deltas[i] + o.eps.Value) / Math.Sqrt(squares[i] + o.eps.Value) * g[i];
                    deltas[i] += (1 - o.rho.Value) * (delta * delta - deltas[i]);
                    x[i] -= group.LearningRate * delta;
                }
            });
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            Track(param_group, p => new State(p));
        }

        public class Options : OptimizerOptions
        {
            public double? rho;
            public double? eps;
            public double? weight_decay;
            public bool? maximize;
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }) { }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor square_avg;
            public Tensor acc_delta;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { (step, square_avg, acc_delta) = (0, Zeros(), Zeros()); }
        }
    }
}
