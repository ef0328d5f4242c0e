using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class BatchKeptTooLongTests
{
    private const string Id = "TL0606";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(2) + index, ["y"] = zeros(1) };
        }
        """;

    private static string In(string body) => $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                using var loader = new DataLoader(new Points(), 32);
        {{body}}
            }
        }
        """ + Points;

    [Fact]
    public Task Warns_when_a_list_keeps_a_tensor_of_each_batch() => Verifier.Warns(Id, """
        public static class Program
        {
            public static Tensor Run(Module<Tensor, Tensor> net)
            {
                using var loader = {|#0:new DataLoader(new Points(), 32)|};
                var labels = new List<Tensor>();
                foreach (var batch in loader)
                {
                    net.forward(batch["x"]);
                    labels.Add([|batch["y"]|]);
                }

                return cat(labels);
            }
        }
        """ + Points, "'batch[\"y\"]' is kept, but the DataLoader disposes of a batch when it moves on to the next: reading it later throws; keep a clone()");

    [Theory]
    [InlineData("var kept = new List<Tensor>(); foreach (var batch in loader) { var y = batch[\"y\"]; kept.Add([|y|]); } Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new Queue<Dictionary<string, Tensor>>(); foreach (var batch in loader) kept.Enqueue([|batch|]); Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new List<(Tensor, Tensor)>(); foreach (var batch in loader) { kept.Add(([|batch[\"x\"]|], [|batch[\"y\"]|])); } Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new List<Tensor>(); foreach (var batch in loader) { var (x, y) = (batch[\"x\"], batch[\"y\"]); net.forward(x); kept.Add([|y|]); } Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new Tensor[10]; var i = 0; foreach (var batch in loader) kept[i++] = [|batch[\"y\"]|]; Console.WriteLine(kept[0]);")]
    [InlineData("var kept = new Dictionary<int, Tensor>(); foreach (var batch in loader) kept[kept.Count] = [|batch[\"y\"]!|]; Console.WriteLine(kept[0]);")]
    [InlineData("Tensor? last = null; foreach (var batch in loader) last = [|batch[\"y\"]|]; Console.WriteLine(last!.shape);")]
    [InlineData("Tensor? first = null; foreach (var batch in loader) { if (first is null) first = [|batch[\"y\"]|]; } net.forward(first!);")]
    [InlineData("Tensor? first = null; foreach (var batch in loader) { first ??= [|batch[\"y\"]|]; } net.forward(first!);")]
    [InlineData("Tensor? sample = null; foreach (var batch in loader) { sample = [|batch[\"x\"]|]; break; } net.forward(sample!);")]
    [InlineData("Tensor? previous = null; foreach (var batch in loader) { if (previous is not null) Console.WriteLine((batch[\"x\"] - previous).mean().item<float>()); previous = [|batch[\"x\"]|]; }")]
    public Task Warns_however_it_is_kept(string body) => Verifier.Warns(Id, In(body));

    [Fact]
    public Task Warns_when_a_field_collects_and_the_loader_comes_from_elsewhere() => Verifier.Warns(Id, """
        public sealed class Recorder(Module<Tensor, Tensor> net, DataLoader loader)
        {
            private readonly List<Tensor> seen = [];

            public void Run()
            {
                foreach (var batch in loader)
                {
                    net.forward(batch["x"]);
                    seen.Add([|batch["x"]|]);
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_for_a_loader_over_tensors() => Verifier.Warns(Id, """
        // top-level
        var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rand(10, 2), rand(10, 1)), 4);
        var targets = new List<Tensor>();
        foreach (var batch in loader)
        {
            targets.Add([|batch[1]|]);
        }

        Console.WriteLine(cat(targets).mean().item<float>());
        """);

    [Theory]
    [InlineData("var all = [|loader.ToList()|]; Console.WriteLine(all.Count);")]
    [InlineData("var all = [|loader.ToArray()|]; Console.WriteLine(all.Length);")]
    [InlineData("var x = [|loader.First()|][\"x\"]; net.forward(x);")]
    [InlineData("var some = [|loader.Take(3).ToList()|]; Console.WriteLine(some.Count);")]
    [InlineData("var y = [|loader.Select(batch => batch[\"y\"]).ToList()|]; Console.WriteLine(y.Count);")]
    [InlineData("var some = [|loader.Skip(1).Where(b => b.Count > 1).FirstOrDefault()|]; Console.WriteLine(some);")]
    public Task Warns_when_linq_collects_the_batches(string body) => Verifier.Warns(Id, In(body));

    [Fact]
    public Task Says_what_linq_hands_out() => Verifier.Warns(Id, In("var all = [|loader.ToList()|]; Console.WriteLine(all.Count);"),
        "'loader.ToList()' yields batches that the DataLoader has already disposed of: reading them throws; use them in a foreach, or make the DataLoader with disposeBatch: false");

    [Theory]
    [InlineData("foreach (var batch in loader.Take(3)) net.forward(batch[\"x\"]);")]
    [InlineData("var means = loader.Select(batch => batch[\"y\"].mean().item<float>()).ToList(); Console.WriteLine(means.Count);")]
    [InlineData("var copies = loader.Select(batch => batch[\"y\"].clone()).ToList(); Console.WriteLine(copies.Count);")]
    [InlineData("Console.WriteLine(loader.Count() + loader.Count);")]
    [InlineData("Console.WriteLine(loader.Any());")]
    [InlineData("var kept = new List<Tensor>(); foreach (var batch in loader) kept.Add(batch[\"y\"].clone()); Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new List<Tensor>(); foreach (var batch in loader) kept.Add(net.forward(batch[\"x\"])); Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new List<float>(); foreach (var batch in loader) kept.Add(batch[\"y\"].mean().item<float>()); Console.WriteLine(kept.Count);")]
    [InlineData("foreach (var batch in loader) { var parts = new List<Tensor>(); parts.Add(batch[\"x\"]); parts.Add(batch[\"y\"]); net.forward(cat(parts, 1)); }")]
    [InlineData("var parts = new List<Tensor>(); foreach (var batch in loader) { parts.Clear(); parts.Add(batch[\"x\"]); net.forward(cat(parts, 1)); }")]
    [InlineData("Tensor x, y; foreach (var batch in loader) { x = batch[\"x\"]; y = batch[\"y\"]; net.forward(x + y); }")]
    [InlineData("Tensor? last = null; foreach (var batch in loader) { last = batch[\"x\"]; net.forward(last); } last = null; Console.WriteLine(last is null);")]
    [InlineData("var kept = new List<Tensor>(); foreach (var batch in loader) { var x = batch[\"x\"]; x = x + 1; kept.Add(x); } Console.WriteLine(kept.Count);")]
    [InlineData("var kept = new List<Tensor>(); foreach (var x in new[] { rand(2), rand(2) }) kept.Add(x); Console.WriteLine(kept.Count);")]
    [InlineData("var keys = new List<string>(); foreach (var batch in loader) foreach (var key in batch.Keys) keys.Add(key); Console.WriteLine(keys.Count);")]
    public Task Silent_when_nothing_of_a_batch_is_kept(string body) => Verifier.Silent(Id, In(body));

    [Theory]
    [InlineData("disposeBatch: false")]
    [InlineData("shuffle: false, null, null, 1, false, false")]
    [InlineData("disposeBatch: Environment.ProcessorCount > 2")]
    public Task Silent_when_the_loader_leaves_its_batches_alone(string arguments) => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Run()
            {
                var loader = new DataLoader(new Points(), 32, {{arguments}});
                var kept = new List<Tensor>();
                foreach (var batch in loader) kept.Add(batch["x"]);
                Console.WriteLine(loader.ToList().Count + kept.Count);
                Other(loader);
            }

            private static void Other(DataLoader given) => Console.WriteLine(given.First());
        }
        """ + Points);

    [Fact]
    public Task Silent_on_a_loader_of_ones_own_that_keeps_its_batches() => Verifier.Silent(Id, """
        public sealed class Keeping(Points points) : DataLoader(points, 32, true, null, null, 1, false, false);

        public static class Program
        {
            public static int Run(Keeping loader) => loader.ToList().Count;
        }
        """ + Points);

    [Fact]
    public Task Silent_on_other_sequences_and_loaders_of_ones_own() => Verifier.Silent(Id, """
        public sealed class Batches : torch.utils.data.Dataset
        {
            public override long Count => 3;

            public override Dictionary<string, Tensor> GetTensor(long index) => [];
        }

        public static class Program
        {
            public static void Run(IEnumerable<Dictionary<string, Tensor>> batches, DataLoader<int, Tensor> own)
            {
                var kept = new List<Tensor>();
                foreach (var batch in batches) kept.Add(batch["x"]);
                foreach (var batch in own) kept.Add(batch);
                Console.WriteLine(batches.ToList().Count + own.ToList().Count);
            }
        }
        """);

    [Fact]
    public Task Fixes_with_a_copy() => Verifier.Fix(Id, """
        // top-level
        var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rand(10, 2), rand(10, 1)), 4);
        var targets = new List<Tensor>();
        Tensor? last = null;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            targets.Add([|batch[1]|]); // all of them
        }

        foreach (var batch in loader)
            last = [|batch[0]|];
        Console.WriteLine(cat(targets).mean().item<float>() + last!.mean().item<float>());
        """, """
        // top-level
        var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rand(10, 2), rand(10, 1)), 4);
        var targets = new List<Tensor>();
        Tensor? last = null;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            targets.Add(batch[1].clone().MoveToOuterDisposeScope()); // all of them
        }

        foreach (var batch in loader)
            last = batch[0].clone();
        Console.WriteLine(cat(targets).mean().item<float>() + last!.mean().item<float>());
        """);

    [Fact]
    public Task Fixes_the_loader_where_linq_collects() => Verifier.Fix(Id, """
        public sealed class Trainer
        {
            private readonly DataLoader loader = new(
                new Points(),
                32);

            public int Run()
            {
                var local = new DataLoader(new Points(), 32, disposeBatch: true);
                return [|loader.ToList()|].Count + [|local.First()|].Count;
            }
        }
        """ + Points, """
        public sealed class Trainer
        {
            private readonly DataLoader loader = new(
                new Points(),
                32,
                disposeBatch: false);

            public int Run()
            {
                var local = new DataLoader(new Points(), 32, disposeBatch: false);
                return loader.ToList().Count + local.First().Count;
            }
        }
        """ + Points);

    [Fact]
    public Task Offers_nothing_where_the_loader_is_out_of_sight() => Verifier.NoFix(Id, """
        public static class Program
        {
            public static int Run(DataLoader loader) => [|loader.ToList()|].Count;
        }
        """ + Points);
}
