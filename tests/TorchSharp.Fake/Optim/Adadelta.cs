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

        public override Tensor step(Func<Tensor> closure = null)
            => _step<ParamGroup>(group => Descend(group, ((Options)group.Options).maximize ?? false), closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            foreach (var p in param_group.Parameters) _state[p.Handle] = new State(p);
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
            public void Dispose() { }
            public override void to(Device device) { }
            public override void LoadStateDict(BinaryReader reader) { }
            public override void SaveStateDict(BinaryWriter writer) { }
            public override void LoadStateDict(OptimizerState source) { }
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { }
        }
    }
}
