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

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, o.maximize, 0, (s, x, g) =>
            {
                s.step++;
                double[] before = s.prev.Materialize(), sizes = s.step_size.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    var turn = g[i] * before[i];
                    var factor = turn > 0 ? o.etaplus.Value : turn < 0 ? o.etaminus.Value : 1;
                    sizes[i] = Math.Min(Math.Max(sizes[i] * factor, o.min_step.Value), o.max_step.Value);
                    // Where the gradient turned, this step is left out.
                    before[i] = turn < 0 ? 0 : g[i];
                    x[i] -= Math.Sign(before[i]) * sizes[i];
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
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options)
            {
                (step, prev, step_size) = (0, Zeros(), Zeros());
                step_size._storage.Set(options.LearningRate ?? 0);
            }
        }
    }
}
