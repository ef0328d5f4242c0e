namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>Training as nobody writes it, in legal C#: together these programs hold every kind of statement, expression, pattern and declaration.</summary>
internal static partial class OddCode
{
    public static IReadOnlyList<(string Name, string Code)> All { get; } =
    [
        ("OddJumps", Jumps), ("OddPatterns", Patterns), ("OddFunctions", Functions), ("OddExpressions", Expressions), ("OddPointers", Pointers), ("OddQueries", Queries),
        ("OddTypes", Types), ("OddStreams", Streams), ("OddModules", Modules), ("OddMembers", Members), ("OddTopLevel", TopLevel), .. Newer,
    ];

    private const string Jumps = """
        public static class Jumps
        {
            public static void Retry(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor x)
            {
            retry:
                try
                {
                    var loss = functional.mse_loss(functional.softmax(model.forward(x), 1), x);
                    loss.backward();
                    if (loss.isnan().ToBoolean())
                        goto retry;
                    optimizer.step();
                }
                catch (InvalidOperationException) when (x is { ndim: > 2 })
                {
                    goto done;
                }
                catch
                {
                    throw;
                }
                finally
                {
                    for (int i = 0, j = 9; i < j; i++, --j)
                    {
                        if (i == 3)
                            continue;
                        model.train();
                        ;
                    }
                }

            done:
                ;
            }

            public static void Choose(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor x)
            {
                switch (x.ndim)
                {
                    case 0:
                        optimizer.zero_grad();
                        goto case 2;
                    case 1 when x.requires_grad:
                        model.forward(x).sum().backward();
                        goto default;
                    case 2:
                        optimizer.step();
                        break;
                    case > 7 and < 9:
                    case -3:
                        goto case 0;
                    default:
                        goto case 2;
                }

                do
                {
                    model.forward(x).sum().backward();
                }
                while (optimizer.step() is null);

                while (true)
                {
                    lock (optimizer)
                    {
                        checked
                        {
                            unchecked
                            {
                                model.forward(x).sum().backward();
                                if (x.requires_grad) break; else continue;
                            }
                        }
                    }
                }

                foreach (var (a, b) in new[] { (x, x) })
                    foreach (ref readonly var t in new[] { a, b }.AsSpan())
                    {
                        functional.cross_entropy(functional.log_softmax(model.forward(t), 1), b).backward();
                        optimizer.step();
                    }

                return;
            }
        }
        """;

    private const string Patterns = """
        public static class Patterns
        {
            public static void Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, object data)
            {
                foreach (var batch in (IEnumerable<object>)data)
                {
                    var loss = batch switch
                    {
                        Tensor { ndim: 1 } t => model.forward(t).sum(),
                        Tensor { shape: [2, .., var last] } t when last > 3 => model.forward(t).mean(),
                        Tensor { shape.Length: not (0 or 1) } => functional.binary_cross_entropy(model.forward((Tensor)batch), (Tensor)batch),
                        (Tensor x, Tensor y) => functional.mse_loss(model.forward(x), y),
                        ValueTuple<Tensor, int>(var x, > 0 and <= 10) => x.sum(),
                        Module<Tensor, Tensor> => throw new InvalidOperationException(),
                        int => null,
                        string and not "" => null,
                        null => null,
                        _ => null,
                    };
                    if (loss is not { } known || batch is 3 or "x")
                        continue;
                    if (batch is List<Tensor> and [_, ..] or Tensor[] and [])
                        known.backward();
                    if (batch is Tensor[] and [var first, .. var rest] && rest.Length > first.ndim)
                        optimizer.step();
                    known.backward();
                    optimizer.step();
                }
            }
        }
        """;

    private const string Functions = """
        namespace Odd;

        public static class Functions
        {
            private delegate ref Tensor Get(scoped in Tensor t, params Tensor[] more);

            public static async Task Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor x)
            {
                void Step()
                {
                    Func<Tensor> run = () =>
                    {
                        Tensor Inner() => model.forward(x);
                        return Inner();
                    };
                    run().sum().backward();
                    optimizer.step();
                    Step2(static (_, _) => 0);

                    static void Step2(Func<int, int, int> f) => f(1, 2);
                }

                Action twice = delegate { Step(); Step(); };
                twice += () => optimizer.zero_grad();
                twice();
                var (f, g) = ((Func<Tensor, Tensor>)model.forward, (Action)(() => optimizer.step()));
                f(x).sum().backward();
                g();
                var later = async (Tensor t = null!) => { await Task.Yield(); return model.forward(t); };
                using (no_grad())
                using (var s = NewDisposeScope())
                    (await later(x)).sum().backward();
                await using var nothing = new Nothing();
                optimizer.step(() => { optimizer.zero_grad(); var l = model.forward(x).sum(); l.backward(); return l; });
                unsafe
                {
                    delegate*<Tensor, Tensor> relu = &Relu;
                    relu(model.forward(x)).sum().backward();
                }
            }

            private static Tensor Relu(Tensor t) => t.relu();

            private sealed class Nothing : IAsyncDisposable
            {
                public ValueTask DisposeAsync() => default;
            }
        }
        """;

