using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Models;

/// <summary>The encoder of a pretrained <see cref="Autoencoder"/> with a new head on it.</summary>
public sealed class CodeClassifier : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> encoder;
    private readonly Module<Tensor, Tensor> head;

    public CodeClassifier(int classes) : base(nameof(CodeClassifier))
    {
        encoder = Autoencoder.MakeEncoder();
        head = Sequential(ReLU(), Dropout(0.5), Linear(Autoencoder.CodeSize, classes));
        RegisterComponents();
    }

    public Module<Tensor, Tensor> Encoder => encoder;

    public override Tensor forward(Tensor input)
    {
        using var code = encoder.forward(input);
        return head.forward(code);
    }
}
