using System;
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Residual
{
    public class BasicBlock : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> body;
        private readonly Module<Tensor, Tensor> shortcut;

        public BasicBlock(long inChannels, long outChannels, long stride) : base(nameof(BasicBlock))
        {
            body = Sequential(
                ("conv1", Conv2d(inChannels, outChannels, 3, stride: stride, padding: 1, bias: false)),
                ("bn1", BatchNorm2d(outChannels)),
                ("relu1", ReLU()),
                ("conv2", Conv2d(outChannels, outChannels, 3, padding: 1, bias: false)),
                ("bn2", BatchNorm2d(outChannels)));

            shortcut = stride != 1 || inChannels != outChannels
                ? Sequential(("conv", Conv2d(inChannels, outChannels, 1, stride: stride, bias: false)), ("bn", BatchNorm2d(outChannels)))
                : Identity();
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var sum = body.call(input) + shortcut.call(input);
            return functional.relu(sum);
        }
    }

    public class ResNet : Module<Tensor, Tensor>
    {
        private readonly Sequential layers;

        public ResNet(int numClasses, int[] blocks) : base(nameof(ResNet))
        {
            var modules = new List<(string, Module<Tensor, Tensor>)>
            {
                ("stem", Conv2d(3, 64, 3, padding: 1, bias: false)),
                ("bn", BatchNorm2d(64)),
                ("relu", ReLU(inplace: true)),
            };

            long inChannels = 64;
            var widths = new long[] { 64, 128, 256, 512 };
            for (var stage = 0; stage < blocks.Length; stage++)
            {
                for (var i = 0; i < blocks[stage]; i++)
                {
                    modules.Add(($"block-{stage}-{i}", new BasicBlock(inChannels, widths[stage], stage > 0 && i == 0 ? 2 : 1)));
                    inChannels = widths[stage];
                }
            }

            modules.Add(("pool", AdaptiveAvgPool2d(1)));
            modules.Add(("flatten", Flatten()));
            modules.Add(("head", Linear(inChannels, numClasses)));
            layers = Sequential(modules);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => layers.call(input);
    }

    internal static class Cifar
    {
        private static readonly double[] Means = { 0.4914, 0.4822, 0.4465 };
        private static readonly double[] Deviations = { 0.247, 0.243, 0.261 };

        internal static void Run(string root, int epochs = 30)
        {
            var device = cuda_is_available() ? CUDA : CPU;
            var augment = torchvision.transforms.Compose(
                torchvision.transforms.RandomHorizontalFlip(),
                torchvision.transforms.RandomResizedCrop(32, 32),
                torchvision.transforms.Normalize(Means, Deviations));
            var plain = torchvision.transforms.Compose(torchvision.transforms.Normalize(Means, Deviations));

            using var trainSet = torchvision.datasets.CIFAR10(root, true, true, augment);
            using var testSet = torchvision.datasets.CIFAR10(root, false, true, plain);
            using var trainLoader = new DataLoader(trainSet, 128, shuffle: true, device: device, num_worker: 4);
            using var testLoader = new DataLoader(testSet, 256, shuffle: false, device: device);

            using var model = new ResNet(10, new[] { 2, 2, 2, 2 });
            model.to(device);
            using var optimizer = optim.SGD(model.parameters(), 0.1, momentum: 0.9, weight_decay: 5e-4);
            var scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr: 0.1, epochs: epochs, steps_per_epoch: (int)trainLoader.Count);
            var criterion = CrossEntropyLoss();

            var best = 0.0;
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                model.train();
                double running = 0;
                int batches = 0;
                foreach (var batch in trainLoader)
                {
                    using var d = NewDisposeScope();
                    optimizer.zero_grad();
                    var logits = model.call(batch["data"]);
                    var loss = criterion.call(logits, batch["label"]);
                    loss.backward();
                    optimizer.step();
                    scheduler.step();
                    running += loss.item<float>();
                    batches++;
                }

                var accuracy = Evaluate(model, testLoader);
                Console.WriteLine($"{epoch}: loss {running / batches:F3}, accuracy {accuracy:P1}");
                if (accuracy > best)
                {
                    best = accuracy;
                    model.save("resnet.best.dat");
                }
            }
        }

        private static double Evaluate(ResNet model, DataLoader loader)
        {
            model.eval();
            using var _ = no_grad();
            long right = 0, total = 0;
            foreach (var batch in loader)
            {
                using var d = NewDisposeScope();
                var guess = model.call(batch["data"]).argmax(1);
                right += (guess == batch["label"]).sum().item<long>();
                total += guess.shape[0];
            }

            return (double)right / total;
        }
    }
}
