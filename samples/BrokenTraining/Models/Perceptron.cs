using TorchSharp;
using Wardrobe.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Models;

/// <summary>The least that can learn clothes: one hidden layer on the raw pixels.</summary>
public sealed class Perceptron : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden;
    private readonly Module<Tensor, Tensor> output;

    public Perceptron(int width, int classes) : base(nameof(Perceptron))
    {
        hidden = Linear(FashionDataset.Side * FashionDataset.Side, width);
        output = Linear(width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = hidden.forward(input.flatten(1));
        return output.forward(x.relu()).MoveToOuterDisposeScope();
    }
}
