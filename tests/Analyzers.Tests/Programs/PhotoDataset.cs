using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torchvision;

namespace Photos;

public sealed class PhotoFolder : torch.utils.data.Dataset
{
    private readonly List<(string path, long label)> items = new();
    private readonly ITransform transform;

    public PhotoFolder(string root, ITransform transform)
    {
        this.transform = transform;
        Classes = Directory.GetDirectories(root).Select(Path.GetFileName).OrderBy(n => n).ToArray()!;
        for (var c = 0; c < Classes.Length; c++)
            items.AddRange(Directory.EnumerateFiles(Path.Combine(root, Classes[c]), "*.jpg").Select(p => (p, (long)c)));
    }

    public string[] Classes { get; }

    public override long Count => items.Count;

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var (path, label) = items[(int)index];
        using var image = io.read_image(path, io.ImageReadMode.RGB);
        return new Dictionary<string, Tensor>
        {
            { "image", transform.call(image) },
            { "label", tensor(label) },
        };
    }
}

public class PhotoNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> features;
    private readonly Module<Tensor, Tensor> classifier;

    public PhotoNet(int classes) : base("PhotoNet")
    {
        features = Sequential(
            ("c1", Conv2d(3, 32, 3, padding: 1)),
            ("b1", BatchNorm2d(32)),
            ("r1", ReLU()),
            ("p1", MaxPool2d(2)),
            ("c2", Conv2d(32, 64, 3, padding: 1)),
            ("b2", BatchNorm2d(64)),
            ("r2", ReLU()),
            ("p2", AdaptiveAvgPool2d(new long[] { 4, 4 })));
        classifier = Sequential(
            ("flatten", Flatten()),
            ("drop", Dropout(0.4)),
            ("fc1", Linear(1024, 128)),
            ("relu", ReLU()),
            ("fc2", Linear(128, classes)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => classifier.forward(features.forward(input));
}

public static class Program
{
    private static readonly double[] Mean = { 0.485, 0.456, 0.406 };
    private static readonly double[] Std = { 0.229, 0.224, 0.225 };

    public static void Main(string[] args)
    {
        var root = args.FirstOrDefault() ?? "photos";
        var device = cuda.is_available() ? CUDA : CPU;
        var trainTransform = transforms.Compose(
            transforms.ConvertImageDtype(ScalarType.Float32),
            transforms.RandomResizedCrop(128, 128),
            transforms.RandomHorizontalFlip(0.5),
            transforms.Normalize(Mean, Std));
        var validTransform = transforms.Compose(
            transforms.ConvertImageDtype(ScalarType.Float32),
            transforms.Resize(144),
            transforms.CenterCrop(128),
            transforms.Normalize(Mean, Std));

        using var train = new PhotoFolder(Path.Combine(root, "train"), trainTransform);
        using var valid = new PhotoFolder(Path.Combine(root, "valid"), validTransform);
        using var trainLoader = torch.utils.data.DataLoader(train, 32, shuffle: true, device: device, num_worker: 2);
        using var validLoader = torch.utils.data.DataLoader(valid, 64, device: device);

        using var model = new PhotoNet(train.Classes.Length);
        model.to(device);
        using var optimizer = optim.SGD(model.parameters(), 0.01, 0.9);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 7, 0.1);
        var writer = torch.utils.tensorboard.SummaryWriter("runs/photos");
        using var criterion = CrossEntropyLoss();
        var step = 0;

        for (var epoch = 0; epoch < 25; epoch++)
        {
            model.train();
            foreach (var batch in trainLoader)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                using var output = model.forward(batch["image"]);
                using var loss = criterion.forward(output, batch["label"]);
                loss.backward();
                optimizer.step();
                writer.add_scalar("loss/train", loss.item<float>(), step++);
            }

            scheduler.step();
            var (loss2, accuracy) = Validate(model, criterion, validLoader);
            writer.add_scalar("loss/valid", loss2, step);
            writer.add_scalar("accuracy", accuracy, step);
        }

        model.save(Path.Combine(root, "photonet.dat"));
    }

    private static (float, float) Validate(PhotoNet model, CrossEntropyLoss criterion, DataLoader loader)
    {
        model.eval();
        using var _ = no_grad();
        var loss = 0f;
        var correct = 0L;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(batch["image"]);
            loss += criterion.forward(output, batch["label"]).item<float>();
            correct += output.argmax(1).eq(batch["label"]).sum().item<long>();
        }

        return (loss / loader.Count, (float)correct / loader.dataset.Count);
    }
}