    private const string Expressions = """
        public static class Expressions
        {
            public static void Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor x)
            {
                (var a, var b) = (model.forward(x), x);
                (a, b) = (b, a);
                a ??= b;
                _ = a?.sum()?.backward_()?[0]?.backward_();
                dynamic d = a;
                d.backward(d.shape[0], named: 1 + d);
                optimizer?.step();
                Tensor[] all = [x, .. new[] { x, x }, a!];
                var pair = new { Loss = model.forward(x), x.ndim };
                pair.Loss.sum().backward();
                var many = new Dictionary<string, Tensor> { ["x"] = x, ["y"] = -x, };
                var list = new List<Tensor> { x, { a } };
                List<Tensor> target = new(4) { x };
                var sum = x + a - b * x / 2 % 3;
                sum += x; sum -= x; sum *= x; sum /= x; sum %= x;
                var n = (1 << 3 >> 1 >>> 1 | 2 & 3 ^ 4) + ~5 - +6 * -7;
                n <<= 1; n >>= 1; n >>>= 1; n |= 1; n &= 3; n ^= 2; n++; n--; ++n; --n;
                var flag = n > 1 && n >= 2 || n < 3 && n <= 4 || n == 5 || n != 6 ^ !true | false & (n is int);
                flag &= flag;
                var text = $"{model.forward(x).sum():F2} {n,3}" + @"\" + 'c' + nameof(model);
                var utf = "loss"u8;
                var type = typeof(List<>);
                var size = sizeof(int) + default(int) + checked(n + 1) + unchecked(n * 2);
                object boxed = (object)model as Module<Tensor, Tensor> ?? throw new InvalidOperationException();
                long[,] grid = { { 1, 2 }, { 3, 4 } };
                int[] implied = new[] { 1, 2 }, sized = new int[3] { 1, 2, 3 };
                var end = all[^1]; var part = all[1..^0]; var whole = all[..];
                ref var first = ref all[0];
                first = ref all[1];
                first = flag ? model.forward(first) : first;
                ref readonly var chosen = ref flag ? ref all[0] : ref all[1];
                Span<int> stack = stackalloc int[3], implicitly = stackalloc[] { 1, 2 };
                var created = Sequential(("a", Linear(2, 2)), ("b", ReLU())) is var made ? made : null;
                functional.nll_loss(functional.softmax(made!.forward(x), dim: 1), x).backward();
                if (Try(out var got, in n)) got.sum().backward();
                var copy = new Point(1, 2) with { X = 3 };
                int? maybe = null;
                maybe ??= default;
                Console.WriteLine(sum.ToString() + text + utf.Length + type + size + boxed + grid[0, 1] + implied.Length + sized[0] + end + part + whole + chosen + stack[0] + implicitly[0] + copy + maybe + many.Count + list.Count + target.Count);
                optimizer!.step();
                const double rate = 5e1;
                var other = torch.optim.Adam(model.parameters(), rate is > 1 ? rate : 1);
                other.step();
            }

            private static bool Try(out Tensor t, in int n) { t = zeros(n); return true; }

            private static Tensor backward_(this Tensor t) { t.backward(); return t; }

            private readonly record struct Point(int X, int Y);
        }
        """;

    private const string Pointers = """
        public static unsafe class Pointers
        {
            private struct Buffer { public fixed long Sizes[4]; public nint Handle; }

            public static void Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor x, __arglist)
            {
                long n = 3;
                long* p = &n;
                *p = 4;
                p[0] = 5;
                var b = new Buffer();
                Buffer* q = &b;
                q->Handle = 1;
                fixed (long* first = x.shape)
                {
                    model.forward(x * *first).sum().backward();
                    optimizer.step();
                }

                var typed = __makeref(n);
                Console.WriteLine(__reftype(typed)?.Name + __refvalue(typed, long) + new ArgIterator(__arglist).GetRemainingCount());
                Vary(__arglist(1, 2));
            }

            private static void Vary(__arglist) { }
        }
        """;

