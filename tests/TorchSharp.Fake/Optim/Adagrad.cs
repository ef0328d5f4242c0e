// Adagrad.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class Adagrad : OptimizerHelper
    {
        public Adagrad(IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps }, Groups.Of<Options, ParamGroup>(parameters)); }
        public Adagrad(IEnumerable<ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps }, Groups.Of<Options, ParamGroup>(parameters)); }
        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, false, o.weight_decay, (s, x, g) =>
            {
                var rate = group.LearningRate / (1 + s.step++ * o.lr_decay.Value);
                var sums = s.sum.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    sums[i] += g[i] * g[i];
                    x[i] -= rate * g[i] / (Math.Sqrt(sums[i]) + o.eps.Value);
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
            public double? lr_decay;
            public double? initial_accumulator_value;
            public double? eps;
            public double? weight_decay;
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps }) { }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor sum;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options)
            {
                (step, sum) = (0, Zeros());
                sum._storage.Set(((Options)options).initial_accumulator_value ?? 0);
            }
        }
    }
}
