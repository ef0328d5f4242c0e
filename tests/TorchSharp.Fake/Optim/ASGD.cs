// ASGD.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class ASGD : OptimizerHelper
    {
        public ASGD(IEnumerable<Parameter> parameters, double lr = 0.01, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }
        public ASGD(IEnumerable<ParamGroup<Options>> parameters, double lr = 0.01, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, o.maximize, o.weight_decay, (s, x, g) =>
            {
                s.step++;
                var average = s.ax.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    x[i] = x[i] * (1 - o.lambd.Value * s.eta) - s.eta * g[i];
                    average[i] += (x[i] - average[i]) * s.mu;
                }
                s.eta = group.LearningRate / Math.Pow(1 + o.lambd.Value * group.LearningRate * s.step, o.alpha.Value);
                s.mu = 1 / Math.Max(1, s.step - o.t0.Value);
            });
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            Track(param_group, p => new State(p));
        }

        public class Options : OptimizerOptions
        {
            public bool? maximize;
            public double? lambd;
            public double? alpha;
            public double? weight_decay;
            public double? t0;
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.01, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay }) { }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public double eta;
            public double mu;
            public Tensor ax;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { (step, eta, mu, ax) = (0, options.LearningRate ?? 0, 1, Zeros()); }
        }
    }
}
