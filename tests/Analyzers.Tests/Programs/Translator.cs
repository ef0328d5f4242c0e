using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Translation;

public class EncoderRnn : Module<Tensor, (Tensor outputs, Tensor hidden)>
{
    private readonly Embedding embedding;
    private readonly GRU gru;
    private readonly Dropout dropout;

    public EncoderRnn(int vocabulary, int hidden) : base("EncoderRnn")
    {
        embedding = Embedding(vocabulary, hidden);
        gru = GRU(hidden, hidden, batchFirst: true);
        dropout = Dropout(0.1);
        RegisterComponents();
    }

    public override (Tensor outputs, Tensor hidden) forward(Tensor input)
    {
        var embedded = dropout.forward(embedding.forward(input));
        return gru.forward(embedded);
    }
}

public class Attention : Module<Tensor, Tensor, (Tensor context, Tensor weights)>
{
    private readonly Linear query, keys, score;

    public Attention(int hidden) : base("Attention")
    {
        query = Linear(hidden, hidden);
        keys = Linear(hidden, hidden);
        score = Linear(hidden, 1);
        RegisterComponents();
    }

    public override (Tensor context, Tensor weights) forward(Tensor q, Tensor k)
    {
        var scores = score.forward(tanh(query.forward(q) + keys.forward(k))).squeeze(2).unsqueeze(1);
        var weights = functional.softmax(scores, -1);
        return (weights.bmm(k), weights);
    }
}

public class DecoderRnn : Module<Tensor, Tensor, Tensor?, Tensor>
{
    private const int MaxLength = 20;
    private readonly Embedding embedding;
    private readonly Attention attention;
    private readonly GRU gru;
    private readonly Linear output;
    private readonly Dropout dropout;

    public DecoderRnn(int vocabulary, int hidden) : base("DecoderRnn")
    {
        embedding = Embedding(vocabulary, hidden);
        attention = new Attention(hidden);
        gru = GRU(2 * hidden, hidden, batchFirst: true);
        output = Linear(hidden, vocabulary);
        dropout = Dropout(0.1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor encoderOutputs, Tensor hidden, Tensor? target)
    {
        var batch = encoderOutputs.shape[0];
        var input = zeros(batch, 1, dtype: ScalarType.Int64, device: encoderOutputs.device);
        var steps = new List<Tensor>();
        for (var i = 0; i < (target?.shape[1] ?? MaxLength); i++)
        {
            Tensor logits;
            (logits, hidden) = Step(input, hidden, encoderOutputs);
            steps.Add(logits);
            input = target is not null ? target.select(1, i).unsqueeze(1) : logits.detach().argmax(2);
        }

        return cat(steps, 1);
    }

    private (Tensor, Tensor) Step(Tensor input, Tensor hidden, Tensor encoderOutputs)
    {
        var embedded = dropout.forward(embedding.forward(input));
        var (context, _) = attention.forward(hidden.permute(1, 0, 2), encoderOutputs);
        var (state, next) = gru.forward(cat(new[] { embedded, context }, 2), hidden);
        return (output.forward(state), next);
    }
}

public class Translator
{
    private readonly EncoderRnn encoder;
    private readonly DecoderRnn decoder;
    private readonly optim.Optimizer encoderOptimizer, decoderOptimizer;
    private readonly CrossEntropyLoss criterion = CrossEntropyLoss(ignore_index: 0);

    public Translator(int source, int target, int hidden, double rate = 1e-3)
    {
        encoder = new EncoderRnn(source, hidden);
        decoder = new DecoderRnn(target, hidden);
        encoderOptimizer = optim.Adam(encoder.parameters(), lr: rate);
        decoderOptimizer = optim.Adam(decoder.parameters(), lr: rate);
    }

    public void Train(IReadOnlyList<(Tensor source, Tensor target)> pairs, int epochs, int printEvery = 5)
    {
        encoder.train();
        decoder.train();
        var sincePrint = 0.0;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            sincePrint += TrainEpoch(pairs);
            if (epoch % printEvery == 0)
            {
                Console.WriteLine($"({epoch * 100 / epochs}%) {sincePrint / printEvery:F4}");
                sincePrint = 0;
            }
        }
    }

    private double TrainEpoch(IReadOnlyList<(Tensor source, Tensor target)> pairs)
    {
        var total = 0.0;
        foreach (var (source, target) in pairs.OrderBy(_ => Random.Shared.Next()))
        {
            using var scope = NewDisposeScope();
            encoderOptimizer.zero_grad();
            decoderOptimizer.zero_grad();
            var (outputs, hidden) = encoder.forward(source);
            var decoded = decoder.forward(outputs, hidden, target);
            var loss = criterion.forward(decoded.view(-1, decoded.size(-1)), target.view(-1));
            loss.backward();
            encoderOptimizer.step();
            decoderOptimizer.step();
            total += loss.item<float>();
        }

        return total / pairs.Count;
    }

    public long[] Translate(Tensor sentence)
    {
        encoder.eval();
        decoder.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (outputs, hidden) = encoder.forward(sentence.unsqueeze(0));
        var decoded = decoder.forward(outputs, hidden, null);
        return decoded.topk(1).indexes.squeeze().data<long>().ToArray();
    }
}
