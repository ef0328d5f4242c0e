using System.Runtime.InteropServices;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Fake.Tests;

/// <summary>Updates against the published formulas, written down here a second time for one number.</summary>
public class OptimizerTests
{
    private const double Start = 1.5;

    private static readonly double[] Gradients = [0.4, -0.3, 0.25, 0.1, -0.6, 0.2];

    /// <summary>Where the optimizer takes one parameter under the given gradients.</summary>
    private static double[] Path(Func<Parameter[], optim.Optimizer> make)
    {
        using var p = new Parameter(tensor(new[] { Start }));
        using var optimizer = make([p]);
        var path = new List<double>();
        foreach (var g in Gradients)
        {
            p.grad = tensor(new[] { g });
            optimizer.step();
            path.Add(p.item<double>());
        }

        return [.. path];
    }

    /// <summary>The same by a formula: from place, gradient and number of the step to the next place.</summary>
    private static double[] Path(Func<double, double, int, double> formula)
    {
        var (x, path) = (Start, new List<double>());
        for (var t = 1; t <= Gradients.Length; t++)
            path.Add(x = formula(x, Gradients[t - 1], t));
        return [.. path];
    }

    private static void Same(double[] expected, double[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void Sgd() => Same(Path((x, g, _) => x - 0.1 * g), Path(p => optim.SGD(p, 0.1)));

    [Fact]
    public void Sgd_with_one_step_by_hand() => Assert.Equal(1.5 - 0.1 * (0.4 + 0.01 * 1.5), Path(p => optim.SGD(p, 0.1, weight_decay: 0.01))[0], 1e-15);

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.5, false)]
    [InlineData(0, true)]
    public void Sgd_with_momentum(double dampening, bool nesterov)
    {
        double? buffer = null;
        Same(Path((x, g, _) =>
        {
            g += 0.01 * x;
            buffer = buffer is null ? g : 0.9 * buffer + (1 - dampening) * g;
            return x - 0.1 * (nesterov ? g + 0.9 * buffer.Value : buffer.Value);
        }), Path(p => optim.SGD(p, 0.1, 0.9, dampening, 0.01, nesterov)));
    }

