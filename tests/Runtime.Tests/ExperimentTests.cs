using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests;

/// <summary>Experiments: their results, and that everything is as it was afterwards.</summary>
public sealed class ExperimentTests
{
    private static (Module<Tensor, Tensor> Model, Tensor X, Tensor Y) Make(bool drops = false)
    {
        manual_seed(3);
        var model = Sequential(("a", Linear(2, 16)), ("norm", BatchNorm1d(16)), ("act", ReLU()), ("drop", Dropout(drops ? 0.5 : 0)), ("b", Linear(16, 3)));
        var (x, y) = new Blobs(3, 3).Batch(16);
        return (model, x, y);
    }

    private static (Module<Tensor, Tensor> Model, Tensor X, Tensor Y) Plain()
    {
        var training = Training.Classifying();
        var (x, y) = training.Data(1);
        return (training.Model, x, y);
    }

    private static optim.Optimizer Fast(IEnumerable<Parameter> parameters) => optim.Adam(parameters, 1e-2);

    [Fact]
    public void A_model_in_order_learns_one_batch()
    {
        var (model, x, y) = Make();
        var result = TrainGuard.OverfitOneBatch(model, () => functional.cross_entropy(model.call(x), y), Fast);
        Assert.True(result.Passed, result.ToString());
        Assert.True(result.Lowest <= 0.1 * result.First);
        Assert.Equal(result.First, result.Losses[0]);
    }

    [Fact]
    public void One_whose_input_is_cut_off_does_not()
    {
        var (model, x, y) = Make();
        var result = TrainGuard.OverfitOneBatch(model, () => functional.cross_entropy(model.call(x.mul(0)), y), Fast, steps: 60);
        Assert.False(result.Passed, result.ToString());
        Assert.Equal(60, result.Losses.Count);
    }

    [Fact]
    public void The_range_test_finds_a_rate_that_trains()
    {
        var (model, x, y) = Plain();
        var result = TrainGuard.FindLearningRate(model, () => functional.cross_entropy(model.call(x), y), parameters => optim.SGD(parameters, 1), from: 1e-4, to: 100, steps: 60);
        Assert.InRange(result.Suggested!.Value, 1e-3, 5);
        Assert.Equal(1e-4, result.Points[0].Rate, 1e-9);
        Assert.True(result.Points.Zip(result.Points.Skip(1)).All(pair => pair.First.Rate < pair.Second.Rate));
        // A tenth of the best is used in earnest.
        Assert.True(TrainGuard.OverfitOneBatch(model, () => functional.cross_entropy(model.call(x), y), parameters => optim.SGD(parameters, result.Suggested.Value), steps: 1000).Passed);
    }

    [Fact]
    public void It_suggests_nothing_where_no_rate_helps()
    {
        var (model, x, _) = Make();
        Assert.Null(TrainGuard.FindLearningRate(model, () => model.call(x).mul(0).sum().add(1), steps: 20).Suggested);
    }

    [Fact]
    public void A_seeded_run_is_reproducible()
    {
        var (model, x, y) = Make(drops: true);
        var result = TrainGuard.IsReproducible(model, () => functional.cross_entropy(model.call(x), y));
        Assert.True(result.IsReproducible, result.ToString());
    }

    [Fact]
    public void One_that_draws_elsewhere_is_not()
    {
        var (model, x, y) = Make();
        var draws = 0;
        var result = TrainGuard.IsReproducible(model, () => functional.cross_entropy(model.call(x), y).mul(1 + 1e-3 * (draws++ > 6 ? 1 : 0)));
        Assert.Equal((false, 3), (result.IsReproducible, result.FirstDifference));
    }

    public static TheoryData<string> All => ["overfit", "range", "reproducible"];

    private static void Do(string experiment, Module model, Func<Tensor> loss)
    {
        switch (experiment)
        {
            case "overfit":
                TrainGuard.OverfitOneBatch(model, loss, steps: 5);
                break;
            case "range":
                TrainGuard.FindLearningRate(model, loss, steps: 5);
                break;
            default:
                TrainGuard.IsReproducible(model, loss, steps: 3);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Everything_is_as_it_was(string experiment) => Same(experiment, fails: false);

    [Theory]
    [MemberData(nameof(All))]
    public void Also_after_an_exception(string experiment) => Same(experiment, fails: true);

    private static void Same(string experiment, bool fails)
    {
        var (model, x, y) = Make(drops: true);
        model.At("norm").eval();
        functional.cross_entropy(model.call(x), y).backward();
        model.get_parameter("b.bias")!.grad = null;
        var before = State(model);
        var calls = 0;
        Tensor Loss() => fails && ++calls > 2 ? throw new InvalidOperationException("stop") : functional.cross_entropy(model.call(x), y);
        if (fails)
            Assert.Throws<InvalidOperationException>(() => Do(experiment, model, Loss));
        else
            Do(experiment, model, Loss);
        Assert.Equal(before, State(model));
        Assert.Null(model.get_parameter("b.bias")!.grad);
        Assert.True(is_grad_enabled());
        Assert.Null(CurrentDisposeScope);
    }

    private static List<double> State(Module model) =>
    [
        .. model.parameters().Concat(model.buffers()).Concat(model.parameters().Select(parameter => parameter.grad!).Where(gradient => gradient is not null))
            .SelectMany(value => value.detach().to_type(float64).data<double>().ToArray()),
        .. model.modules().Prepend(model).Select(module => module.training ? 1.0 : 0.0),
        .. get_rng_state().to_type(float64).data<double>().ToArray(),
    ];

    [Fact]
    public void Arguments_that_make_no_sense()
    {
        var (model, _, _) = Make();
        Assert.Throws<ArgumentNullException>(() => TrainGuard.OverfitOneBatch(model, null!));
        Assert.Throws<ArgumentNullException>(() => TrainGuard.IsReproducible(null!, () => ones(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainGuard.FindLearningRate(model, () => ones(1), from: 1, to: 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainGuard.OverfitOneBatch(model, () => ones(1), steps: 0));
    }
}
