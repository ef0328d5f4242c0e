using System.Reflection;
using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Training;

/// <summary>How good a model is on data that it has not seen.</summary>
public static class Report
{
    /// <summary>Says what the figures of this run are worth.</summary>
    public static void Circumstances(string folder)
    {
        var library = typeof(torch).Assembly.GetCustomAttribute<AssemblyDescriptionAttribute>()?.Description ?? "";
        if (library.Contains("stand-in"))
            Console.WriteLine("This run computes with the stand-in for TorchSharp in tests/TorchSharp.Fake, not with the library.");
        if (!FashionDataset.IsIn(folder))
            Console.WriteLine($"The files of Fashion-MNIST are not in '{folder}': this run draws a few clothes instead.");
    }

    /// <summary>The share of images that the model puts into the right class. Leaves the model in evaluation mode.</summary>
    public static double Accuracy(Module<Tensor, Tensor> model, DataLoader loader)
    {
        model.eval();
        using var _ = no_grad();
        var (right, seen) = (0L, 0L);
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var predicted = model.forward(batch["image"]).argmax(1);
            right += predicted.eq(batch["label"]).sum().ToInt64();
            seen += predicted.shape[0];
        }

        return (double)right / seen;
    }

    /// <summary>Prints, for each class, how often it was taken for each other.</summary>
    public static void Print(Module<Tensor, Tensor> model, DataLoader loader)
    {
        model.eval();
        no_grad();
        var counts = new long[FashionDataset.Classes.Length, FashionDataset.Classes.Length];
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var predicted = model.forward(batch["image"]).argmax(1).cpu().data<long>().ToArray();
            var actual = batch["label"].cpu().data<long>().ToArray();
            for (var i = 0; i < actual.Length; i++)
                counts[actual[i], predicted[i]]++;
        }

        for (var row = 0; row < FashionDataset.Classes.Length; row++)
        {
            Console.Write($"{FashionDataset.Classes[row],-9}");
            for (var column = 0; column < FashionDataset.Classes.Length; column++)
                Console.Write($"{counts[row, column],6}");
            Console.WriteLine();
        }
    }
}
