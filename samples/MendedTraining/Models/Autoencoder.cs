using TorchSharp;
using Wardrobe.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Models;

/// <summary>Squeezes an image into a code and paints it again from there.</summary>
public sealed class Autoencoder : Module<Tensor, Tensor>
{
    public const int CodeSize = 64;

    private const int Pixels = FashionDataset.Side * FashionDataset.Side;

    private readonly Module<Tensor, Tensor> encoder;
    private readonly Module<Tensor, Tensor> decoder;

    public Autoencoder() : base(nameof(Autoencoder))
    {
        encoder = MakeEncoder();
        decoder = Sequential(Linear(CodeSize, 256), ReLU(), Linear(256, Pixels));
        RegisterComponents();
    }

    public Module<Tensor, Tensor> Encoder => encoder;

    public Module<Tensor, Tensor> Decoder => decoder;

    public static Module<Tensor, Tensor> MakeEncoder() => Sequential(
        Flatten(),
        Linear(Pixels, 256, hasBias: false),
        BatchNorm1d(256),
        ReLU(),
        Linear(256, CodeSize));

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var code = encoder.forward(input);
        return decoder.forward(code).reshape(input.shape).MoveToOuterDisposeScope();
    }
}
