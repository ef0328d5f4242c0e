using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SmallGpt;

public sealed record GptConfig(int Vocabulary, int Context = 128, int Width = 192, int Heads = 6, int Layers = 6, double Dropout = 0.1);

public sealed class CausalAttention : Module<Tensor, Tensor>
{
    private readonly Linear qkv, projection;
    private readonly Dropout attentionDropout, outputDropout;
    private readonly Tensor mask;
    private readonly int heads;

    public CausalAttention(GptConfig config) : base(nameof(CausalAttention))
    {
        heads = config.Heads;
        qkv = Linear(config.Width, 3 * config.Width, hasBias: false);
        projection = Linear(config.Width, config.Width);
        attentionDropout = Dropout(config.Dropout);
        outputDropout = Dropout(config.Dropout);
        mask = ones(config.Context, config.Context).tril().view(1, 1, config.Context, config.Context);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (b, t, c) = (x.shape[0], x.shape[1], x.shape[2]);
        var parts = qkv.call(x).chunk(3, 2);
        var q = parts[0].view(b, t, heads, c / heads).transpose(1, 2);
        var k = parts[1].view(b, t, heads, c / heads).transpose(1, 2);
        var v = parts[2].view(b, t, heads, c / heads).transpose(1, 2);
        var scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(c / heads);
        scores = scores.masked_fill(mask.slice(2, 0, t, 1).slice(3, 0, t, 1).eq(0), double.NegativeInfinity);
        var attention = attentionDropout.call(functional.softmax(scores, -1));
        var y = attention.matmul(v).transpose(1, 2).contiguous().view(b, t, c);
        return outputDropout.call(projection.call(y));
    }
}

public sealed class Block : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1, norm2;
    private readonly CausalAttention attention;
    private readonly Sequential mlp;

    public Block(GptConfig config) : base(nameof(Block))
    {
        norm1 = LayerNorm(config.Width);
        norm2 = LayerNorm(config.Width);
        attention = new CausalAttention(config);
        mlp = Sequential(Linear(config.Width, 4 * config.Width), GELU(), Linear(4 * config.Width, config.Width), Dropout(config.Dropout));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + attention.call(norm1.call(x));
        return x + mlp.call(norm2.call(x));
    }
}

public sealed class Gpt : Module<Tensor, Tensor>
{
    private readonly Embedding tokens, positions;
    private readonly Dropout dropout;
    private readonly ModuleList<Block> blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    public Gpt(GptConfig config) : base(nameof(Gpt))
    {
        tokens = Embedding(config.Vocabulary, config.Width);
        positions = Embedding(config.Context, config.Width);
        dropout = Dropout(config.Dropout);
        blocks = ModuleList(Enumerable.Range(0, config.Layers).Select(_ => new Block(config)).ToArray());
        norm = LayerNorm(config.Width);
        head = Linear(config.Width, config.Vocabulary, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        var position = arange(0, ids.shape[1], dtype: ScalarType.Int64, device: ids.device);
        var x = dropout.call(tokens.call(ids) + positions.call(position));
        foreach (var block in blocks)
            x = block.call(x);
        return head.call(norm.call(x));
    }
}

public sealed class GptTrainer(Gpt model, Tensor training, Tensor validation, int context, Device device)
{
    private const int BatchSize = 32;
    private readonly Random random = new(7);

    private (Tensor x, Tensor y) Batch(Tensor data)
    {
        var starts = Enumerable.Range(0, BatchSize).Select(_ => random.NextInt64(data.shape[0] - context - 1)).ToArray();
        var x = stack(starts.Select(s => data.slice(0, s, s + context, 1)));
        var y = stack(starts.Select(s => data.slice(0, s + 1, s + context + 1, 1)));
        return (x.to(device), y.to(device));
    }

    private static Tensor Loss(Tensor logits, Tensor y) => functional.cross_entropy(logits.view(-1, logits.shape[^1]), y.view(-1));

    private double EstimateLoss(Tensor data)
    {
        model.eval();
        using var guard = no_grad();
        var sum = 0.0;
        for (var i = 0; i < 20; i++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = Batch(data);
            sum += Loss(model.call(x), y).ToDouble();
        }

        model.train();
        return sum / 20;
    }

    public void Train(int steps)
    {
        model.to(device);
        var decayed = model.parameters().Where(p => p.dim() >= 2);
        var others = model.parameters().Where(p => p.dim() < 2);
        var optimizer = optim.AdamW(new[]
        {
            new AdamW.ParamGroup(decayed, new AdamW.Options { weight_decay = 0.1 }),
            new AdamW.ParamGroup(others, new AdamW.Options { weight_decay = 0 }),
        }, lr: 3e-4);
        var scheduler = optim.lr_scheduler.LambdaLR(optimizer, step => step < 100 ? (step + 1) / 100.0 : 0.5 * (1 + Math.Cos(Math.PI * step / steps)));

        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            if (step % 250 == 0)
                Console.WriteLine($"step {step}: train {EstimateLoss(training):F4}, validation {EstimateLoss(validation):F4}");
            var (x, y) = Batch(training);
            var loss = Loss(model.call(x), y);
            optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            scheduler.step();
        }
    }
}
