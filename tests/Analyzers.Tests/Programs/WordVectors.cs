using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace WordVectors
{
    /// <summary>Skip-gram with negative sampling: a loss of our own, no labels.</summary>
    public sealed class SkipGram : nn.Module<Tensor, Tensor, Tensor, Tensor>
    {
        private readonly Embedding inner;
        private readonly Embedding outer;

        public SkipGram(long vocabulary, long dimensions) : base("SkipGram")
        {
            inner = nn.Embedding(vocabulary, dimensions);
            outer = nn.Embedding(vocabulary, dimensions);
            RegisterComponents();
            nn.init.uniform_(inner.weight!, -0.5 / dimensions, 0.5 / dimensions);
            nn.init.zeros_(outer.weight!);
        }

        public Tensor Vectors => inner.weight!.detach();

        public override Tensor forward(Tensor center, Tensor context, Tensor negatives)
        {
            var c = inner.call(center);
            var positive = (c * outer.call(context)).sum(1);
            var negative = outer.call(negatives).bmm(c.unsqueeze(2)).squeeze(2);
            return -(nn.functional.logsigmoid(positive) + nn.functional.logsigmoid(-negative).sum(1)).mean();
        }
    }

    public sealed class Vocabulary
    {
        private readonly Dictionary<string, long> index = new();
        private readonly List<float> counts = new();

        public Vocabulary(IEnumerable<string[]> sentences, int least)
        {
            foreach (var group in sentences.SelectMany(s => s).GroupBy(w => w).Where(g => g.Count() >= least))
            {
                index.Add(group.Key, counts.Count);
                counts.Add(MathF.Pow(group.Count(), 0.75f));
            }
        }

        public int Count => counts.Count;

        public Tensor Frequencies => tensor(counts.ToArray());

        public IEnumerable<long> Encode(string[] sentence) => from word in sentence where index.ContainsKey(word) select index[word];
    }

    public static class Program
    {
        private static IEnumerable<(long center, long context)> Pairs(long[] words, int window)
        {
            for (int i = 0; i < words.Length; i++)
                for (int j = Math.Max(0, i - window); j < Math.Min(words.Length, i + window + 1); j++)
                    if (i != j)
                        yield return (words[i], words[j]);
        }

        public static Tensor Train(IReadOnlyList<string[]> sentences, int epochs)
        {
            var vocabulary = new Vocabulary(sentences, 5);
            var pairs = sentences.SelectMany(s => Pairs(vocabulary.Encode(s).ToArray(), 4)).ToArray();
            var frequencies = vocabulary.Frequencies;
            var model = new SkipGram(vocabulary.Count, 100);
            var optimizer = optim.SGD(model.parameters(), 0.025);
            var total = (long)epochs * pairs.Length;
            var scheduler = optim.lr_scheduler.LambdaLR(optimizer, e => Math.Max(1e-4, 1.0 - (double)e / epochs));

            for (int epoch = 0; epoch < epochs; epoch++)
            {
                Random.Shared.Shuffle(pairs);
                double sum = 0;
                int batches = 0;
                foreach (var chunk in pairs.Chunk(512))
                {
                    using var scope = NewDisposeScope();
                    var center = tensor(chunk.Select(p => p.center).ToArray());
                    var context = tensor(chunk.Select(p => p.context).ToArray());
                    var negatives = frequencies.multinomial(chunk.Length * 5, true).view(chunk.Length, 5);
                    var loss = model.call(center, context, negatives);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    sum += loss.item<float>();
                    batches++;
                }

                scheduler.step();
                Console.WriteLine($"{epoch + 1}/{epochs} of {total} pairs: {sum / batches:F3}");
            }

            return model.Vectors.clone();
        }
    }
}
