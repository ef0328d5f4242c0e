using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests;

/// <summary>Trainings in good order, of many kinds: not one word about any of them.</summary>
public sealed class HealthyRunTests
{
    private const int Steps = 600;

    public static TheoryData<int> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Classification(int seed)
    {
        var training = Training.Classifying(seed, Steps);
        var report = training.With(epochLength: 50, validation: epoch => 1.0 / epoch).Run();
        Expect.Silence(report);
        Assert.True(Learned(training), "The run did not learn.");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Classification_with_Adam_dropout_and_batches_of_two(int seed)
    {
        manual_seed(seed);
        var model = Sequential(("a", Linear(2, 32)), ("r", ReLU()), ("d", Dropout(0.3)), ("b", Linear(32, 32)), ("t", Tanh()), ("c", Linear(32, 3)));
        Expect.Silence(Training.Classifying(seed, Steps, batch: 2).With(model: model, optimizer: optim.Adam(model.parameters(), 3e-3)).Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Noisy_labels(int seed)
    {
        var blobs = new Blobs(seed, 3, spread: 2f);
        Expect.Silence(Training.Classifying(seed, Steps).With(data: _ => blobs.Batch(8)).Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Convolution_with_batch_norm(int seed)
    {
        manual_seed(seed);
        var model = Sequential(("conv", Conv2d(1, 4, 3, padding: 1)), ("norm", BatchNorm2d(4)), ("act", ReLU()), ("flat", Flatten()), ("head", Linear(4 * 6 * 6, 2)));
        var blobs = new Blobs(seed, 2);
        Expect.Silence(new Training
        {
            Model = model,
            Optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9),
            Data = _ =>
            {
                var (x, y) = blobs.Batch(8);
                return (randn(8, 1, 6, 6).add(x.sum(1).reshape(8, 1, 1, 1)), y);
            },
            Loss = (output, y) => functional.cross_entropy(output, y),
            Steps = 120,
            Options = new() { Classes = 2 },
        }.Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Regression(int seed)
    {
        manual_seed(seed);
        var model = Sequential(("a", Linear(4, 16)), ("act", Tanh()), ("b", Linear(16, 1)));
        Expect.Silence(new Training
        {
            Model = model,
            Optimizer = optim.Adam(model.parameters(), 1e-2),
            Data = _ =>
            {
                var x = randn(16, 4);
                return (x, x.sum(1, keepdim: true).add(randn(16, 1), 0.1));
            },
            Loss = (output, y) => functional.mse_loss(output, y),
            Steps = Steps,
        }.Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Regression_in_double_precision(int seed)
    {
        manual_seed(seed);
        var model = Sequential(Linear(4, 1)).to(float64);
        Expect.Silence(new Training
        {
            Model = model,
            Optimizer = optim.SGD(model.parameters(), 0.05),
            Data = _ =>
            {
                var x = randn(16, 4, dtype: float64);
                return (x, x.mean([1], keepdim: true));
            },
            Loss = (output, y) => functional.mse_loss(output, y),
            Steps = Steps,
        }.Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Autoencoder_that_ends_in_a_sigmoid(int seed)
    {
        manual_seed(seed);
        var model = Sequential(("in", Linear(16, 8)), ("act", ReLU()), ("out", Linear(8, 16)), ("end", Sigmoid()));
        Expect.Silence(new Training
        {
            Model = model,
            Optimizer = optim.Adam(model.parameters(), 1e-2),
            Data = _ =>
            {
                // Zeros and ones: the output goes to the ends of the sigmoid, as it should.
                var x = rand(16, 1).gt(0.5).to_type(float32).mul(ones(1, 16));
                return (x, x);
            },
            Loss = (output, y) => functional.binary_cross_entropy(output, y),
            Steps = Steps,
            Options = new() { Objective = Objective.BinaryCrossEntropy },
        }.Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Adversaries_with_a_guard_each(int seed)
    {
        manual_seed(seed);
        var generator = Sequential(("a", Linear(2, 8)), ("act", ReLU()), ("b", Linear(8, 2)));
        var critic = Sequential(("a", Linear(2, 8)), ("act", LeakyReLU(0.2)), ("b", Linear(8, 1)));
        var (makes, judges) = (optim.Adam(generator.parameters(), 1e-3), optim.Adam(critic.parameters(), 1e-3));
        var options = new TrainGuardOptions { Logger = new ListLogger(), LossIsProgress = false };
        using var first = TrainGuard.Watch(critic, judges, options);
        using var second = TrainGuard.Watch(generator, makes, options);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (real, noise) = (randn(16, 2).add(2), randn(16, 2));
            var fake = generator.call(noise);
            judges.zero_grad();
            first.Batch(real);
            var loss = functional.binary_cross_entropy_with_logits(critic.call(real), ones(16, 1))
                .add(functional.binary_cross_entropy_with_logits(critic.call(fake.detach()), zeros(16, 1)));
            first.Loss(loss);
            loss.backward();
            judges.step();
            first.Step();
            makes.zero_grad();
            second.Batch(noise);
            var fooled = functional.binary_cross_entropy_with_logits(critic.call(fake), ones(16, 1));
            second.Loss(fooled);
            fooled.backward();
            makes.step();
            second.Step();
        }

        Expect.Silence(first.Report);
        Expect.Silence(second.Report);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Accumulation_over_four_batches(int seed)
    {
        var training = Training.Classifying(seed);
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, training.Options with { Logger = new ListLogger() });
        for (var step = 1; step <= Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = training.Data(step);
            guard.Batch(x, y);
            var loss = training.Loss(training.Model.call(x), y).div(4);
            guard.Loss(loss);
            loss.backward();
            if (step % 4 != 0)
                continue;
            training.Optimizer.step();
            guard.Step();
            training.Optimizer.zero_grad();
        }

        Expect.Silence(guard.Report);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_closure_that_is_evaluated_again(int seed)
    {
        var training = Training.Classifying(seed);
        var optimizer = optim.LBFGS(training.Model.parameters(), lr: 0.1, max_iter: 4);
        // Always the same batch: the method takes what changes between two evaluations for curvature.
        var (x, y) = training.Data(1);
        using var guard = TrainGuard.Watch(training.Model, optimizer, training.Options with { Logger = new ListLogger() });
        for (var step = 1; step <= 60; step++)
        {
            using var scope = NewDisposeScope();
            guard.Batch(x, y);
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                var loss = training.Loss(training.Model.call(x), y);
                guard.Loss(loss);
                loss.backward();
                return loss;
            });
            guard.Step();
        }

        Expect.Silence(guard.Report);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Warm_up_and_cosine_to_zero(int seed)
    {
        var training = Training.Classifying(seed, Steps);
        Expect.Silence(training.With(options: training.Options with { Scheduled = true }, beforeStep: step =>
        {
            foreach (var group in training.Optimizer.ParamGroups)
                group.LearningRate = 0.1 * Math.Min((step - 1) / 50.0, 0.5 + 0.5 * Math.Cos(Math.PI * (step - 50) / (Steps - 50.0)));
        }).Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Fine_tuning_of_a_head_with_a_frozen_body(int seed)
    {
        var training = Training.Classifying(seed, Steps);
        foreach (var name in new[] { "first", "second" })
        {
            foreach (var parameter in training.Model.At(name).parameters())
                parameter.requires_grad = false;
            training.Model.At(name).eval();
        }

        Expect.Silence(training.With(optimizer: optim.Adam(training.Model.At("last").parameters(), 1e-2)).Run());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tokens_in_and_an_embedding(int seed)
    {
        manual_seed(seed);
        var model = Sequential(("embed", Embedding(20, 8)), ("flat", Flatten()), ("head", Linear(8 * 4, 20)));
        Expect.Silence(new Training
        {
            Model = new Tokens(model),
            Optimizer = optim.Adam(model.parameters(), 1e-2),
            Data = _ =>
            {
                var x = randint(0, 20, [16, 4], dtype: int64);
                return (x, x.select(1, 0));
            },
            Loss = (output, y) => functional.cross_entropy(output, y),
            Steps = 200,
            Options = new() { Classes = 20 },
        }.Run());
    }

    [Fact]
    public void Clipping_decay_and_momentum()
    {
        var training = Training.Classifying(4, Steps);
        Expect.Silence(training.With(optimizer: optim.SGD(training.Model.parameters(), 0.2, momentum: 0.9, weight_decay: 1e-3),
            beforeStep: _ => torch.nn.utils.clip_grad_norm_(training.Model.parameters(), 1.0)).Run());
    }

    private sealed class Tokens : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> body;

        public Tokens(Module<Tensor, Tensor> body) : base("Tokens")
        {
            this.body = body;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => body.call(input);
    }

    private static bool Learned(Training training)
    {
        using var mode = no_grad();
        var (x, y) = new Blobs(99, 3).Batch(100);
        return functional.cross_entropy(training.Model.call(x), y).ToDouble() < 0.3;
    }
}
