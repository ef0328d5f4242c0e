using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Models;

/// <summary>Two blocks of convolutions and a small classifier on top.</summary>
public sealed class ConvNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> features;
    private readonly Module<Tensor, Tensor> classifier;

    public ConvNet(int classes) : base(nameof(ConvNet))
    {
        features = Sequential(
            Conv2d(1, 32, 3, padding: 1, bias: false),
            BatchNorm2d(32),
            ReLU(),
            MaxPool2d(2),
            Conv2d(32, 64, 3, padding: 1, bias: false),
            BatchNorm2d(64),
            ReLU(),
            MaxPool2d(2));
        classifier = Sequential(
            Flatten(),
            Linear(64 * 7 * 7, 128),
            ReLU(),
            Dropout(0.3),
            Linear(128, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = features.forward(input);
        x = classifier.forward(x);
        return functional.softmax(x, 1);
    }

    /// <summary>What training makes small.</summary>
    public Tensor Loss(Tensor images, Tensor labels) => functional.cross_entropy(forward(images), labels);
}
