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

        public override Tensor step(Func<Tensor> closure = null)
            => _step<ParamGroup>(group => Descend(group, ((Options)group.Options).maximize ?? false), closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            foreach (var p in param_group.Parameters) _state[p.Handle] = new State(p);
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
            public void Dispose() { }
            public override void to(Device device) { }
            public override void LoadStateDict(BinaryReader reader) { }
            public override void LoadStateDict(OptimizerState source) { }
            public override void SaveStateDict(BinaryWriter writer) { }
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { }
        }
    }
}
