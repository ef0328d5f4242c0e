using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Continuous;

public class Actor : Module<Tensor, Tensor>
{
    private readonly Linear l1, l2, l3;
    private readonly float maxAction;

    public Actor(int state, int action, float maxAction) : base("Actor")
    {
        l1 = Linear(state, 256);
        l2 = Linear(256, 256);
        l3 = Linear(256, action);
        this.maxAction = maxAction;
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        var a = functional.relu(l1.call(state));
        a = functional.relu(l2.call(a));
        return maxAction * tanh(l3.call(a));
    }
}

public class Critic : Module<Tensor, Tensor, Tensor>
{
    private readonly Sequential q;

    public Critic(int state, int action) : base("Critic")
    {
        q = Sequential(("l1", Linear(state + action, 256)), ("r1", ReLU()), ("l2", Linear(256, 256)), ("r2", ReLU()), ("l3", Linear(256, 1)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor state, Tensor action) => q.call(cat(new[] { state, action }, 1));
}

/// <summary>Deterministic policy gradient with delayed updates of the actor and slowly moving targets.</summary>
public class Learner
{
    private readonly Actor actor, actorTarget;
    private readonly Critic critic, criticTarget;
    private readonly optim.Optimizer actorOptimizer, criticOptimizer;
    private readonly double discount = 0.99, tau = 0.005;
    private int iterations;

    public Learner(int state, int action, float maxAction)
    {
        actor = new Actor(state, action, maxAction);
        actorTarget = new Actor(state, action, maxAction);
        actorTarget.load_state_dict(actor.state_dict());
        actorOptimizer = optim.Adam(actor.parameters(), lr: 3e-4);

        critic = new Critic(state, action);
        criticTarget = new Critic(state, action);
        criticTarget.load_state_dict(critic.state_dict());
        criticOptimizer = optim.Adam(critic.parameters(), lr: 3e-4);
    }

    public float[] Act(float[] state)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return actor.call(tensor(state).unsqueeze(0)).squeeze(0).data<float>().ToArray();
    }

    /// <summary>One update from a batch: state, action, next state, reward and whether the episode went on.</summary>
    public (double critic, double? actor) Update(Tensor state, Tensor action, Tensor nextState, Tensor reward, Tensor alive)
    {
        using var scope = NewDisposeScope();
        iterations++;

        Tensor target;
        using (no_grad())
        {
            var noise = (randn_like(action) * 0.2).clamp(-0.5, 0.5);
            var nextAction = (actorTarget.call(nextState) + noise).clamp(-1, 1);
            target = reward + alive * discount * criticTarget.call(nextState, nextAction);
        }

        var criticLoss = functional.mse_loss(critic.call(state, action), target);
        criticOptimizer.zero_grad();
        criticLoss.backward();
        criticOptimizer.step();

        if (iterations % 2 != 0) return (criticLoss.ToDouble(), null);

        var actorLoss = -critic.call(state, actor.call(state)).mean();
        actorOptimizer.zero_grad();
        actorLoss.backward();
        actorOptimizer.step();

        Follow(critic, criticTarget);
        Follow(actor, actorTarget);
        return (criticLoss.ToDouble(), actorLoss.ToDouble());
    }

    private void Follow(Module source, Module target)
    {
        using (no_grad())
        {
            foreach (var (s, t) in source.parameters().Zip(target.parameters()))
                t.copy_(tau * s + (1 - tau) * t);
        }
    }
}
