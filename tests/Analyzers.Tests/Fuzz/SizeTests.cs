using System.Diagnostics;
using System.Globalization;
using System.Text;
using TrainLint.Analyzers.Tests.Mutation;
using Xunit;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>
/// Code deeper, longer and more entangled than anybody writes: no rule falls off the stack, and none takes longer than a minute. Where the
/// compiler itself gives up on the depth, the rules are asked all the same. The whole size is tried where TRAINLINT_FUZZ is set.
/// </summary>
public sealed class SizeTests
{
    // A part of the size where not everything is asked for; the depth of what the compiler itself takes minutes for does not grow.
    private static readonly bool Full = Environment.GetEnvironmentVariable("TRAINLINT_FUZZ") is { Length: > 0 };

    private static readonly int Deep = Full ? 1000 : 100;

    private static readonly Dictionary<string, int> SlowToCompile = new() { ["named modules"] = 10, ["interpolation"] = 9, ["tuples"] = 50, ["patterns"] = 50 };

    private static int Part(int size) => Full ? size : Math.Max(6, size / 20);

    public static TheoryData<string, string, string, string, string> Nested => new()
    {
        { "parentheses", "var t = ", "(", "x", ")" },
        { "blocks", "", "{ ", "Train();", " }" },
        { "conditions", "", "if (x.requires_grad) { ", "Train();", " }" },
        { "branches", "", "if (x.requires_grad) Train(); else ", "Train();", "" },
        { "loops", "", "for (;;) { ", "Train();", " }" },
        { "passes", "", "foreach (var _ in data) { optimizer.zero_grad(); ", "x.sum().backward(); optimizer.step();", " }" },
        { "scopes", "", "using (NewDisposeScope()) { ", "Train();", " }" },
        { "guards", "", "try { ", "Train();", " } finally { optimizer.step(); }" },
        { "handlers", "", "try { ", "Train();", " } catch (Exception) { optimizer.zero_grad(); }" },
        { "finally in finally", "", "try { optimizer.step(); } finally { if (x.requires_grad) ", "Train();", " }" },
        { "switches", "", "switch (x.ndim) { case 1: ", "Train();", " break; }" },
        { "choices", "var t = ", "x.ndim switch { 1 => x.relu(), _ => ", "x", " }" },
        { "alternatives", "var t = ", "x.requires_grad ? x.relu() : ", "x", "" },
        { "fallbacks", "var t = ", "(x ?? ", "x", ")" },
        { "chain", "var t = x", ".relu()", "", "" },
        { "conditional chain", "var t = x", "?.relu()", "", "" },
        { "calls", "var t = ", "functional.relu(", "x", ")" },
        { "sum", "var t = ", "x + ", "x", "" },
        { "sum from the right", "var t = ", "x + (", "x", ")" },
        { "negations", "var t = ", "-(", "x", ")" },
        { "modules", "var t = ", "Sequential(", "ReLU()", ")" },
        { "named modules", "var t = ", "Sequential((\"a\", ", "ReLU()", "))" },
        { "arrays", "var t = ", "new[] { ", "x", " }" },
        { "tuples", "var t = ", "(x, ", "x", ")" },
        { "assignments", "Tensor t; ", "t = ", "x", "" },
        { "conversions", "var t = ", "(Tensor)", "x", "" },
        { "interpolation", "var t = ", "$\"{", "x", "}\"" },
        { "patterns", "var t = x is ", "{ grad: ", "null", " }" },
        { "text", "var t = \"\"", " + x.ToString()", "", "" },
        { "local functions", "", "void F() { ", "Train();", " F(); }" },
        { "indexes", "var t = x", "[0]", "", "" },
    };

    public static TheoryData<string> Wide => new(Wides.Keys);

