// SGD.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class SGD : OptimizerHelper, optim.IMomentum
    {
        public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }
        public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }, Groups.Of<Options, ParamGroup>(parameters)); }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, false, o.weight_decay, (s, x, g) =>
            {
                if (o.momentum is { } momentum and not 0)
                {
                    // The first gradient is taken whole.
                    var first = s.momentum_buffer is null;
                    s.momentum_buffer ??= s.Zeros();
                    var m = s.momentum_buffer.Materialize();
                    for (var i = 0; i < x.Length; i++)
                    {
                        m[i] = first ? g[i] : momentum * m[i] + (1 - (o.dampening ?? 0)) * g[i];
                        g[i] = o.nesterov == true ? g[i] + momentum * m[i] : m[i];
                    }
                }
                var rate = o.maximize == true ? -group.LearningRate : group.LearningRate;
                for (var i = 0; i < x.Length; i++) x[i] -= rate * g[i];
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
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }
            public double Momentum { get => Options.momentum ?? 0; set => Options.momentum = value; }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public Tensor momentum_buffer;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { momentum_buffer = null; }
        }
    }
}
