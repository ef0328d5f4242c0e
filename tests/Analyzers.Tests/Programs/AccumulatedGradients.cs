using System;
using System.Collections.Generic;
using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Accumulation
{
    /// <summary>Large batches on a small card: gradients of several are added up before one step.</summary>
    public class AccumulatingTrainer
    {
        private readonly nn.Module<Tensor, Tensor> _model;
        private readonly Device _device;
        private readonly int _accumulate;
        private optim.Optimizer _optimizer;
        private optim.lr_scheduler.LRScheduler _scheduler;

        public AccumulatingTrainer(nn.Module<Tensor, Tensor> model, Device device, int accumulate, double learningRate)
        {
            _model = model;
            _device = device;
            _accumulate = accumulate;
            _model.to(_device);
            _optimizer = optim.AdamW(_model.parameters(), lr: learningRate);
            _scheduler = optim.lr_scheduler.CosineAnnealingLR(_optimizer, T_max: 20);
        }

        public void Train(IReadOnlyList<(Tensor input, Tensor label)> batches, int epochs)
        {
            var watch = Stopwatch.StartNew();
            for (int epoch = 0; epoch < epochs; ++epoch)
            {
                _model.train();
                double epochLoss = 0;
                _optimizer.zero_grad();
                for (int i = 0; i < batches.Count; ++i)
                {
                    using var scope = NewDisposeScope();
                    var input = batches[i].input.to(_device);
                    var label = batches[i].label.to(_device);
                    var logits = _model.call(input);
                    var loss = nn.functional.cross_entropy(logits, label, label_smoothing: 0.1) / _accumulate;
                    loss.backward();
                    epochLoss += loss.ToDouble() * _accumulate;

                    var last = i + 1 == batches.Count;
                    if ((i + 1) % _accumulate == 0 || last)
                    {
                        nn.utils.clip_grad_norm_(_model.parameters(), max_norm: 5);
                        _optimizer.step();
                        _optimizer.zero_grad();
                    }
                }

                _scheduler.step();
                Log(epoch, epochLoss / batches.Count, watch.Elapsed);
            }
        }

        public double Test(IEnumerable<(Tensor input, Tensor label)> batches)
        {
            _model.eval();
            long correct = 0, all = 0;
            using (no_grad())
            {
                foreach (var (input, label) in batches)
                {
                    using var scope = NewDisposeScope();
                    var predicted = _model.call(input.to(_device)).argmax(1);
                    correct += predicted.eq(label.to(_device)).sum().ToInt64();
                    all += label.shape[0];
                }
            }

            return 100.0 * correct / all;
        }

        private void Log(int epoch, double loss, TimeSpan elapsed)
        {
            foreach (var rate in _scheduler.get_last_lr())
                Console.WriteLine($"[{elapsed:mm\\:ss}] epoch {epoch} loss {loss:0.0000} rate {rate}");
        }
    }

    public static class Models
    {
        public static nn.Module<Tensor, Tensor> Small(int classes)
        {
            var layers = new List<nn.Module<Tensor, Tensor>>();
            layers.Add(nn.Conv2d(3, 32, 5, stride: 2));
            layers.Add(nn.ReLU());
            layers.Add(nn.Conv2d(32, 64, 3, stride: 2));
            layers.Add(nn.ReLU());
            layers.Add(nn.AdaptiveAvgPool2d(4));
            layers.Add(nn.Flatten());
            layers.Add(nn.Linear(64 * 4 * 4, 256));
            layers.Add(nn.ReLU());
            layers.Add(nn.Dropout(0.5));
            layers.Add(nn.Linear(256, classes));
            return nn.Sequential(layers);
        }
    }
}
