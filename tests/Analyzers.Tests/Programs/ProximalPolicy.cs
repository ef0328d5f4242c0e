using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProximalPolicy;

/// <summary>What one run of the policy through the environment has left behind.</summary>
public sealed class Rollout
{
    public List<Tensor> States { get; } = new();
    public List<long> Actions { get; } = new();
    public List<float> LogProbabilities { get; } = new();
    public List<float> Values { get; } = new();
    public List<float> Rewards { get; } = new();

    public void Clear()
    {
        foreach (var state in States) state.Dispose();
        States.Clear();
        Actions.Clear();
        LogProbabilities.Clear();
        Values.Clear();
        Rewards.Clear();
    }
}

public sealed class PolicyNet : Module<Tensor, (Tensor logits, Tensor value)>
{
    private readonly Linear shared1, shared2, actor, critic;

    public PolicyNet(int observation, int actions) : base("PolicyNet")
    {
        shared1 = Linear(observation, 64);
        shared2 = Linear(64, 64);
        actor = Linear(64, actions);
        critic = Linear(64, 1);
        RegisterComponents();
    }

    public override (Tensor logits, Tensor value) forward(Tensor x)
    {
        var h = tanh(shared1.call(x));
        h = tanh(shared2.call(h));
        return (actor.call(h), critic.call(h).squeeze(-1));
    }
}

public class Ppo
{
    private readonly double clip = 0.2, entropyWeight = 0.01, valueWeight = 0.5, gamma = 0.99, lambda = 0.95;
    private readonly int epochs = 4, minibatch = 64;
    private readonly PolicyNet net;
    private readonly optim.Optimizer optimizer;

    public Ppo(int observation, int actions)
    {
        net = new PolicyNet(observation, actions);
        optimizer = optim.Adam(net.parameters(), lr: 2.5e-4, eps: 1e-5);
    }

    public event Action<double>? Updated;

    public (long action, float logProbability, float value) Act(Tensor state)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (logits, value) = net.call(state.unsqueeze(0));
        var logProbabilities = functional.log_softmax(logits, -1);
        var action = logProbabilities.exp().multinomial(1);
        return (action.ToInt64(), logProbabilities.gather(1, action).ToSingle(), value.ToSingle());
    }

    public void Update(Rollout rollout)
    {
        var (advantages, returns) = Advantages(rollout);
        var states = stack(rollout.States);
        var actions = tensor(rollout.Actions.ToArray());
        var oldLogProbabilities = tensor(rollout.LogProbabilities.ToArray());
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8);

        double sum = 0;
        var updates = 0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var order = randperm(states.shape[0]);
            foreach (var index in order.split(minibatch))
            {
                using var scope = NewDisposeScope();
                var loss = Loss(states.index_select(0, index), actions.index_select(0, index), oldLogProbabilities.index_select(0, index),
                    advantages.index_select(0, index), returns.index_select(0, index));
                optimizer.zero_grad();
                loss.backward();
                nn.utils.clip_grad_norm_(net.parameters(), 0.5);
                optimizer.step();
                sum += loss.ToDouble();
                updates++;
            }
        }

        rollout.Clear();
        Updated?.Invoke(sum / updates);
    }

    private Tensor Loss(Tensor states, Tensor actions, Tensor old, Tensor advantages, Tensor returns)
    {
        var (logits, values) = net.call(states);
        var log = functional.log_softmax(logits, -1);
        var current = log.gather(1, actions.unsqueeze(1)).squeeze(1);
        var ratio = (current - old).exp();
        var unclipped = ratio * advantages;
        var clipped = ratio.clamp(1 - clip, 1 + clip) * advantages;
        var policyLoss = -min(unclipped, clipped).mean();
        var valueLoss = functional.mse_loss(values, returns);
        var entropy = -(log.exp() * log).sum(-1).mean();
        return policyLoss + valueWeight * valueLoss - entropyWeight * entropy;
    }

    private static Tensor min(Tensor a, Tensor b) => minimum(a, b);

    private (Tensor advantages, Tensor returns) Advantages(Rollout rollout)
    {
        var n = rollout.Rewards.Count;
        var advantages = new float[n];
        double running = 0;
        for (var t = n - 1; t >= 0; t--)
        {
            var next = t + 1 < n ? rollout.Values[t + 1] : 0;
            var delta = rollout.Rewards[t] + gamma * next - rollout.Values[t];
            running = delta + gamma * lambda * running;
            advantages[t] = (float)running;
        }

        var a = tensor(advantages);
        return (a, a + tensor(rollout.Values.ToArray()));
    }
}
