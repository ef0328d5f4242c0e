using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace DeepQ;

public interface IEnvironment
{
    int States { get; }
    int Actions { get; }
    float[] Reset();
    (float[] state, float reward, bool done) Step(int action);
}

public readonly record struct Transition(float[] State, long Action, float Reward, float[] Next, bool Done);

public sealed class ReplayMemory(int capacity)
{
    private readonly Transition[] items = new Transition[capacity];
    private readonly Random random = new();
    private int next;

    public int Count { get; private set; }

    public void Push(Transition transition)
    {
        items[next] = transition;
        next = (next + 1) % items.Length;
        Count = Math.Min(Count + 1, items.Length);
    }

    public Transition[] Sample(int n) => Enumerable.Range(0, n).Select(_ => items[random.Next(Count)]).ToArray();
}

public sealed class QNetwork : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> net;

    public QNetwork(long states, long actions) : base(nameof(QNetwork))
    {
        net = Sequential(Linear(states, 128), ReLU(), Linear(128, 128), ReLU(), Linear(128, actions));
        RegisterComponents();
    }

    public override Tensor forward(Tensor state) => net.forward(state);
}

public sealed class Agent
{
    private const float Gamma = 0.99f;
    private const int BatchSize = 128;
    private const double Tau = 0.005;

    private readonly IEnvironment environment;
    private readonly QNetwork policy, target;
    private readonly optim.Optimizer optimizer;
    private readonly ReplayMemory memory = new(10_000);
    private readonly Random random = new();
    private readonly Device device;
    private int steps;

    public Agent(IEnvironment environment, Device device)
    {
        this.environment = environment;
        this.device = device;
        policy = new QNetwork(environment.States, environment.Actions).to(device);
        target = new QNetwork(environment.States, environment.Actions).to(device);
        target.load_state_dict(policy.state_dict());
        optimizer = optim.AdamW(policy.parameters(), lr: 1e-4, amsgrad: true);
    }

    public IEnumerable<float> Run(int episodes)
    {
        for (var episode = 0; episode < episodes; episode++)
        {
            var state = environment.Reset();
            var total = 0f;
            bool done;
            do
            {
                var action = Choose(state);
                (var next, var reward, done) = environment.Step(action);
                memory.Push(new Transition(state, action, reward, next, done));
                state = next;
                total += reward;
                var loss = Optimize();
                if (loss is { } value && steps % 1000 == 0) Console.WriteLine($"{steps}: {value:F4}");
                UpdateTarget();
            }
            while (!done);
            yield return total;
        }
    }

    private int Choose(float[] state)
    {
        var epsilon = 0.05 + 0.85 * Math.Exp(-steps++ / 1000.0);
        if (random.NextDouble() < epsilon) return random.Next(environment.Actions);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return (int)policy.forward(tensor(state, device: device).unsqueeze(0)).argmax(1).item<long>();
    }

    private float? Optimize()
    {
        if (memory.Count < BatchSize) return null;
        using var scope = NewDisposeScope();
        var batch = memory.Sample(BatchSize);
        var states = stack(batch.Select(t => tensor(t.State))).to(device);
        var nextStates = stack(batch.Select(t => tensor(t.Next))).to(device);
        var actions = tensor(batch.Select(t => t.Action).ToArray(), device: device).unsqueeze(1);
        var rewards = tensor(batch.Select(t => t.Reward).ToArray(), device: device);
        var alive = tensor(batch.Select(t => t.Done ? 0f : 1f).ToArray(), device: device);

        var values = policy.forward(states).gather(1, actions).squeeze(1);
        Tensor expected;
        using (no_grad())
        {
            var best = target.forward(nextStates).max(1).values;
            expected = rewards + Gamma * best * alive;
        }

        var loss = functional.smooth_l1_loss(values, expected);
        optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_value_(policy.parameters(), 100);
        optimizer.step();
        return loss.ToSingle();
    }

    private void UpdateTarget()
    {
        using var guard = no_grad();
        foreach (var (old, current) in target.parameters().Zip(policy.parameters()))
            old.mul_(1 - Tau).add_(current, Tau);
    }
}
