// Rprop.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class Rprop : OptimizerHelper
    {
        public Rprop(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }
        public Rprop(IEnumerable<ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }

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
            public double? etaminus;
            public double? etaplus;
            public double? min_step;
            public double? max_step;
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }) { }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor prev;
            public Tensor step_size;
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
