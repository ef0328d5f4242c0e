namespace TrainLint.Package.Tests;

/// <summary>The programs that are built with the package.</summary>
internal static class Programs
{
    /// <summary>TL0701 is a warning in it, TL1001 and TL1101 are suggestions.</summary>
    public const string Training = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var model = Linear(8, 1);
        var optimizer = optim.SGD(model.parameters(), 0.01);

        for (var i = 0; i < 100; i++)
        {
            var loss = functional.mse_loss(model.forward(rand(16, 8)), rand(16, 1));
            loss.backward();
            optimizer.step();
        }

        """;

    /// <summary>Written as one writes with TorchSharp; general rules have something against most lines.</summary>
    public const string Habits = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        Habits.Show(new Net(), zeros(1));

        internal static class Habits
        {
            public static void Show(Net net, Tensor total)
            {
                total.add_(ones(1));
                var guard = no_grad();
                using var scope = NewDisposeScope();
                var mask = CreateMask();
                total.copy_(mask);
                net.Dispose();
            }

            private static Tensor CreateMask() => zeros(1);
        }

        internal sealed class Net : Module<Tensor, Tensor>
        {
            private Module<Tensor, Tensor> first;
            private Module<Tensor, Tensor> second = Linear(1, 1);

            public Net() : base(nameof(Net))
            {
                MakeFirst();
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => second.forward(first.forward(input));

            protected override void Dispose(bool disposing) => base.Dispose(disposing);

            private void MakeFirst() => first = Linear(1, 1);
        }

        """;

    /// <summary>The line of <see cref="Training"/> with that text, counted from 1.</summary>
    public static int LineOf(string text) => 1 + Training[..Training.IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n');
}
