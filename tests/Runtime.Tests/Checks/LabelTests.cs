namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Class labels: type, range, order, frequency.</summary>
public sealed class LabelTests
{
    private static TrainReport Look(Tensor target, TrainGuardOptions? options = null, Tensor? x = null)
    {
        var model = Sequential(Linear(2, 3));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), (options ?? new() { Classes = 3 }) with { Logger = new ListLogger() });
        guard.Batch(x ?? zeros(target.shape[0], 2), target);
        guard.Epoch();
        return guard.Report;
    }

    private static Tensor Labels(IEnumerable<long> labels) => tensor(labels.ToArray());

    [Fact]
    public void Types_that_the_loss_refuses()
    {
        foreach (var type in new[] { int32, int16, int8, float32, float64 })
            Expect.Ids(Look(zeros(4, type)), "TL0407");
        Expect.Ids(Look(zeros([4, 1])), "TL0407");
    }

    [Fact]
    public void Types_that_it_takes()
    {
        Expect.Silence(Look(zeros(4, int64)));
        Expect.Silence(Look(zeros(4, uint8)));
        // Probabilities, and a class per pixel.
        Expect.Silence(Look(ones(4, 3).div(3)));
        Expect.Silence(Look(zeros([4, 8, 8], int64)));
    }

    [Theory]
    [InlineData(3, "classes are 0 to 2")]
    [InlineData(-1, "holds class -1")]
    [InlineData(250, "holds class 250")]
    public void A_class_out_of_range_is_an_error(long wrong, string text)
    {
        var report = Look(Labels([0, wrong, 2]));
        Expect.Ids(report, "TLR0401");
        Assert.Contains(text, report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbering_from_one_is_named() => Assert.Contains("subtract 1", Look(Labels([1, 2, 3])).Findings[0].Message, StringComparison.Ordinal);

    [Fact]
    public void What_the_loss_leaves_out_is_in_range()
    {
        Expect.Silence(Look(Labels([0, -100, 2])));
        Expect.Silence(Look(Labels([0, 255, 2]), new() { Classes = 3, IgnoreIndex = 255 }));
        Expect.Silence(Look(Labels([-100, -100])));
    }

    [Fact]
    public void Without_classes_nothing_is_known() => Expect.Silence(Look(Labels([0, 7, -3]), new()));

    [Fact]
    public void Sorted_labels_are_worth_a_word()
    {
        var report = Look(Labels(Enumerable.Range(0, 300).Select(i => i / 100L)));
        Expect.Ids(report, "TL0601");
        Assert.Contains("changes 2 times", report.Findings[0].Message, StringComparison.Ordinal);
        Expect.Ids(Look(Labels(Enumerable.Repeat(1L, 300))), "TL0601");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shuffled_ones_are_not(int seed)
    {
        var random = new Random(seed);
        Expect.Silence(Look(Labels(Enumerable.Range(0, 300).Select(_ => (long)random.Next(3)))));
        // Uneven, as data is.
        Expect.Silence(Look(Labels(Enumerable.Range(0, 2000).Select(_ => random.NextDouble() < 0.9 ? 0L : 1L))));
    }

    [Fact]
    public void Tokens_follow_one_another() => Expect.Silence(Look(Labels(Enumerable.Range(0, 300).Select(i => i / 100L)), x: zeros(300, 2, dtype: int64)));

    [Fact]
    public void Few_labels_are_no_proof() => Expect.Silence(Look(Labels(Enumerable.Range(0, 90).Select(i => i / 30L))));

    [Fact]
    public void Rare_classes_are_worth_a_word()
    {
        var random = new Random(1);
        var report = Look(Labels(Enumerable.Range(0, 2000).Select(_ => random.NextDouble() < 0.99 ? 0L : 1L)));
        Expect.Ids(report, "TLR0202");
        Assert.True(report.Findings[0].Measured > 50);
    }
}
