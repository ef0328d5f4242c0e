namespace TrainLint.Runtime.Tests.Checks;

/// <summary>The scale of inputs.</summary>
public sealed class InputTests
{
    private static TrainReport Look(Tensor x)
    {
        var model = Sequential(Linear(x.shape[^1], 2));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        guard.Batch(x);
        return guard.Report;
    }

    private static Tensor Pixels() => randint(0, 256, [4, 1, 16, 16]).to_type(float32);

    [Fact]
    public void Bytes_as_floats_are_worth_a_word()
    {
        manual_seed(1);
        Expect.Ids(Look(Pixels()), "TL0201");
    }

    [Fact]
    public void Scaled_ones_are_not()
    {
        manual_seed(1);
        Expect.Silence(Look(Pixels().div(255)));
        Expect.Silence(Look(Pixels().sub(127.5).div(64)));
        Expect.Silence(Look(randn(4, 1, 16, 16)));
    }

    [Fact]
    public void Nor_are_indices_counts_and_large_values()
    {
        manual_seed(1);
        Expect.Silence(Look(randint(0, 256, [4, 100])));
        Expect.Silence(Look(randint(0, 256, [4, 8]).to_type(float32)));
        Expect.Silence(Look(randint(0, 40, [4, 100]).to_type(float32)));
        Expect.Silence(Look(randint(0, 5000, [4, 100]).to_type(float32)));
        Expect.Silence(Look(Pixels().add(0.5)));
    }
}