    private const string Queries = """
        public static class Queries
        {
            public static void Run(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, IEnumerable<Tensor> data)
            {
                var query = from t in data
                            let y = model.forward(t)
                            where y.ndim > 0
                            join u in data on y.ndim equals u.ndim into same
                            from v in same
                            orderby y.ndim, v.ndim descending
                            group y by y.ndim into g
                            select g.First().sum();
                foreach (var loss in query)
                {
                    loss.backward();
                    optimizer.step();
                }

                var total = (from t in data select model.forward(t).sum().item<float>()).Sum();
                data.ToList().ForEach(t => model.forward(t).sum().backward());
                optimizer.step();
                Console.WriteLine(total);
            }
        }
        """;

    private const string Types = """
        using Batches = System.Collections.Generic.List<(TorchSharp.torch.Tensor X, TorchSharp.torch.Tensor Y)>;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        [assembly: CLSCompliant(false)]

        namespace Odd
        {
            namespace Inner { public enum Mode : byte { Train = 1, Evaluate = Train << 1 } }

            file sealed record Batch(Tensor X, Tensor Y)
            {
                public Tensor Loss(Module<Tensor, Tensor> m) => functional.mse_loss(m.forward(X), Y);
            }

            file sealed class Trainer(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer)
            {
                public float Step(Batch b)
                {
                    var loss = (b with { Y = b.X }).Loss(model);
                    loss.backward();
                    optimizer.step();
                    return loss.item<float>();
                }

                public static Trainer operator +(Trainer a, Batch b) { a.Step(b); return a; }

                public static explicit operator float(Trainer a) => 0;

                ~Trainer() => optimizer.Dispose();
            }

            public ref struct Window<T>(ReadOnlySpan<T> items) where T : notnull
            {
                private readonly ReadOnlySpan<T> items = items;
                public readonly T this[int i] => items[i];
                public void Dispose() { }
            }

            public readonly record struct Pair<T>(T A, T B) where T : class?;

            public interface ILearner<in T> where T : unmanaged, allows ref struct
            {
                static abstract ILearner<T> Create();
                void Learn(Module<Tensor, Tensor> model, Tensor x) { model.train(); model.forward(x).sum().backward(); }
            }

            internal static class Use
            {
                public static void Run(Batches data, Module<Tensor, Tensor> model)
                {
                    var trainer = new Trainer(model, torch.optim.SGD(model.parameters(), 50));
                    foreach (var (x, y) in data) trainer += new Batch(x, y);
                    using var window = new Window<float>([1f, 2f]);
                    Console.WriteLine((float)trainer + window[0]);
                }
            }
        }
        """;

    private const string Streams = """
        public static class Streams
        {
            public static async IAsyncEnumerable<float> Train(IAsyncEnumerable<Tensor> data, Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer)
            {
                using var scope = NewDisposeScope();
                await foreach (var x in data.ConfigureAwait(false))
                {
                    using var loss = model.forward(x).sum();
                    loss.backward();
                    optimizer.step();
                    yield return loss.ToSingle();
                    if (x.ndim > 9)
                        yield break;
                    await Task.Yield();
                }
            }

            public static IEnumerable<Tensor> Passes(Module<Tensor, Tensor> model, IEnumerable<Tensor> data)
            {
                try
                {
                    model.eval();
                    foreach (var x in data)
                        yield return model.forward(x);
                }
                finally
                {
                    model.train();
                }
            }

            public static async Task Both(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Tensor[] data)
            {
                await foreach (var loss in Train(Each(data), model, optimizer))
                    Console.WriteLine(loss);
                await Parallel.ForEachAsync(data, async (x, token) => { await Task.Delay(1, token); model.forward(x).sum().backward(); });
                optimizer.step();

                static async IAsyncEnumerable<Tensor> Each(Tensor[] all)
                {
                    foreach (var x in all)
                    {
                        await Task.Yield();
                        yield return x;
                    }
                }
            }
        }
        """;

