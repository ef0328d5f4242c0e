using System.Buffers.Binary;
using TorchSharp;
using static TorchSharp.torch;

namespace Wardrobe.Data;

/// <summary>Fashion-MNIST as its authors publish it: 28 x 28 grey pixels and one of ten classes, in a pair of IDX files.</summary>
public sealed class FashionDataset : utils.data.Dataset
{
    public const int Side = 28;

    private const float Mean = 0.286f;
    private const float Deviation = 0.353f;

    private readonly Tensor images;
    private readonly Tensor labels;

    public FashionDataset(string folder, string part)
    {
        var (pixels, classes) = IsIn(folder)
            ? (ReadIdx(Path.Combine(folder, part + "-images-idx3-ubyte"), headerSize: 16), ReadIdx(Path.Combine(folder, part + "-labels-idx1-ubyte"), headerSize: 8))
            : part == "train" ? DrawnClothes.Draw(count: 384, seed: 1) : DrawnClothes.Draw(count: 200, seed: 2);
        Count = classes.Length;
        images = tensor(Array.ConvertAll(pixels, p => (p / 255f - Mean) / Deviation)).reshape(Count, 1, Side, Side);
        labels = tensor(Array.ConvertAll(classes, c => (long)c));
    }

    public static string[] Classes { get; } = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];

    public override long Count { get; }

    /// <summary>Whether the files lie there. Where they do not, clothes are drawn.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, "train-images-idx3-ubyte"));

    public override Dictionary<string, Tensor> GetTensor(long index) => new()
    {
        ["image"] = images[index],
        ["label"] = labels[index],
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            images.Dispose();
            labels.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] ReadIdx(string path, int headerSize)
    {
        var bytes = File.ReadAllBytes(path);
        var items = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4));
        var content = bytes[headerSize..];
        return content.Length % items == 0 ? content : throw new InvalidDataException($"{path} does not hold {items} whole items.");
    }
}
