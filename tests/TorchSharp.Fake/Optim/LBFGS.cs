// The one optimizer that needs a closure.

using System;
using System.Collections.Generic;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class LBFGS : optim.Optimizer, optim.ILearningRateController
    {
        internal LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-05, double tolerance_change = 1e-09, long history_size = 100) : base(IntPtr.Zero)
        {
            (_rate, InitialLearningRate) = (lr, lr);
            _parameter_groups.Add(new ParamGroup<OptimizerOptions> { Parameters = parameters, Options = new OptimizerOptions { LearningRate = lr, InitialLearningRate = lr } });
        }

        public double LearningRate { get => _rate; set => _rate = value; }
        public double InitialLearningRate { get; set; }
        public override IEnumerable<optim.ILearningRateController> ParamGroups => new optim.ILearningRateController[] { this };

        public override Tensor step(Func<Tensor> closure)
        {
            if (closure is null) throw new ArgumentNullException(nameof(closure));
            using (enable_grad())
            {
                var loss = closure();
                using (no_grad())
                    foreach (var p in parameters())
                        if (p._grad is not null) p.Put(Kernel.Zip(p, p._grad, (x, g) => x - _rate * g, p.dtype));
                return loss;
            }
        }

        public double _rate;
    }
}
