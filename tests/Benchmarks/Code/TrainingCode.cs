using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Benchmarks.Code;

/// <summary>
/// The code that is measured, always the same: training programs in the styles that people write, with and without a mistake, and the
/// shapes that analyses break on.
/// </summary>
internal static class TrainingCode
{
    // One file of so many has forgotten zero_grad().
    private const int MistakeEvery = 10;

    // Long enough that the steps before it do not matter, short enough to be a method that somebody wrote.
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> Framework = [.. FrameworkReferences()];

    private static readonly MetadataReference TorchSharp = MetadataReference.CreateFromFile(typeof(global::TorchSharp.torch).Assembly.Location);

    // Those with a namespace of their own, so that each can stand in a compilation any number of times, and without hooks: where somebody
    // registers one on a type of layer, whoever runs such a layer past its hooks is told so.
    private static readonly (string Namespace, string Text)[] Programs = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Programs"), "*.cs")
        .Order(StringComparer.Ordinal).Select(File.ReadAllText).Where(text => !text.Contains("register_forward_hook", StringComparison.Ordinal)).Select(text => (Namespace: NamespaceOf(text), text)).Where(p => p.Namespace is not null).Select(p => (p.Namespace!, p.text))];

    /// <summary>So many files, each with a training program of its own; every tenth has forgotten zero_grad(), see <see cref="MistakesIn"/>.</summary>
    public static CSharpCompilation Files(int count) => Compile(Enumerable.Range(0, count).Select(FileAt), [.. Framework, TorchSharp]);

    /// <summary>How many of so many files have a mistake.</summary>
    public static int MistakesIn(int files) => (files + MistakeEvery - 1) / MistakeEvery;

    /// <summary>One method of so many statements that compute, and train at the end.</summary>
    public static CSharpCompilation LongMethod(int statements)
    {
        var body = new StringBuilder();
        for (var i = 0; i < statements; i++)
            body.Append(CultureInfo.InvariantCulture, $"        {(i % 3) switch { 0 => $"var t{i} = functional.relu(model.call(x));", 1 => $"x = x + t{i - 1};", _ => $"Console.WriteLine(x.shape[0] + {i});" }}\n");
        return Trainer(body.ToString(), "");
    }

    /// <summary>A training step at the end of so many methods that call each other.</summary>
    public static CSharpCompilation HelperChain(int depth)
    {
        var helpers = new StringBuilder();
        for (var i = 0; i < depth; i++)
            helpers.Append(CultureInfo.InvariantCulture, $"    private static Tensor Helper{i}(Module<Tensor, Tensor> model, Tensor x) => {(i + 1 < depth ? $"Helper{i + 1}(model, x)" : "model.call(x)")};\n\n");
        return Trainer("        x = Helper0(model, x);\n", helpers.ToString());
    }

    /// <summary>So many files of plain C#, and no TorchSharp among the references.</summary>
    public static CSharpCompilation WithoutTorchSharp(int files) => Compile(Enumerable.Range(0, files).Select(i => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;

        namespace Plain{{i}};

        public sealed record Order(int Id, decimal Price, DateTime At);

        public sealed class Orders
        {
            private readonly Dictionary<int, Order> orders = [];

            public void Add(Order order)
            {
                if (order.Price < 0) throw new ArgumentOutOfRangeException(nameof(order), "A price is not negative.");
                orders[order.Id] = order;
            }

            public decimal Total(DateTime since) => orders.Values.Where(o => o.At >= since).Sum(o => o.Price);

            public IEnumerable<(int Year, decimal Sum)> Years()
            {
                foreach (var year in orders.Values.GroupBy(o => o.At.Year))
                {
                    var sum = 0m;
                    foreach (var order in year) sum += order.Price;
                    yield return (year.Key, sum);
                }
            }

            public void Train(int step)
            {
                for (var i = 0; i < step; i++) Add(new Order(i, i * 1.5m, DateTime.UnixEpoch.AddDays(i)));
            }
        }
        """), Framework);

    /// <summary>The compilation after somebody typed a line into a file of it, and that file.</summary>
    public static (CSharpCompilation Compilation, SyntaxTree Tree) Edit(CSharpCompilation compilation, SyntaxTree tree, int edit)
    {
        var text = tree.GetText();
        var at = text.ToString().IndexOf("RegisterComponents();", StringComparison.Ordinal);
        if (at < 0) throw new InvalidOperationException("The file that is edited has no RegisterComponents() before which a line can be typed.");
        var edited = tree.WithChangedText(text.WithChanges(new TextChange(new TextSpan(at, 0), string.Create(CultureInfo.InvariantCulture, $"System.Console.WriteLine({edit}); "))));
        return (compilation.ReplaceSyntaxTree(tree, edited), edited);
    }

    private static string FileAt(int index)
    {
        var (space, text) = Programs[index % Programs.Length];
        if (index % MistakeEvery == 0) (space, text) = ("Mistaken", Mistaken);
        return text.Replace($"namespace {space};", $"namespace {space}{index};", StringComparison.Ordinal).Replace($"using {space};", $"using {space}{index};", StringComparison.Ordinal);
    }

    // A classifier as in a tutorial, without the line that clears the gradients.
    private const string Mistaken = Usings + """

        namespace Mistaken;

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;

            public Net() : base(nameof(Net))
            {
                layers = Sequential(("fc1", Linear(784, 128)), ("relu", ReLU()), ("fc2", Linear(128, 10)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => layers.call(input.flatten(1));
        }

        public static class Training
        {
            public static void Run(TorchSharp.Modules.DataLoader loader)
            {
                using var model = new Net();
                using var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
                model.train();
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    var total = 0f;
                    foreach (var batch in loader)
                    {
                        using var scope = NewDisposeScope();
                        var loss = functional.cross_entropy(model.call(batch["image"]), batch["label"]);
                        loss.backward();
                        optimizer.step();
                        total += loss.item<float>();
                    }

                    Console.WriteLine($"epoch {epoch}: {total / loader.Count:F3}");
                }
            }
        }
        """;

    private static CSharpCompilation Trainer(string beforeTheStep, string members) => Compile([Usings + $$"""

        namespace Long;

        public static class Training
        {
        {{members}}    public static void Run(Module<Tensor, Tensor> model, Tensor x, Tensor y)
            {
                using var optimizer = optim.SGD(model.parameters(), 0.1);
        {{beforeTheStep}}        for (var epoch = 0; epoch < 10; epoch++)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(model.call(x), y);
                    loss.backward();
                    optimizer.step();
                    Console.WriteLine(loss.item<float>());
                }
            }
        }
        """], [.. Framework, TorchSharp]);

    private static CSharpCompilation Compile(IEnumerable<string> files, ImmutableArray<MetadataReference> references)
    {
        var trees = files.Select((text, i) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), ParseOptions, string.Create(CultureInfo.InvariantCulture, $"File{i}.cs")));
        // One thread, so that times add up.
        var compilation = CSharpCompilation.Create("Measured", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false));
        var errors = compilation.Clone().GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Take(3).ToList();
        return errors.Count == 0 ? compilation : throw new InvalidOperationException("The code that is measured does not compile: " + string.Join("; ", errors));
    }

    private static string? NamespaceOf(string text) =>
        text.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("namespace ", StringComparison.Ordinal) && line.EndsWith(';')).Select(line => line["namespace ".Length..^1]).FirstOrDefault();

    private static IEnumerable<MetadataReference> FrameworkReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => Path.GetDirectoryName(path) == framework).Select(path => MetadataReference.CreateFromFile(path));
    }
}
