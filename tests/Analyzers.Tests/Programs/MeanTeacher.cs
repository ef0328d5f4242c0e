using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SemiSupervised;

/// <summary>Few labels, many images: a slowly moving average of the student teaches it on the rest.</summary>
public class MeanTeacher
{
    private readonly Func<Module<Tensor, Tensor>> build;
    private readonly Module<Tensor, Tensor> student;
    private readonly Module<Tensor, Tensor> teacher;
    private readonly optim.Optimizer optimizer;
    private readonly double decay;
    private long step;

    public MeanTeacher(double decay = 0.99)
    {
        this.decay = decay;
        build = () => Sequential(Linear(32, 64), BatchNorm1d(64), ReLU(), Dropout(0.3), Linear(64, 5));
        student = build();
        teacher = build();
        teacher.load_state_dict(student.state_dict());
        foreach (var p in teacher.parameters()) p.requires_grad = false;
        optimizer = optim.RAdam(student.parameters(), lr: 1e-3);
    }

    public double Step(Tensor labelled, Tensor labels, Tensor unlabelled)
    {
        using var scope = NewDisposeScope();
        student.train();
        teacher.train();
        var supervised = functional.cross_entropy(student.call(labelled), labels);
        Tensor wish;
        using (no_grad())
            wish = functional.softmax(teacher.call(Noisy(unlabelled)), 1);
        var consistency = functional.mse_loss(functional.softmax(student.call(Noisy(unlabelled)), 1), wish);
        var loss = supervised + RampUp() * consistency;

        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        MoveTeacher();
        return loss.ToDouble();
    }

    private static Tensor Noisy(Tensor x) => x + 0.1 * randn_like(x);

    private double RampUp()
    {
        var t = Math.Min(1.0, step / 4000.0);
        return 100 * Math.Exp(-5 * (1 - t) * (1 - t));
    }

    private void MoveTeacher()
    {
        var alpha = Math.Min(1 - 1.0 / (++step + 1), decay);
        using var guard = no_grad();
        foreach (var (slow, fast) in teacher.parameters().Zip(student.parameters()))
            slow.mul_(alpha).add_(fast, 1 - alpha);
    }

    public double Accuracy(IEnumerable<(Tensor x, Tensor y)> test)
    {
        teacher.eval();
        using var guard = no_grad();
        long right = 0, all = 0;
        foreach (var (x, y) in test)
        {
            using var scope = NewDisposeScope();
            right += teacher.call(x).argmax(1).eq(y).sum().ToInt64();
            all += y.shape[0];
        }

        return (double)right / all;
    }

    public void Fit(IReadOnlyList<(Tensor x, Tensor y)> few, IReadOnlyList<Tensor> many, IReadOnlyList<(Tensor x, Tensor y)> test, int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var losses = many.Select((u, i) => Step(few[i % few.Count].x, few[i % few.Count].y, u)).ToList();
            Console.WriteLine($"epoch {epoch}: loss {losses.Average():F3} accuracy {Accuracy(test):P1}");
        }
    }
}
