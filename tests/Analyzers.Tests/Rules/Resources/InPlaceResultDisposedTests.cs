using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class InPlaceResultDisposedTests
{
    private const string Id = "TL1106";

    [Fact]
    public Task Names_the_call_and_the_tensor() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        [|using|] (var z = x.relu_())
        {
            Console.WriteLine(z.sum().item<float>());
        }

        model.forward(x);
        """, "'x.relu_()' works in place and returns 'x' itself: the using disposes 'x', which is still needed");

    [Fact]
    public Task Warns_where_the_tensor_is_met_again() => Verifier.Warns(Id, """
        public sealed class Scaling(Module<Tensor, Tensor> net)
        {
            private readonly Tensor total = zeros(1);

            public Tensor Run(Tensor x, IEnumerable<Tensor> batches)
            {
                if (x.shape[0] > 1)
                {
                    [|using|] var scaled = x.div_(255);
                    net.forward(scaled);
                }

                var sum = zeros(1);
                foreach (var batch in batches)
                {
                    [|using|] var _ = sum.add_(batch);
                }

                Action show = () =>
                {
                    [|using|] (total.mul_(2).add_(1)) Console.WriteLine("doubled");
                    using var mean = total.mean();
                };
                show();
                return net.forward(x);
            }

            public Tensor Returned(Tensor x)
            {
                [|using|] var y = x.relu_();
                return x;
            }

            public void Decay(Linear layer)
            {
                using var guard = no_grad();
                foreach (var p in net.parameters())
                {
                    [|using|] var _ = p.mul_(0.99);
                }

                [|using|] var weight = layer.weight!.mul_(0.99);
            }

            public void EveryRound(int rounds)
            {
                var noise = rand(3);
                for (var i = 0; i < rounds; i++)
                {
                    [|using|] var shifted = noise.add_(1);
                    net.forward(shifted);
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_by_dropping_the_using() => Verifier.Fix(Id, """
        var sum = zeros(1);
        foreach (var (x, y) in data)
        {
            // the sum of all
            [|using|] var _ = sum.add_(x.sum());
            if (x.shape[0] > 1)
            {
                [|using|] Tensor total = sum.mul_(2).add_(1); // scaled
                model.forward(total);
            }

            [|using|] (var positive = sum.relu_())
            {
                model.forward(positive);
            }

            [|using|] (sum.neg_())
            {
                model.forward(sum);
            }
        }
        """, """
        var sum = zeros(1);
        foreach (var (x, y) in data)
        {
            // the sum of all
            sum.add_(x.sum());
            if (x.shape[0] > 1)
            {
                Tensor total = sum.mul_(2).add_(1); // scaled
                model.forward(total);
            }

            var positive = sum.relu_();
            {
                model.forward(positive);
            }

            sum.neg_();
            {
                model.forward(sum);
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var x = rand(3);
        [|using|] (var y = x.relu_()) { Console.WriteLine(y.sum().item<float>()); }
        Console.WriteLine(x.sum().item<float>());
        """, """
        // top-level
        var x = rand(3);
        var y = x.relu_(); { Console.WriteLine(y.sum().item<float>()); }
        Console.WriteLine(x.sum().item<float>());
        """);

    [Fact]
    public Task Offers_nothing_for_a_using_without_a_block() => Verifier.NoFix(Id, """
        var (x, y) = data.First();
        [|using|] (var z = x.relu_()) model.forward(z);
        model.forward(x);
        """);

    [Theory]
    [InlineData("using var z = x.relu();\nmodel.forward(x);")]
    [InlineData("using (var z = x.clone().relu_()) model.forward(z);\nmodel.forward(x);")]
    [InlineData("using (var z = (x + 1).relu_()) model.forward(z);\nmodel.forward(x);")]
    [InlineData("using (var z = model.forward(x).relu_()) Console.WriteLine(z.sum().item<float>());\nmodel.forward(x);")]
    [InlineData("using (var z = x[0].relu_()) model.forward(z);\nmodel.forward(x);")]
    [InlineData("using (x.zero_()) model.forward(y);\nmodel.forward(x);")]
    [InlineData("using var z = x.relu_();\nmodel.forward(z);")]
    [InlineData("using var z = x.relu_();\nmodel.forward(x);")]
    [InlineData("using var w = rand(3);\nusing (var z = w.relu_()) model.forward(z);\nmodel.forward(w);")]
    [InlineData("{\n    using var z = x.relu_();\n    model.forward(z);\n}\n\nx = rand(3);\nmodel.forward(x);")]
    [InlineData("foreach (var (a, b) in data)\n{\n    using var z = a.div_(255);\n    model.forward(z);\n}")]
    [InlineData("for (var i = 0; i < 3; i++)\n{\n    x = rand(3);\n    using var z = x.relu_();\n    model.forward(z);\n}")]
    [InlineData("var z = x.relu_();\nmodel.forward(x);")]
    [InlineData("using var _ = no_grad();\nx.relu_();")]
    public Task Silent_where_nothing_disposed_is_met_again(string statements) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        {{statements}}
        """);

    [Fact]
    public Task Silent_where_the_field_gets_another_tensor_and_on_initializers() => Verifier.Silent(Id, """
        public sealed class Noise
        {
            private Tensor state = rand(3);

            public void Renew()
            {
                using (state.add_(1)) Console.WriteLine(state.sum().item<float>());
                state = rand(3);
            }

            public static void Start(Linear layer)
            {
                using var weight = nn.init.ones_(layer.weight);
            }
        }
        """);
}
