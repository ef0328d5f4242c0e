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
        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group => Descend(group, false), closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            foreach (var p in param_group.Parameters) _state[p.Handle] = new State(p);
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
