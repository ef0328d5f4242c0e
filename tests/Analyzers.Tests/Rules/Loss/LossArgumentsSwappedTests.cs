using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class LossArgumentsSwappedTests
{
    private const string Id = "TL0408";

    [Fact]
    public Task Names_both_arguments() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
            [|functional.cross_entropy(y, model.forward(x))|].backward();
        """, "'functional.cross_entropy(…)' is given 'y' as input and 'model.forward(…)', which comes out of the model, as target: this loss does not treat the two alike, so swap them");

    [Theory]
    [InlineData("functional.cross_entropy(y, output)")]
    [InlineData("functional.cross_entropy(target: output, input: y.to(int64))")]
    [InlineData("functional.nll_loss(y.squeeze(1), output.log_softmax(1))")]
    [InlineData("functional.binary_cross_entropy(y, output.sigmoid())")]
    [InlineData("functional.binary_cross_entropy_with_logits(y.view(-1, 1).cuda(), output)")]
    [InlineData("CrossEntropyLoss().forward(y, output)")]
    [InlineData("new NLLLoss(reduction: Reduction.Sum).call(y, output)")]
    [InlineData("functional.cross_entropy(ones(8, 3), output)")]
    public Task Warns_for_every_loss_that_tells_the_two_apart(string loss) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
        {
            var output = model.forward(x);
            [|{{loss}}|].backward();
        }
        """);

    [Fact]
    public Task Warns_when_a_loader_yields_dictionaries_and_gradients_are_off() => Verifier.Warns(Id, """
        // file: Evaluation.cs
        public sealed class Evaluation(Module<Tensor, Tensor> net, Device device)
        {
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public float Loss(DataLoader loader)
            {
                var total = 0f;
                using (no_grad())
                {
                    foreach (var batch in loader)
                    {
                        var data = batch["data"].to(device);
                        var label = batch["label"].to(device);
                        using var prediction = net.forward(data).squeeze(-1);
                        total += [|criterion.forward(label, prediction)|].item<float>();
                    }
                }

                return total;
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_helper_whose_callers_hand_in_the_output() => Verifier.Warns(Id, """
        // file: Losses.cs
        public static class Losses
        {
            public static Tensor Of(Tensor prediction, Tensor target) => [|functional.nll_loss(target, prediction)|];
        }
        // file: Trainer.cs
        public sealed class Batch
        {
            public required Tensor Input { get; init; }

            public required Tensor Label { get; init; }
        }

        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Learn(IEnumerable<Batch> batches)
            {
                foreach (var batch in batches)
                    Losses.Of(net.call(batch.Input), batch.Label).backward();
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_lambda_and_a_method_that_nobody_calls() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 3);
            private readonly Loss<Tensor, Tensor, Tensor> loss = CrossEntropyLoss();
            private readonly Tensor labels = tensor(new long[] { 0, 1, 2 });

            public Tensor Loss(Tensor x, Tensor y) => [|loss.forward(y, net.forward(x))|];

            public void Fit(torch.optim.Optimizer optimizer, Tensor inputs) => optimizer.step(() =>
            {
                optimizer.zero_grad();
                var l = [|loss.forward(labels, net.forward(inputs))|];
                l.backward();
                return l;
            });
        }
        """);

    [Fact]
    public Task Warns_where_the_types_tell() => Verifier.Warns(Id, """
        var input = rand(5, 12);
        var target = randint(12, new long[] { 5 }, int64);
        var loss = [|CrossEntropyLoss().call(target, input)|];
        """, "'CrossEntropyLoss().call(…)' is given 'target' as input and 'input', which holds no classes, as target: this loss does not treat the two alike, so swap them");

    [Fact]
    public Task Warns_when_the_forward_is_a_method_of_ones_own() => Verifier.Warns(Id, """
        // file: Decoder.cs
        public sealed class Decoder : Module
        {
            private readonly Linear layer = Linear(4, 3);

            public Decoder() : base(nameof(Decoder)) => RegisterComponents();

            public (Tensor, Tensor) forward(Tensor x, Tensor hidden) => (layer.forward(x).log_softmax(1), hidden);
        }
        // file: Translator.cs
        public sealed class Translator
        {
            private readonly Decoder decoder = new();

            public void Learn(IReadOnlyList<string[]> pairs)
            {
                foreach (var i in Enumerable.Range(0, pairs.Count))
                    Train(Read(pairs[i][0]), Read(pairs[i][1]));

                double Train(Tensor input, Tensor target)
                {
                    var criterion = nn.NLLLoss();
                    var hidden = zeros(1, 4);
                    Tensor output;
                    (output, hidden) = decoder.forward(input, hidden);
                    var loss = [|criterion.forward(target[0], output)|];
                    loss.backward();
                    return loss.item<float>();
                }
            }

            private static Tensor Read(string text) => tensor(text.Split().Select(long.Parse).ToArray());
        }
        """);

    [Theory]
    [InlineData("Tensor pred, Tensor target", "target, pred")]
    [InlineData("Tensor pred_scores, Tensor gt_scores", "gt_scores.to(float32), pred_scores.view(-1)")]
    [InlineData("Tensor predictions, Dictionary<string, Tensor> batch", "batch[\"cls\"].view(-1, 1), predictions")]
    [InlineData("Tensor[] outputs, Tensor labels", "labels, outputs[0]")]
    public Task Takes_the_names_of_a_loss_of_ones_own_at_their_word(string parameters, string arguments) => Verifier.Warns(Id, $$"""
        // file: Losses.cs
        public static class Losses
        {
            public static Tensor Of({{parameters}}) => [|functional.binary_cross_entropy_with_logits({{arguments}})|];
        }
        """);

    [Fact]
    public Task Follows_a_name_through_locals() => Verifier.Warns(Id, """
        // file: Losses.cs
        public static class Losses
        {
            public static Tensor Of(Tensor prediction, Tensor target)
            {
                var flat = prediction.view(-1);
                var truth = target.view(-1);
                return [|functional.binary_cross_entropy_with_logits(truth, flat)|];
            }
        }
        """, "'functional.binary_cross_entropy_with_logits(…)' is given 'truth' as input and 'flat', which is the model's output by its name, as target: this loss does not treat the two alike, so swap them");

    [Theory]
    [InlineData("Tensor pred, Tensor target", "pred, target")]
    [InlineData("Tensor input, Tensor logits", "input, logits")]
    [InlineData("Tensor t, Tensor pred", "t, pred")]
    [InlineData("Tensor target_logits, Tensor pred", "target_logits, pred")]
    [InlineData("Tensor target, Tensor predicted_label", "target, predicted_label")]
    public Task Is_silent_where_the_names_do_not_say_so(string parameters, string arguments) => Verifier.Silent(Id, $$"""
        // file: Losses.cs
        public static class Losses
        {
            public static Tensor Of({{parameters}}) => functional.binary_cross_entropy_with_logits({{arguments}});
        }
        """);

    [Fact]
    public Task Is_silent_where_callers_prove_the_names_wrong() => Verifier.Silent(Id, """
        // file: Losses.cs
        public static class Losses
        {
            public static Tensor Of(Tensor target, Tensor prediction) => functional.nll_loss(target, prediction);
        }
        // file: Trainer.cs
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Learn(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                    Losses.Of(net.call(x), y).backward();
            }
        }
        """);

    [Fact]
    public Task Warns_where_the_truth_comes_from_a_method_beside_the_training() => Verifier.Warns(Id, """
        // file: Decoder.cs
        public sealed class Decoder : Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            private readonly Linear layer = Linear(4, 3);

            public Decoder() : base(nameof(Decoder)) => RegisterComponents();

            public override (Tensor, Tensor) forward(Tensor x, Tensor hidden) => (layer.forward(x).log_softmax(1), hidden);
        }
        // file: Translator.cs
        public sealed class Translator
        {
            private readonly Decoder decoder = new();

            private List<long> Indices(string text) => text.Split().Select(long.Parse).ToList();

            private Tensor Read(string text)
            {
                var indices = Indices(text);
                indices.Add(1);
                return tensor(indices).view(-1, 1);
            }

            public void Learn(IReadOnlyList<string[]> pairs)
            {
                foreach (var pair in pairs)
                    Console.WriteLine(Train(Read(pair[0]), Read(pair[1])));

                double Train(Tensor input, Tensor target)
                {
                    var criterion = nn.NLLLoss();
                    var hidden = zeros(1, 4);
                    Tensor loss = 0;
                    for (var i = 0; i < target.size(0); i++)
                    {
                        (var output, hidden) = decoder.forward(input, hidden);
                        loss += [|criterion.forward(target[i], output)|];
                        input = target[i];
                    }

                    loss.backward();
                    return loss.item<float>();
                }
            }
        }
        """);

    [Fact]
    public Task Suggests_where_the_loss_is_symmetric() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
            [|criterion.forward(y, model.forward(x))|].backward();
        """, "'criterion.forward(…)' is given 'y' as input and 'model.forward(…)', which comes out of the model, as target: this loss treats the two alike, but the next one may not",
        options: new() { Severity = DiagnosticSeverity.Info });

    [Fact]
    public Task Fixes_statements_with_comments() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var output = model.forward(x);
            var loss = [|functional.binary_cross_entropy_with_logits(
                y, // labels
                output,
                reduction: Reduction.Sum)|]; // summed
            loss.backward();
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var output = model.forward(x);
            var loss = functional.binary_cross_entropy_with_logits(
                output, // labels
                y,
                reduction: Reduction.Sum); // summed
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_top_level_statements_and_names() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 3);
        var (x, y) = (rand(8, 4), randint(3, new long[] { 8 }));
        for (var i = 0; i < 10; i++) [|functional.cross_entropy(target: net.forward(x), input: y)|].backward();
        """, """
        // top-level
        var net = Linear(4, 3);
        var (x, y) = (rand(8, 4), randint(3, new long[] { 8 }));
        for (var i = 0; i < 10; i++) functional.cross_entropy(target: y, input: net.forward(x)).backward();
        """);

    [Fact]
    public Task Fixes_a_symmetric_loss_too() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            Tensor z;
            z = model.forward(x);
            [|functional.smooth_l1_loss(y.to(float32), z)|].backward();
        }
        """, """
        foreach (var (x, y) in data)
        {
            Tensor z;
            z = model.forward(x);
            functional.smooth_l1_loss(z, y.to(float32)).backward();
        }
        """, new() { Severity = DiagnosticSeverity.Info });

    [Theory]
    [InlineData("functional.cross_entropy(output, y).backward();")]
    [InlineData("functional.cross_entropy(target: y, input: output).backward();")]
    [InlineData("functional.cross_entropy(output, model.forward(x).softmax(1)).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(output, ones_like(output)).backward();")]
    [InlineData("functional.mse_loss(output, x).backward();")]
    [InlineData("functional.kl_div(y, output.softmax(1), log_target: false).backward();")]
    [InlineData("functional.cross_entropy(output.detach(), model.forward(y)).backward();")]
    [InlineData("var t = y; if (data.Any()) t = output; functional.cross_entropy(t, model.forward(x)).backward();")]
    [InlineData("(y - output).pow(2).mean().backward();")]
    [InlineData("using (no_grad()) { y = model.forward(x); functional.cross_entropy(y, model.forward(x)).backward(); }")]
    [InlineData("functional.cross_entropy(zeros(3, int64), y).backward();")]
    public Task Silent_when_the_output_is_the_input_or_both_are_outputs(string rest) => Verifier.Silent(Id, $$"""
        foreach (var (x, labels) in data)
        {
            var y = labels;
            var output = model.forward(x);
            {{rest}}
        }
        """);

    [Fact]
    public Task Silent_on_distillation_with_either_network_frozen() => Verifier.Silent(Id, """
        var teacher = Linear(4, 3);
        foreach (var (x, _) in data)
        {
            Tensor soft;
            using (no_grad())
                soft = teacher.forward(x).softmax(1);
            functional.cross_entropy(model.forward(x), soft).backward();
            functional.cross_entropy(soft, model.forward(x)).backward();
            functional.mse_loss(soft.to(float32), model.forward(x)).backward();
        }
        """);

    [Fact]
    public Task Silent_on_a_GAN() => Verifier.Silent(Id, """
        var generator = Linear(4, 8);
        var discriminator = Sequential(Linear(8, 1), Sigmoid());
        var bce = BCELoss();
        foreach (var (x, _) in data)
        {
            var real = discriminator.forward(x);
            var fake = discriminator.forward(generator.forward(randn(8, 4)).detach());
            (bce.forward(real, ones_like(real)) + bce.forward(fake, zeros_like(fake))).backward();
            bce.forward(discriminator.forward(generator.forward(randn(8, 4))), ones(8, 1)).backward();
        }
        """);

    [Fact]
    public Task Silent_when_nobody_can_say_what_the_input_is() => Verifier.Silent(Id, """
        public sealed class Memory
        {
            private readonly List<Tensor> outputs = [];

            public void Keep(Module<Tensor, Tensor> net, Tensor x) => outputs.Add(net.forward(x));

            public Tensor Last() => outputs[^1];

            public Tensor Run(Module<Tensor, Tensor> net, Tensor x) => net.forward(x);
        }

        public static class Training
        {
            public static void Learn(Module<Tensor, Tensor> net, Memory memory, Func<Tensor, Tensor> other, Tensor x)
            {
                functional.cross_entropy(memory.Run(net, x), net.forward(x).softmax(1)).backward();
                functional.cross_entropy(other(x), net.forward(x)).backward();
                var list = new List<Tensor> { net.forward(x) };
                functional.cross_entropy(list[0], net.forward(x)).backward();
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_module_without_weights_assigns_the_targets() => Verifier.Silent(Id, """
        public sealed class Assigner : Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            private readonly int most = 10;

            public Assigner() : base(nameof(Assigner))
            {
            }

            public override (Tensor, Tensor) forward(Tensor scores, Tensor truth) => (truth * scores.amax(1), truth.topk(most).Item1);
        }

        public sealed class DetectionLoss : Module<Dictionary<string, Tensor>, Dictionary<string, Tensor>, Tensor>
        {
            private readonly BCEWithLogitsLoss bce = BCEWithLogitsLoss(reduction: Reduction.None);
            private readonly Assigner assigner = new();

            public DetectionLoss() : base(nameof(DetectionLoss))
            {
            }

            public override Tensor forward(Dictionary<string, Tensor> predictions, Dictionary<string, Tensor> batch) => Classes(predictions, batch);

            private Tensor Classes(Dictionary<string, Tensor> predictions, Dictionary<string, Tensor> batch)
            {
                var scores = predictions["scores"].permute(0, 2, 1).contiguous();
                var (targets, _) = assigner.forward(scores.detach().sigmoid(), batch["class"]);
                return bce.forward(scores, targets.to(float32)).sum();
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_helper_for_the_loss_of_a_student() => Verifier.Silent(Id, """
        public static class Distillation
        {
            public static Tensor Reused(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                using var _ = no_grad();
                x = net.forward(y);
                return functional.cross_entropy(x, net.forward(y));
            }

            public static Tensor Loss(Tensor student, Module<Tensor, Tensor> teacher, Tensor x) => functional.cross_entropy(student, teacher.forward(x).softmax(1));

            public static Tensor Other(Tensor student, Module<Tensor, Tensor> teacher, Tensor x) => functional.cross_entropy(student, teacher.forward(x));

            public static void Run(Module<Tensor, Tensor> net, Module<Tensor, Tensor> teacher, Tensor x) => Other(net.forward(x), teacher, x).backward();
        }
        """);
}
