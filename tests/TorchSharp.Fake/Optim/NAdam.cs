// NAdam.

using System;
using System.Collections.Generic;
using System.IO;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class NAdam : OptimizerHelper, optim.IBetas
    {
        public NAdam(IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay }, Groups.Of<Options, ParamGroup>(parameters)); }
        public NAdam(IEnumerable<ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004) { Begin(new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay }, Groups.Of<Options, ParamGroup>(parameters)); }
        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            Update<State>(group, false, o.weight_decay, (s, x, g) =>
            {
                s.step++;
                double mu = Mu(s.step), next = Mu(s.step + 1), correction = 1 - Math.Pow(o.beta2.Value, s.step);
                s.mu_product *= mu;
                double[] means = s.exp_avg.Materialize(), squares = s.exp_avg_sq.Materialize();
                for (var i = 0; i < x.Length; i++)
                {
                    Moments.Follow(means, squares, i, g[i], o.beta1.Value, o.beta2.Value);
                    var deviation = Math.Sqrt(squares[i] / correction) + o.eps.Value;
                    x[i] -= group.LearningRate * ((1 - mu) / (1 - s.mu_product) * g[i] + next / (1 - s.mu_product * next) * means[i]) / deviation;
                }

                double Mu(long step) => o.beta1.Value * (1 - 0.5 * Math.Pow(0.96, step * o.momentum_decay.Value));
            });
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            base.add_param_group(param_group);
            Track(param_group, p => new State(p));
        }

        public (double, double) Betas {
            get => (Default<Options>().beta1 ?? 0, Default<Options>().beta2 ?? 0);
            set => (Default<Options>().beta1, Default<Options>().beta2) = value;
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;
            public double? momentum_decay;
            public override void LoadStateDict(OptimizerOptions source) => base.LoadStateDict(source);
            public override void LoadStateDict(BinaryReader reader) => base.LoadStateDict(reader);
            public override void SaveStateDict(BinaryWriter writer) => base.SaveStateDict(writer);
        }

        public class ParamGroup : ParamGroup<Options>, optim.IBetas
        {
            public ParamGroup() { }
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004) : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay }) { }
            public (double, double) Betas { get => (Options.beta1 ?? 0, Options.beta2 ?? 0); set => (Options.beta1, Options.beta2) = value; }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public double mu_product;
            public Tensor exp_avg;
            public Tensor exp_avg_sq;
            public State(Parameter parameter) : base(parameter) { }
            public void Dispose() => Release();
            public override void to(Device device) => Move(device);
            public override void LoadStateDict(BinaryReader reader) => Read(reader);
            public override void SaveStateDict(BinaryWriter writer) => Write(writer);
            public override void LoadStateDict(OptimizerState source) => Copy(source);
            public override bool ApproximatelyEquals(OptimizerState other) => base.ApproximatelyEquals(other);
            public override void Initialize(OptimizerOptions options) { (step, mu_product, exp_avg, exp_avg_sq) = (0, 1, Zeros(), Zeros()); }
        }
    }
}
