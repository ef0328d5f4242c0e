using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.utils.data;

namespace Digits;

public sealed class DigitNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 32, 3);
    private readonly Conv2d conv2 = Conv2d(32, 64, 3);
    private readonly Linear fc1 = Linear(9216, 128);
    private readonly Linear fc2 = Linear(128, 10);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Dropout dropout1 = Dropout(0.25);
    private readonly Dropout dropout2 = Dropout(0.5);
    private readonly LogSoftmax logsm = LogSoftmax(1);

    public DigitNet(Device device) : base("DigitNet")
    {
        RegisterComponents();
        this.to(device);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = functional.relu(conv1.forward(input));
        x = functional.relu(conv2.forward(x));
        x = pool.forward(x);
        x = dropout1.forward(x);
        x = x.flatten(1);
        x = functional.relu(fc1.forward(x));
        x = dropout2.forward(x);
        return logsm.forward(fc2.forward(x)).MoveToOuterDisposeScope();
    }
}

public static class Program
{
    private const int Epochs = 10;
    private const int TrainBatchSize = 64;
    private const int TestBatchSize = 256;
    private const int LogInterval = 100;

    public static void Main(string[] args)
    {
        var root = args.Length > 0 ? args[0] : "data";
        var device = cuda.is_available() ? CUDA : CPU;
        random.manual_seed(1);

        var normalize = torchvision.transforms.Normalize(new[] { 0.1307 }, new[] { 0.3081 });
        using var train = DataLoader(torchvision.datasets.MNIST(root, true, download: true, target_transform: normalize), TrainBatchSize, shuffle: true, device: device);
        using var test = DataLoader(torchvision.datasets.MNIST(root, false, download: true, target_transform: normalize), TestBatchSize, device: device);

        using var model = new DigitNet(device);
        using var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 1, 0.7);

        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            Train(model, optimizer, NLLLoss(), train, epoch);
            Test(model, NLLLoss(reduction: Reduction.Sum), test);
            scheduler.step();
        }

        model.save("digits.dat");
    }

    private static void Train(DigitNet model, optim.Optimizer optimizer, Loss<Tensor, Tensor, Tensor> loss, DataLoader loader, int epoch)
    {
        model.train();
        var batchId = 1;
        using (var scope = NewDisposeScope())
        {
            foreach (var data in loader)
            {
                optimizer.zero_grad();
                var target = data["label"];
                var prediction = model.forward(data["data"]);
                var output = loss.forward(prediction, target);
                output.backward();
                optimizer.step();

                if (batchId % LogInterval == 0)
                    Console.WriteLine($"epoch {epoch} [{batchId * TrainBatchSize}] loss {output.ToSingle():F4}");
                batchId++;
                scope.DisposeEverything();
            }
        }
    }

    private static void Test(DigitNet model, Loss<Tensor, Tensor, Tensor> loss, DataLoader loader)
    {
        model.eval();
        var testLoss = 0.0;
        var correct = 0L;
        var size = loader.dataset.Count;
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            foreach (var data in loader)
            {
                var prediction = model.forward(data["data"]);
                var output = loss.forward(prediction, data["label"]);
                testLoss += output.ToSingle();
                correct += prediction.argmax(1).eq(data["label"]).sum().ToInt64();
                scope.DisposeEverything();
            }
        }

        Console.WriteLine($"average loss {testLoss / size:F4}, accuracy {(double)correct / size:P2}");
    }
}
