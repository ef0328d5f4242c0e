using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Characters;

public class CharModel : Module<Tensor, (Tensor, Tensor)?, (Tensor, (Tensor, Tensor))>
{
    private readonly Embedding embedding;
    private readonly LSTM lstm;
    private readonly Dropout dropout;
    private readonly Linear decoder;

    public CharModel(int vocabulary, int hidden, int layers) : base("CharModel")
    {
        embedding = Embedding(vocabulary, 64);
        lstm = LSTM(64, hidden, numLayers: layers, batchFirst: true, dropout: 0.2);
        dropout = Dropout(0.3);
        decoder = Linear(hidden, vocabulary);
        RegisterComponents();
    }

    public override (Tensor, (Tensor, Tensor)) forward(Tensor input, (Tensor, Tensor)? state)
    {
        var embedded = embedding.call(input);
        var (output, h, c) = lstm.call(embedded, state);
        return (decoder.call(dropout.call(output)), (h, c));
    }
}

public class Corpus
{
    private readonly string text;
    private readonly Dictionary<char, long> index;

    public Corpus(string path)
    {
        text = File.ReadAllText(path);
        Characters = text.Distinct().Order().ToArray();
        index = Characters.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => (long)p.i);
    }

    public char[] Characters { get; }

    public Tensor Encode(string s) => tensor(s.Select(c => index[c]).ToArray());

    /// <summary>Chunks in their order: row r of a chunk goes on where row r of the chunk before ended.</summary>
    public IEnumerable<(Tensor input, Tensor target)> Chunks(int rows, int length)
    {
        var all = Encode(text);
        var perRow = (all.shape[0] - 1) / rows;
        var inputs = all.slice(0, 0, rows * perRow, 1).view(rows, perRow);
        var targets = all.slice(0, 1, rows * perRow + 1, 1).view(rows, perRow);
        for (long at = 0; at + length <= perRow; at += length)
            yield return (inputs.slice(1, at, at + length, 1), targets.slice(1, at, at + length, 1));
    }
}

public static class Trainer
{
    public static void Run(Corpus corpus, int epochs = 20)
    {
        var model = new CharModel(corpus.Characters.Length, 256, 2);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        var scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma: 0.95);

        for (var epoch = 0; epoch < epochs; epoch++)
        {
            model.train();
            (Tensor, Tensor)? state = null;
            var losses = new List<float>();
            foreach (var (input, target) in corpus.Chunks(32, 100))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var (logits, (h, c)) = model.call(input, state);
                var loss = functional.cross_entropy(logits.reshape(-1, logits.shape[2]), target.reshape(-1));
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
                losses.Add(loss.item<float>());
                state = (h.detach().MoveToOuterDisposeScope(), c.detach().MoveToOuterDisposeScope());
            }

            scheduler.step();
            Console.WriteLine($"epoch {epoch}: {losses.Average():F3}  {Generate(model, corpus, "The ", 80)}");
        }
    }

    private static string Generate(CharModel model, Corpus corpus, string prompt, int length)
    {
        model.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var text = prompt;
        (Tensor, Tensor)? state = null;
        var input = corpus.Encode(prompt).unsqueeze(0);
        for (var i = 0; i < length; i++)
        {
            var (logits, next) = model.call(input, state);
            var last = logits.select(1, -1);
            var choice = functional.softmax(last / 0.8, 1).multinomial(1);
            text += corpus.Characters[choice.ToInt64()];
            (input, state) = (choice, next);
        }

        return text;
    }
}
