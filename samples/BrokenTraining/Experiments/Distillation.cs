using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Data;
using Wardrobe.Models;
using Wardrobe.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Experiments;

/// <summary>Teaches a small network to answer as the fine-tuned one does.</summary>
public static class Distillation
{
    private const double Temperature = 4;

    public static void Run(DataLoader train, DataLoader test, Device device)
    {
        using var teacher = new CodeClassifier(FashionDataset.Classes.Length);
        teacher.load(FineTuning.Weights);
        teacher.to(device);
        teacher.eval();

        using var student = new StudentNet(FashionDataset.Classes.Length);
        student.to(device);
        using var optimizer = optim.Adam(student.parameters(), lr: 1e-3);

        for (var epoch = 1; epoch <= 10; epoch++)
        {
            student.train();
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                var loss = Disagreement(student.forward(batch["image"]), Answers(teacher, batch["image"]));
                loss.backward();
                optimizer.zero_grad();
                optimizer.step();
            }

            Console.WriteLine($"epoch {epoch,2}  student's accuracy {Report.Accuracy(student, test):P2}");
        }

        student.save("student.dat");
    }

    private static Tensor Answers(CodeClassifier teacher, Tensor images)
    {
        using var _ = no_grad();
        return functional.softmax(teacher.forward(images) / Temperature, 1);
    }

    private static Tensor Disagreement(Tensor student, Tensor teacher) =>
        -(teacher * functional.log_softmax(student / Temperature, 1)).sum(1).mean();
}