    [Fact]
    public void Sgd_uphill() => Same(Path((x, g, _) => x + 0.1 * g), Path(p => optim.SGD(p, 0.1, maximize: true)));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 0.1)]
    [InlineData(true, 0)]
    public void Adam(bool amsgrad, double decay)
    {
        double m = 0, v = 0, largest = 0;
        Same(Path((x, g, t) =>
        {
            g += decay * x;
            m = 0.8 * m + 0.2 * g;
            v = 0.9 * v + 0.1 * g * g;
            largest = Math.Max(largest, v);
            return x - 0.05 * (m / (1 - Math.Pow(0.8, t))) / (Math.Sqrt((amsgrad ? largest : v) / (1 - Math.Pow(0.9, t))) + 1e-3);
        }), Path(p => optim.Adam(p, 0.05, 0.8, 0.9, 1e-3, decay, amsgrad)));
    }

    [Fact]
    public void The_first_step_of_Adam_is_as_long_as_the_rate() => Assert.Equal(Start - 1e-3, Path(p => optim.Adam(p))[0], 1e-9);

    [Fact]
    public void AdamW()
    {
        double m = 0, v = 0;
        Same(Path((x, g, t) =>
        {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            return x * (1 - 0.05 * 0.2) - 0.05 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        }), Path(p => optim.AdamW(p, 0.05, weight_decay: 0.2)));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    public void RMSProp(double momentum, bool centered)
    {
        double squares = 0, mean = 0, buffer = 0;
        Same(Path((x, g, _) =>
        {
            g += 0.01 * x;
            squares = 0.95 * squares + 0.05 * g * g;
            mean = 0.95 * mean + 0.05 * g;
            buffer = momentum * buffer + g / (Math.Sqrt(squares - (centered ? mean * mean : 0)) + 1e-4);
            return x - 0.01 * buffer;
        }), Path(p => optim.RMSProp(p, 0.01, 0.95, 1e-4, 0.01, momentum, centered)));
    }

    [Fact]
    public void Adagrad()
    {
        var sum = 0.1;
        Same(Path((x, g, t) =>
        {
            sum += g * g;
            return x - 0.1 / (1 + (t - 1) * 0.2) * g / (Math.Sqrt(sum) + 1e-10);
        }), Path(p => optim.Adagrad(p, 0.1, 0.2, initial_accumulator_value: 0.1)));
    }

    [Fact]
    public void Adadelta()
    {
        double squares = 0, deltas = 0;
        Same(Path((x, g, _) =>
        {
            squares = 0.9 * squares + 0.1 * g * g;
            var delta = Math.Sqrt(deltas + 1e-6) / Math.Sqrt(squares + 1e-6) * g;
            deltas = 0.9 * deltas + 0.1 * delta * delta;
            return x - delta;
        }), Path(p => optim.Adadelta(p)));
    }

    [Fact]
    public void Adamax()
    {
        double m = 0, u = 0;
        Same(Path((x, g, t) =>
        {
            m = 0.9 * m + 0.1 * g;
            u = Math.Max(0.999 * u, Math.Abs(g) + 1e-8);
            return x - 0.002 / (1 - Math.Pow(0.9, t)) * m / u;
        }), Path(p => optim.Adamax(p)));
    }

    [Fact]
    public void NAdam()
    {
        double m = 0, v = 0, product = 1;
        Same(Path((x, g, t) =>
        {
            double mu = 0.9 * (1 - 0.5 * Math.Pow(0.96, t * 0.004)), next = 0.9 * (1 - 0.5 * Math.Pow(0.96, (t + 1) * 0.004));
            product *= mu;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            var forward = next * m / (1 - product * next) + (1 - mu) * g / (1 - product);
            return x - 0.002 * forward / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        }), Path(p => optim.NAdam(p)));
    }

    [Fact]
    public void RAdam()
    {
        double m = 0, v = 0;
        Same(Path((x, g, t) =>
        {
            m = 0.9 * m + 0.1 * g;
            v = 0.8 * v + 0.2 * g * g;
            double limit = 2 / (1 - 0.8) - 1, length = limit - 2 * t * Math.Pow(0.8, t) / (1 - Math.Pow(0.8, t)), mean = m / (1 - Math.Pow(0.9, t));
            if (length <= 5)
                return x - 0.01 * mean;
            var r = Math.Sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
            return x - 0.01 * mean * r * Math.Sqrt(1 - Math.Pow(0.8, t)) / (Math.Sqrt(v) + 1e-8);
        }), Path(p => optim.RAdam(p, 0.01, 0.9, 0.8)));
    }

    [Fact]
    public void Rprop()
    {
        double before = 0, size = 0.01;
        Same(Path((x, g, _) =>
        {
            if (g * before > 0)
                size *= 1.2;
            if (g * before < 0)
                (size, g) = (size * 0.5, 0);
            before = g;
            return x - Math.Sign(g) * size;
        }), Path(p => optim.Rprop(p)));
    }

    [Fact]
    public void Asgd()
    {
        var eta = 0.1;
        Same(Path((x, g, t) =>
        {
            x = x * (1 - 1e-2 * eta) - eta * g;
            eta = 0.1 / Math.Pow(1 + 1e-2 * 0.1 * t, 0.75);
            return x;
        }), Path(p => optim.ASGD(p, 0.1, 1e-2)));
    }

    [Fact]
    public void Lbfgs_makes_new_objects_for_its_parameters()
    {
        using var p = new Parameter(ones(2));
        using var optimizer = optim.LBFGS([p]);
        var held = Assert.Single(optimizer.parameters());
        Assert.NotEqual(p.Handle, held.Handle);
        Assert.NotEqual(held.Handle, Assert.Single(optimizer.parameters()).Handle);
        p.sum().backward();
        Assert.Equal(2, optimizer.parameters().Single().grad!.sum().ToDouble());
        optimizer.zero_grad();
        Assert.Equal(0, p.grad!.sum().ToDouble());
    }

    [Fact]
    public void Lbfgs_finds_the_bottom_of_a_valley()
    {
        // Rosenbrock's function has its minimum at (1, 1).
        using var p = new Parameter(tensor(new[] { -0.5, 1.0 }));
        using var optimizer = optim.LBFGS([p], lr: 0.5, max_iter: 200);
        for (var i = 0; i < 5; i++)
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                var loss = (1 - p[0]).square() + (p[1] - p[0].square()).square() * 10;
                loss.backward();
                return loss;
            });
        Assert.Equal(1, p[0].ToDouble(), 1e-3);
        Assert.Equal(1, p[1].ToDouble(), 1e-3);
    }

    [Fact]
    public void Parameters_without_a_gradient_stay()
    {
        using var p = new Parameter(ones(2));
        using var optimizer = optim.Adam([p]);
        optimizer.step();
        Assert.Equal(2, p.sum().ToDouble());
    }

    [Fact]
    public void Zero_grad_leaves_zeros()
    {
        using var p = new Parameter(ones(2));
        (p * p).sum().backward();
        optim.SGD([p], 0.1).zero_grad();
        Assert.Equal(0, p.grad!.abs().sum().ToDouble());
    }

    [Fact]
    public void State_lies_where_its_parameter_lay_and_moves_on_request()
    {
        using var p = new Parameter(ones(2, device: CUDA));
        using var optimizer = optim.Adam([p]);
        (p * p).sum().backward();
        optimizer.step();
        var state = (Adam.State)optimizer.state_dict().State.Single();
        Assert.Equal(1, state.step);
        Assert.Equal("cuda:0", state.exp_avg.device.ToString());
        optimizer.to(CPU);
        Assert.Equal("cpu", ((Adam.State)optimizer.state_dict().State.Single()).exp_avg.device.ToString());
        Assert.Contains("cuda:0 and cpu!", Assert.Throws<ExternalException>(() => optimizer.step()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_optimizer_goes_on_where_it_was()
    {
        double[] Continued(bool saved)
        {
            using var p = new Parameter(tensor(new[] { Start }));
            var optimizer = optim.AdamW([p], 0.05);
            var path = new List<double>();
            foreach (var g in Gradients)
            {
                p.grad = tensor(new[] { g });
                optimizer.step();
                path.Add(p.item<double>());
                if (!saved)
                    continue;
                using var stream = new MemoryStream();
                optimizer.save_state_dict(new BinaryWriter(stream));
                stream.Position = 0;
                optimizer = optim.AdamW([p], 0.05);
                optimizer.load_state_dict(new BinaryReader(stream));
            }

            return [.. path];
        }

        Same(Continued(false), Continued(true));
    }

    [Fact]
    public void A_changed_rate_counts_from_the_next_step()
    {
        using var p = new Parameter(tensor(new[] { Start }));
        using var optimizer = optim.SGD([p], 0.1);
        p.grad = tensor(new[] { 1.0 });
        optimizer.step();
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = 0.01;
        optimizer.step();
        Assert.Equal(Start - 0.11, p.item<double>(), 1e-12);
    }

    [Fact]
    public void A_replaced_parameter_is_a_stranger()
    {
        var model = nn.Linear(2, 2);
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        model.to(ScalarType.Float64);
        model.call(ones(1, 2, ScalarType.Float64)).sum().backward();
        Assert.Throws<KeyNotFoundException>(() => optimizer.step());
    }
}
