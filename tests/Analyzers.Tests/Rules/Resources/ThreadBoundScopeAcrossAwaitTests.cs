using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class ThreadBoundScopeAcrossAwaitTests
{
    private const string Id = "TL1107";

    [Fact]
    public Task Names_the_guard_and_what_leaves_the_thread() => Verifier.Warns(Id, """
        public static class Evaluation
        {
            public static async Task<float> Run(Module<Tensor, Tensor> net, Func<Task<Tensor>> next)
            {
                using var _ = {|#0:no_grad()|};
                var x = [|await next()|];
                return net.forward(x).mean().item<float>();
            }
        }
        """, "'no_grad()' belongs to the thread that called it, but 'await next()' goes on on another one: end it before, or begin it anew there", [[0]]);

    [Fact]
    public Task Warns_in_a_block_in_a_loop_and_in_a_lambda() => Verifier.Warns(Id, """
        public static class Evaluation
        {
            public static async Task Run(Module<Tensor, Tensor> net, IAsyncEnumerable<Tensor> inputs, Stream file)
            {
                using (var scope = NewDisposeScope())
                {
                    await foreach (var x in [|inputs|])
                        Console.WriteLine(net.forward(x).item<float>());
                }

                Func<Tensor, Task<float>> predict = async x =>
                {
                    using (inference_mode())
                    {
                        var y = net.forward(x);
                        [|await file.FlushAsync().ConfigureAwait(false)|];
                        return y.item<float>();
                    }
                };
                Console.WriteLine(await predict(rand(2)));
            }
        }
        """);

    [Fact]
    public Task Warns_for_other_threads() => Verifier.Warns(Id, """
        public static class Evaluation
        {
            public static void Run(Module<Tensor, Tensor> net, List<Tensor> inputs)
            {
                using var _ = no_grad();
                [|Parallel.ForEach(inputs, x => Console.WriteLine(net.forward(x).item<float>()))|];
            }

            public static Task<float> Later(Module<Tensor, Tensor> net, Tensor x)
            {
                using (NewDisposeScope())
                    return [|Task.Run(() => net.forward(x).item<float>())|];
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_guard_ends_before_or_begins_after() => Verifier.Silent(Id, """
        public static class Evaluation
        {
            public static async Task<float> Run(Module<Tensor, Tensor> net, Func<Task<Tensor>> next)
            {
                var x = await next();
                using (no_grad())
                {
                    net.forward(x);
                }

                await next();
                using var scope = NewDisposeScope();
                return net.forward(x).mean().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_other_thread_has_guards_of_its_own_or_no_tensors() => Verifier.Silent(Id, """
        public static class Evaluation
        {
            public static void Run(Module<Tensor, Tensor> net, List<Tensor> inputs, List<string> names)
            {
                using var _ = no_grad();
                Parallel.ForEach(inputs, x =>
                {
                    using var inner = no_grad();
                    Console.WriteLine(net.forward(x).item<float>());
                });
                Parallel.ForEach(names, n => File.Delete(n));
                Task.Run(() => Console.WriteLine("running"));
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_nested_function_that_runs_elsewhere() => Verifier.Silent(Id, """
        public static class Evaluation
        {
            public static Func<Task> Make(Module<Tensor, Tensor> net, Tensor x)
            {
                using var _ = no_grad();
                Console.WriteLine(net.forward(x).item<float>());
                return async () => await Task.Delay(1);
            }
        }
        """);

    [Fact]
    public Task Silent_where_the_interface_comes_back_to_its_thread() => Verifier.Silent(Id, """
        namespace System.Windows
        {
            public class Window
            {
            }
        }

        namespace App
        {
            public sealed class Main(Module<Tensor, Tensor> net) : System.Windows.Window
            {
                public async Task Show(Func<Task<Tensor>> load)
                {
                    using var scope = NewDisposeScope();
                    var x = await load();
                    Console.WriteLine(net.forward(x).item<float>());
                }
            }
        }
        """);
}