    private const string Modules = """
        public abstract class Generic<TModel, TInput> where TModel : Module<TInput, Tensor>, new()
        {
            protected readonly TModel model = new();

            protected virtual Tensor Loss(TInput x) => model.forward(x).sum();

            public void Run(TInput x) { Loss(x).backward(); Run(x); }
        }

        public class Endless : Module<Tensor, Tensor>
        {
            private readonly Endless? inside;
            private readonly Linear layer = Linear(4, 4), other = Linear(5, 2);
            private readonly List<Module<Tensor, Tensor>> more = [Linear(1, 2), Dropout(1.5)];

            public Endless() : this(3) { }

            public Endless(int depth) : base(nameof(Endless)) { inside = depth == 0 ? null : new Endless(depth - 1); }

            public override Tensor forward(Tensor x) => inside is null ? functional.softmax(layer.forward(x), 1) : inside.forward(forward(other.forward(layer.forward(x))));
        }

        public class Doubled<T> : Module<Tensor, Tensor>
        {
            private readonly Doubled<Doubled<T>>? next;

            public Doubled() : base("doubled") { next = new Doubled<Doubled<T>>(); RegisterComponents(); }

            public override Tensor forward(Tensor x) => next!.forward(x).softmax(1);
        }

        public sealed class Primary(int size, double rate = 2.0) : Module<Tensor, Tensor>("primary")
        {
            private readonly Linear layer = Linear(size, size * 0), next = Linear(size + int.MaxValue, 3);
            private readonly Dropout dropout = Dropout(rate);

            public override Tensor forward(Tensor x) => next.forward(layer.forward(x)).view(-1, -1).reshape(0, 0).transpose(7, -9);
        }

        public sealed class Convolutions() : Module<Tensor, Tensor>("convolutions")
        {
            private readonly Module<Tensor, Tensor> all = Sequential(Conv2d(3, 0, 0, stride: 1), MaxPool2d(0), Conv2d(1, 7, -3), Flatten(9, -9), Linear(int.MaxValue, int.MinValue), Softmax(99));

            public override Tensor forward(Tensor x) => all.forward(x.unsqueeze(-5).expand(-1, 0).squeeze(8));
        }
        """;

    private const string Members = """
        public interface ILearner
        {
            Module<Tensor, Tensor> Model { get; }

            void Learn(Tensor x) { Model.train(); Model.forward(x).sum().backward(); }
        }

        public partial class Learner : ILearner
        {
            private static readonly torch.optim.Optimizer Shared;

            static Learner() { Shared = torch.optim.SGD(new Learner().Model.parameters(), 0.1); }

            public required Tensor Weights { get; init; } = zeros(2);

            public Module<Tensor, Tensor> Model { get; init; } = Linear(2, 2);

            public partial Tensor Next { get; set; }

            partial void Done(Tensor t);

            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
            public Learner() { }
        }

        public partial class Learner
        {
            private event Action<Tensor>? Finished;

            public event Action<Tensor> Explicit { add { Finished += value; } remove { Finished -= value; } }

            public partial Tensor Next { get => Model.forward(Weights); set { value.sum().backward(); Shared.step(); Done(value); } }

            partial void Done(Tensor t) => Finished?.Invoke(t);

            public Tensor this[Tensor x]
            {
                get => Model.forward(x);
                set
                {
                    Finished?.Invoke(value);
                    value.backward();
                    Shared.step();
                }
            }

            public static implicit operator Module<Tensor, Tensor>(Learner l) => l.Model;

            public static Learner operator checked ++(Learner l) { l[l.Weights] = l.Next; return l; }

            public static Learner operator ++(Learner l) => l;

            public void Deconstruct(out Tensor a, out Tensor b) { (a, b) = (Weights, Next); a.backward(); }

            void ILearner.Learn(Tensor x)
            {
                var (a, b) = this;
                var me = this;
                me++;
                base.ToString();
                Shared.zero_grad();
                Shared.step();
            }
        }
        """;

    private const string TopLevel = """
        #nullable enable
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var model = Sequential(Linear(4, 4), Softmax(1));
        var optimizer = torch.optim.SGD(model.parameters(), 0.1);
        again:
        await Task.Yield();
        foreach (var x in Data())
        {
            functional.cross_entropy(model.forward(x), x).backward();
            optimizer.step();
        }

        if (args.Length > 3) goto again;
        return 0;

        static IEnumerable<Tensor> Data() { yield return zeros(2); }

        public partial class Program
        {
            [System.Runtime.InteropServices.DllImport("none")]
            private static extern void Outside();
        }
        """;
}
