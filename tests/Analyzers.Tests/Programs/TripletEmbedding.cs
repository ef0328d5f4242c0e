using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Faces
{
    public class EmbeddingNet : Module<Tensor, Tensor>
    {
        private Conv2d conv1, conv2;
        private PReLU prelu1, prelu2;
        private Linear fc1, fc2;

        public EmbeddingNet(string name = "embedding") : base(name)
        {
            conv1 = Conv2d(1, 32, 5);
            prelu1 = PReLU(32);
            conv2 = Conv2d(32, 64, 5);
            prelu2 = PReLU(64);
            fc1 = Linear(64 * 4 * 4, 256);
            fc2 = Linear(256, 64);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = functional.max_pool2d(prelu1.forward(conv1.forward(x)), 2);
            x = functional.max_pool2d(prelu2.forward(conv2.forward(x)), 2);
            x = x.view(x.shape[0], -1);
            x = fc1.forward(x).relu();
            return functional.normalize(fc2.forward(x));
        }
    }

    public record Triplet(Tensor Anchor, Tensor Positive, Tensor Negative);

    public static class TripletTraining
    {
        private const double Margin = 0.2;

        public static void Train(Func<int, IEnumerable<Triplet>> sample, int epochs, Device device)
        {
            using (var model = new EmbeddingNet())
            {
                model.to(device);
                using (var optimizer = optim.NAdam(model.parameters(), lr: 1e-3))
                using (var lossFunction = TripletMarginLoss(margin: Margin))
                {
                    var scheduler = optim.lr_scheduler.StepLR(optimizer, step_size: 8, gamma: 0.1);
                    for (int epoch = 0; epoch < epochs; epoch++)
                    {
                        List<double> losses = new List<double>();
                        foreach (var triplet in sample(500))
                        {
                            using (var scope = NewDisposeScope())
                            {
                                optimizer.zero_grad();
                                var anchor = model.forward(triplet.Anchor.to(device));
                                var positive = model.forward(triplet.Positive.to(device));
                                var negative = model.forward(triplet.Negative.to(device));
                                var loss = lossFunction.forward(anchor, positive, negative);
                                losses.Add(loss.ToDouble());
                                loss.backward();
                                optimizer.step();
                            }
                        }

                        scheduler.step();
                        Console.WriteLine("Epoch {0}: {1:F4}", epoch, losses.Average());
                    }
                }

                model.save("embedding.dat");
            }
        }

        public static double Distance(EmbeddingNet model, Tensor a, Tensor b)
        {
            model.eval();
            using (no_grad())
            using (NewDisposeScope())
            {
                return functional.pairwise_distance(model.forward(a), model.forward(b)).mean().ToDouble();
            }
        }
    }
}
