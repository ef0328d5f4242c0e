using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Models;

/// <summary>Small enough for a phone: one convolution and one linear layer.</summary>
public sealed class StudentNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv;
    private readonly Module<Tensor, Tensor> pool;
    private readonly Module<Tensor, Tensor> head;

    public StudentNet(int classes) : base(nameof(StudentNet))
    {
        conv = Conv2d(1, 8, 5, padding: 2);
        pool = AdaptiveAvgPool2d(7);
        head = Linear(8 * 7 * 7, classes);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = pool.forward(conv.forward(input).relu());
        return head.forward(x.flatten(1)).MoveToOuterDisposeScope();
    }
}
