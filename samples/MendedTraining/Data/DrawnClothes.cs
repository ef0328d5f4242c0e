namespace Wardrobe.Data;

/// <summary>
/// Not Fashion-MNIST: outlines of the same ten classes, drawn by rule, shifted, more or less bright, with noise on them. For a
/// first run before the real files are there; much easier than these, so its accuracies say nothing about a model.
/// </summary>
public static class DrawnClothes
{
    /// <summary>Pixels of <paramref name="count"/> images in row order, and their classes.</summary>
    public static (byte[] Pixels, byte[] Classes) Draw(int count, int seed)
    {
        const int side = FashionDataset.Side;
        var random = new Random(seed);
        var (pixels, classes) = (new byte[count * side * side], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            classes[i] = (byte)random.Next(FashionDataset.Classes.Length);
            var (right, down, brightness) = (random.Next(-2, 3), random.Next(-2, 3), random.Next(110, 220));
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                    pixels[(i * side + y) * side + x] = (byte)((Covers(classes[i], x - right, y - down) ? brightness : 0) + random.Next(36));
        }

        return (pixels, classes);
    }

    private static bool Covers(int kind, int x, int y)
    {
        var middle = Math.Abs(x - 13.5);
        var torso = middle < 6 && y is > 3 and < 24;
        var shortSleeves = middle < 11 && y is > 3 and < 9;
        var longSleeves = middle is > 7 and < 10.5 && y is > 3 and < 22;
        return kind switch
        {
            0 => torso || shortSleeves,
            1 => middle is > 1 and < 6 && y is > 2 and < 26 || middle < 6 && y is > 2 and < 8,
            2 => torso || longSleeves,
            3 => y is > 2 and < 26 && middle < 2.5 + y / 5.0,
            4 => (torso || longSleeves) && middle > 1,
            5 => y is > 14 and < 22 && middle < 12 && (x + y) % 4 < 2,
            6 => (torso || shortSleeves) && (middle > 1 || y % 4 < 2),
            7 => y is > 14 and < 22 && middle < 12 && y > 20 - x / 2.0,
            8 => y is > 12 and < 25 && middle < 10 || y is > 5 and < 13 && middle is > 5 and < 7.5 || y is 5 or 6 && middle < 7.5,
            _ => y is > 4 and < 24 && x is > 12 and < 20 || y is > 17 and < 24 && x is > 3 and < 20,
        };
    }
}