    private static readonly Dictionary<string, Func<string>> Wides = new()
    {
        ["module classes, each with the next"] = () => Many(Part(5000), i =>
            $"public sealed class Net{i} : Module<Tensor, Tensor> {{ private readonly Linear layer = Linear({i % 64 + 1}, 4); private readonly Net{(i + 1) % Part(5000)}? next; public Net{i}() : base(nameof(Net{i})) => RegisterComponents(); public override Tensor forward(Tensor x) => next is null ? layer.forward(x) : next.forward(layer.forward(x)); }}"),
        ["module classes, each made of the next"] = () => "public static class Use { static Tensor Run(Tensor x) => new Net0().forward(x); }\n" + Many(Part(5000), i =>
            $"public sealed class Net{i} : Module<Tensor, Tensor> {{ private readonly Module<Tensor, Tensor> layer = {(i == Part(5000) - 1 ? "Linear(2, 2)" : $"new Net{i + 1}()")}; public Net{i}() : base(nameof(Net{i})) => RegisterComponents(); public override Tensor forward(Tensor x) => layer.forward(x); }}"),
        ["module classes, each derived from the one before"] = () => Many(Part(500), i =>
            $"public class Net{i} : {(i == 0 ? "Module<Tensor, Tensor>" : $"Net{i - 1}")} {{ private readonly Linear layer{i} = Linear(4, 4); public Net{i}() {(i == 0 ? ": base(\"net\")" : "")} {{ {(i == 0 ? "RegisterComponents();" : "")} }} public override Tensor forward(Tensor x) => layer{i}.forward({(i == 0 ? "x" : "base.forward(x)")}); }}"),
        ["overrides of one method"] = () => "public static class Use { static void Run(Base m, Tensor x, torch.optim.Optimizer o) { m.Loss(x).backward(); o.step(); } }\npublic abstract class Base { public abstract Tensor Loss(Tensor x); }\n" + Many(Part(2000), i =>
            $"public class Net{i} : Base {{ public override Tensor Loss(Tensor x) => functional.softmax(x, {i}); }}"),
        ["methods that call each other"] = () => Class(Many(Part(60), i => $"static void M{i}(Tensor x) {{ x.sum().backward(); {Many(Part(60), j => $"M{j}(x);")} O.step(); }}")),
        ["layers of methods that call all of the next"] = () => Class(Many(5 * Part(30), i => $"static void M{i}(torch.optim.Optimizer o, Tensor x) {{ {(i >= 4 * Part(30) ? "x.sum().backward(); o.step();" : Many(Part(30), j => $"M{(i / Part(30) + 1) * Part(30) + j}(o, x);"))} }}")),
        ["layers of methods that hand on what the next gives"] = () => Class(Many(5 * Part(30), i => $"static Tensor M{i}(Tensor x) => {(i >= 4 * Part(30) ? "functional.softmax(x, 1)" : Many(Part(30) - 1, j => $"M{(i / Part(30) + 1) * Part(30) + j}(x) +") + $"M{(i / Part(30) + 2) * Part(30) - 1}(x)")};") + "static void Use(Tensor x) => functional.cross_entropy(M0(x), x).backward();"),
        ["a chain of methods"] = () => Class(Many(Part(3000), i => $"static Tensor M{i}(torch.optim.Optimizer o, Tensor x) {{ var y = {(i == Part(3000) - 1 ? "x.relu()" : $"M{i + 1}(o, x)")}; y.sum().backward(); o.step(); return y; }}")),
        ["callers of one method"] = () => Class("static void Step(torch.optim.Optimizer o, Tensor loss) { loss.backward(); o.step(); }" + Many(Part(5000), i => $"static void M{i}(torch.optim.Optimizer o, Tensor x) => Step(o, functional.softmax(x, {i}));")),
        ["fields"] = () => Class(Many(Part(3000), i => $"private static readonly Module<Tensor, Tensor> m{i} = Linear({i + 1}, 2); static readonly torch.optim.Optimizer o{i} = torch.optim.SGD(m{i}.parameters(), 50); static void Run{i}(Tensor x) {{ m{i}.forward(x).sum().backward(); o{i}.step(); }}")),
        ["variables"] = () => Method(Many(Part(5000), i => $"var t{i} = {(i == 0 ? "x" : $"t{i - 1}.relu()")};") + $"t{Part(5000) - 1}.sum().backward(); optimizer.step();"),
        ["statements in a loop"] = () => Method("foreach (var y in data) { " + Many(Part(3000), i => "functional.mse_loss(model.forward(y), y).backward(); optimizer.step();") + " }"),
        ["branches in a loop"] = () => Method("foreach (var y in data) { " + Many(Part(1500), i => $"if (y.ndim == {i}) optimizer.zero_grad(); else model.forward(y).sum().backward();") + " optimizer.step(); }"),
        ["jumps to all others"] = () => Method(Many(Part(150), i => $"l{i}: x.sum().backward(); switch (x.ndim) {{ {Many(Part(150), j => $"case {j}: goto l{j};")} }} optimizer.step();")),
        ["ways out of nested finally blocks"] = () => Method(Many(12, i => $"try {{ {Many(12, j => $"if (x.ndim == {j}) return;")}") + "Train();" + Many(12, i => "} finally { x.sum().backward(); optimizer.step(); }")),
        ["lambdas"] = () => Method(Many(Part(2000), i => $"Action a{i} = () => {{ x.sum().backward(); optimizer.step(); }}; a{i}();")),
        ["awaits"] = () => Method("async System.Threading.Tasks.Task F() { using var s = NewDisposeScope(); " + Many(Part(2000), i => "await System.Threading.Tasks.Task.Yield(); x.sum().backward(); optimizer.step();") + " }"),
        ["layers in one Sequential"] = () => Method("var net = Sequential(" + Many(Part(3000), i => $"Linear({i + 1}, {i + 2}), ReLU(),") + " Softmax(1)); functional.cross_entropy(net.forward(x), x).backward();"),
        ["layers in a loop of a constructor"] = () => "public sealed class Net : Module<Tensor, Tensor> { private readonly ModuleList<Module<Tensor, Tensor>> all = new(); public Net(int n) : base(\"net\") { for (var i = 0; i < 1000000000; i++) all.Add(Linear(i, i + 1)); for (var i = 0; i < n; i--) { all.Add(Dropout(i)); } while (true) all.Add(ReLU()); } public override Tensor forward(Tensor x) { for (long i = 0; i < long.MaxValue; i++) foreach (var m in all) x = m.forward(x); return x; } } public static class Use { static Tensor Run(Tensor x) => new Net(int.MaxValue).forward(x); }",
        ["using declarations"] = () => Method("using var t0 = zeros(2);" + Many(10_000, i => $"using var u{i + 1} = x + 1;") + "t0.sum().backward(); optimizer.step();"),
        ["aliases of an optimizer"] = () => Method("var o0 = optimizer;" + Many(Part(2000), i => $"var o{i + 1} = x.ndim == {i} ? o{i} : torch.optim.SGD(model.parameters(), {i}); o{i + 1}.step();")),
        ["parts of one class"] = () => Many(Part(2000), i => $"public sealed partial class Net {{ private readonly Linear layer{i} = Linear(4, 4); private Tensor Run{i}(Tensor x) => layer{i}.forward({(i == Part(2000) - 1 ? "x" : $"Run{i + 1}(x)")}); }}") + "public sealed partial class Net : Module<Tensor, Tensor> { public Net() : base(\"net\") { } public override Tensor forward(Tensor x) => Run0(x); }",
        ["constructors that call each other"] = () => "public sealed class Net : Module<Tensor, Tensor> { private readonly Module<Tensor, Tensor> a; " + Many(Part(300), i => $"public Net({string.Join(", ", Enumerable.Range(0, i).Select(j => $"int p{j}"))}) {(i == Part(300) - 1 ? ": base(\"net\")" : $": this({string.Join(", ", Enumerable.Range(0, i + 1))})")} {{ a = Linear({i + 1}, 1); }}") + " public override Tensor forward(Tensor x) => a.forward(x); }",
        ["circles that do not compile"] = () => "public class A : B { const int X = Y; public A() : this() { } } public class B : A { const int Y = X; } public class Net : Net { Net n = new Net(); } interface I : I { } public class G<T> : Module<G<G<T>>, Tensor> where T : T { static readonly int a = b, b = a; public override Tensor forward(G<G<T>> x) => forward(new(forward(x))); } using Odd = Odd;",
    };

    public static TheoryData<string> Depths => new(Nested.Select(n => n.Data.Item1));

    [Theory]
    [MemberData(nameof(Depths))]
    public async Task Nesting_is_survived(string what)
    {
        var (_, before, open, inner, close) = Nested.Single(n => n.Data.Item1 == what).Data;
        var depth = SlowToCompile.TryGetValue(what, out var most) ? Math.Min(most, Deep) : Deep;
        await Survived(Method(before + Repeated(open) + inner + Repeated(close) + ";"));

        string Repeated(string part) => new StringBuilder().Insert(0, part, depth).ToString();
    }

    [Theory]
    [MemberData(nameof(Wide))]
    public Task Size_is_survived(string what) => Survived(Wides[what]());

    private static async Task Survived(string code)
    {
        var watch = Stopwatch.StartNew();
        var program = FuzzProgram.Of("large", code).Single();
        var project = program.With(program.Text);
        var errors = CleanProgram.Errors((await project.GetCompilationAsync(TestContext.Current.CancellationToken))!).Count();
        var compiled = watch.Elapsed;
        var found = await Ordeal.Survived(project);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"compiler: {errors} errors, {compiled.TotalSeconds:F1} s; rules, twice: {found.Length} findings, {(watch.Elapsed - compiled).TotalSeconds:F1} s"));
    }

    private static string Many(int count, Func<int, string> part) => string.Join("\n", Enumerable.Range(0, count).Select(part)) + "\n";

    private static string Class(string members) => "public static class Large\n{\n    private static readonly torch.optim.Optimizer O = torch.optim.SGD(new List<Parameter>(), 0.1);\n" + members + "\n}\n";

    private static string Method(string statements) =>
        "public static class Large\n{\n    public static void Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, IEnumerable<Tensor> data, Tensor x)\n    {\n        void Train() { x.sum().backward(); optimizer.step(); }\n        " + statements + "\n    }\n}\n";
}
