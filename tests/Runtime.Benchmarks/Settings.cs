using System.Globalization;

namespace TrainLint.Runtime.Benchmarks;

/// <summary>What is trained, and for how long.</summary>
/// <param name="Width">The width of the three hidden layers of the perceptron, 784 inputs and 10 classes; 2048 make 10 million parameters.</param>
/// <param name="Deep">Instead: blocks of Linear, LayerNorm and ReLU of this number, as wide as <paramref name="Width"/>. Many small tensors instead of few large ones.</param>
/// <param name="Batch">Samples per step.</param>
/// <param name="Steps">Watched steps, with as many bare ones between them.</param>
/// <param name="Optimizer">sgd or adam.</param>
/// <param name="Threads">Threads of the library.</param>
internal sealed record Settings(int Width = 2048, int Deep = 0, int Batch = 64, int Steps = 300, string Optimizer = "adam", int Threads = 1)
{
    public const string Usage = "options: --width N --deep N --batch N --steps N --threads N --optimizer sgd|adam";

    /// <summary>The settings of a command line; null where it is not understood.</summary>
    public static Settings? Parse(string[] args)
    {
        var settings = new Settings();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
                return null;
            var isNumber = int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var next = (args[i], isNumber && number > 0) switch
            {
                ("--width", true) => settings with { Width = number },
                ("--deep", true) => settings with { Deep = number },
                ("--batch", true) => settings with { Batch = number },
                ("--steps", true) => settings with { Steps = number },
                ("--threads", true) => settings with { Threads = number },
                ("--optimizer", false) when args[i + 1] is "sgd" or "adam" => settings with { Optimizer = args[i + 1] },
                _ => null,
            };
            if (next is null)
                return null;
            settings = next;
        }

        return settings;
    }
}
