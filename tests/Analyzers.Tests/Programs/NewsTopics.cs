using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace News;

public class TopicModel : Module<Tensor, Tensor, Tensor>
{
    private readonly EmbeddingBag embedding;
    private readonly Linear fc;

    public TopicModel(long vocabulary, long dimension, long topics) : base("TopicModel")
    {
        embedding = EmbeddingBag(vocabulary, dimension, sparse: false);
        fc = Linear(dimension, topics);
        InitializeWeights();
        RegisterComponents();
    }

    private void InitializeWeights()
    {
        const double range = 0.5;
        init.uniform_(embedding.weight!, -range, range);
        init.uniform_(fc.weight!, -range, range);
        init.zeros_(fc.bias!);
    }

    public override Tensor forward(Tensor text, Tensor offsets) => fc.call(embedding.call(text, offsets));
}

public class NewsTrainer
{
    private const int LogInterval = 250;
    private readonly TopicModel model;
    private readonly CrossEntropyLoss criterion = CrossEntropyLoss();
    private readonly optim.Optimizer optimizer;
    private readonly optim.lr_scheduler.LRScheduler scheduler;

    public NewsTrainer(TopicModel model)
    {
        this.model = model;
        optimizer = optim.SGD(model.parameters(), learningRate: 5.0);
        scheduler = optim.lr_scheduler.StepLR(optimizer, 1, gamma: 0.1);
    }

    public void Run(IReadOnlyList<(long label, long[] words)> train, IReadOnlyList<(long label, long[] words)> valid, int epochs)
    {
        double? best = null;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            Train(epoch, Collate(train.OrderBy(_ => Random.Shared.Next()), 64));
            var accuracy = Evaluate(Collate(valid, 64));
            if (best > accuracy) scheduler.step();
            else best = accuracy;
            Console.WriteLine($"| end of epoch {epoch,3} | valid accuracy {accuracy,8:F3}");
        }
    }

    private static IEnumerable<(Tensor label, Tensor text, Tensor offsets)> Collate(IEnumerable<(long label, long[] words)> items, int size)
    {
        foreach (var chunk in items.Chunk(size))
        {
            var offsets = new List<long> { 0 };
            foreach (var (_, words) in chunk.SkipLast(1)) offsets.Add(offsets[^1] + words.Length);
            yield return (tensor(chunk.Select(c => c.label).ToArray()), tensor(chunk.SelectMany(c => c.words).ToArray()), tensor(offsets.ToArray()));
        }
    }

    private void Train(int epoch, IEnumerable<(Tensor label, Tensor text, Tensor offsets)> batches)
    {
        model.train();
        var (right, seen, index) = (0.0, 0L, 0);
        foreach (var (label, text, offsets) in batches)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var scores = model.call(text, offsets);
            var loss = criterion.call(scores, label);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 0.1);
            optimizer.step();
            right += scores.argmax(1).eq(label).sum().ToDouble();
            seen += label.size(0);
            if (++index % LogInterval == 0)
            {
                Console.WriteLine($"| epoch {epoch} | batch {index} | loss {loss.ToSingle():F3} | accuracy {right / seen:F3}");
                (right, seen) = (0, 0);
            }
        }
    }

    private double Evaluate(IEnumerable<(Tensor label, Tensor text, Tensor offsets)> batches)
    {
        model.eval();
        var (right, seen) = (0.0, 0L);
        using (no_grad())
        {
            foreach (var (label, text, offsets) in batches)
            {
                using var scope = NewDisposeScope();
                right += model.call(text, offsets).argmax(1).eq(label).sum().ToDouble();
                seen += label.size(0);
            }
        }

        return right / seen;
    }
}
