using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distilling;

public static class Networks
{
    public static Module<Tensor, Tensor> Teacher(int classes) => Sequential(
        ("conv1", Conv2d(3, 64, 3, padding: 1)),
        ("norm1", BatchNorm2d(64)),
        ("relu1", ReLU()),
        ("conv2", Conv2d(64, 128, 3, padding: 1)),
        ("norm2", BatchNorm2d(128)),
        ("relu2", ReLU()),
        ("pool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("dropout", Dropout(0.4)),
        ("classes", Linear(128, classes)));

    public static Module<Tensor, Tensor> Student(int classes) => Sequential(
        ("conv1", Conv2d(3, 16, 3, padding: 1)),
        ("norm1", BatchNorm2d(16)),
        ("relu1", ReLU()),
        ("pool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("classes", Linear(16, classes)));
}

public class Distiller
{
    private readonly Module<Tensor, Tensor> teacher;
    private readonly Module<Tensor, Tensor> student;
    private readonly float temperature;
    private readonly float alpha;

    public Distiller(Module<Tensor, Tensor> teacher, Module<Tensor, Tensor> student, float temperature = 2f, float alpha = 0.25f)
    {
        this.teacher = teacher;
        this.student = student;
        this.temperature = temperature;
        this.alpha = alpha;
    }

    public void Run(DataLoader loader, int epochs, double rate)
    {
        using var optimizer = optim.AdamW(student.parameters(), lr: rate);
        teacher.eval();
        student.train();

        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var sum = 0.0;
            long batches = 0;
            foreach (var batch in loader)
            {
                using var scope = NewDisposeScope();
                var images = batch["data"];
                var labels = batch["label"];

                Tensor soft;
                using (no_grad())
                    soft = functional.softmax(teacher.call(images) / temperature, 1);

                var logits = student.call(images);
                var imitation = functional.kl_div(functional.log_softmax(logits / temperature, 1), soft, log_target: false, reduction: Reduction.Mean) * temperature * temperature;
                var truth = functional.cross_entropy(logits, labels);
                var loss = alpha * truth + (1 - alpha) * imitation;

                optimizer.zero_grad();
                loss.backward();
                optimizer.step();

                sum += loss.item<float>();
                batches++;
            }

            Console.WriteLine($"Epoch {epoch + 1}/{epochs}, loss: {sum / batches}");
        }
    }
}

internal static class Program
{
    private static void Distill(DataLoader train, string weights)
    {
        var teacher = Networks.Teacher(10);
        teacher.load(weights);
        var student = Networks.Student(10);
        new Distiller(teacher, student).Run(train, 10, 1e-3);
        student.save("student.dat");
    }
}
