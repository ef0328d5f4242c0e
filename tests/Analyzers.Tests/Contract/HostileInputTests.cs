using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>All rules at once, on code as it is while somebody types it. Whatever the code is, no rule throws.</summary>
public class HostileInputTests
{
    // Spread over all programs, so that the time stays the same as their number grows.
    private const int Prefixes = 400;

    private const string Program = """
        public sealed class Hostile
        {
            private readonly Module<Tensor, Tensor> model = Sequential(("first", Linear(4, 8)), ("second", Linear(8, 1)));
            private readonly torch.optim.Optimizer? optimizer;

            public Hostile(bool fast = true) : base() => optimizer = fast ? torch.optim.SGD(model.parameters(), 0.1) : null;

            public async Task<float> Train(IAsyncEnumerable<(Tensor x, Tensor y)> data, Func<Tensor, Tensor>? change = null)
            {
                var total = 0f;
                using var scope = NewDisposeScope();
                model.train();
                await foreach (var (x, y) in data)
                {
                    try
                    {
                        optimizer?.zero_grad();
                        var loss = functional.mse_loss(model.forward(change is { } f ? f(x) : x), y);
                        loss.backward();
                        (optimizer ?? throw new InvalidOperationException()).step();
                        total += loss.item<float>();
                    }
                    catch (Exception e) when (e is not ArgumentException { ParamName: ['a', ..] })
                    {
                        goto done;
                    }
                    finally
                    {
                        void Local() => model.eval();
                        Local();
                    }
                }

            done:
                return total switch { > 1f and < 2f => 1f, float.NaN => throw null!, var t => t };
            }
        }
        """;

    [Fact]
    public Task Empty_source() => NothingThrows("");

    [Fact]
    public async Task Every_beginning_of_every_program()
    {
        var cuts = Programs().Select(text => (text, ends: CSharpSyntaxTree.ParseText(text).GetRoot().DescendantTokens().Select(t => t.Span.End).ToList())).ToList();
        var step = Math.Max(1, cuts.Sum(c => c.ends.Count) / Prefixes);
        var prefixes = cuts.SelectMany((cut, i) => cut.ends.Where((_, token) => (token + i) % step == 0).Select(end => cut.text[..end]));
        await Parallel.ForEachAsync(prefixes, TestContext.Current.CancellationToken, async (prefix, _) => await NothingThrows(prefix));
    }

    [Fact]
    public async Task Every_whole_program() =>
        await Parallel.ForEachAsync(Programs(), TestContext.Current.CancellationToken, async (text, _) => await NothingThrows(text));

    private static List<string> Programs()
    {
        var pages = Repository.Rules.Select(r => Repository.PagePath(r.Id)).Where(p => File.Exists(Repository.PathOf(p))).SelectMany(p => Repository.CodeBlocks(Repository.Read(p)))
            .SelectMany(code => TestProgram.Parse(code, VerifyOptions.Default).Files).Select(f => f.Text);
        var samples = Repository.PathOf("samples") is var folder && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj")).Order(StringComparer.Ordinal).Select(File.ReadAllText)
            : [];
        return [Program, .. pages, .. samples];
    }

    private static async Task NothingThrows(string source)
    {
        var trees = TestProgram.Parse("public class Nothing;", VerifyOptions.Default).Support.Select(f => f.Text).Append(source)
            .Select((text, i) => CSharpSyntaxTree.ParseText(text, path: $"{i}.cs", cancellationToken: TestContext.Current.CancellationToken));
        var compilation = CSharpCompilation.Create("Hostile", trees, References.WithTorchSharp, new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        try
        {
            await Verifier.For(Repository.Rules[0].Id).Analyze(compilation, new AnalyzerOptions([]));
        }
        catch (VerificationException crash)
        {
            throw new VerificationException($"{crash.Message}\n\nThe source:\n{source}", crash);
        }
    }
}
