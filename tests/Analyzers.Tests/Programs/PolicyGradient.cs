using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// REINFORCE: one episode, one step.
namespace PolicyGradient
{
    public abstract class Environment
    {
        public abstract Tensor Reset();

        public abstract (Tensor State, double Reward, bool Done) Step(long action);
    }

    public class Policy : Module<Tensor, Tensor>
    {
        private Module<Tensor, Tensor> affine1 = Linear(4, 128);
        private Module<Tensor, Tensor> dropout = Dropout(0.6);
        private Module<Tensor, Tensor> affine2 = Linear(128, 2);

        public Policy() : base("Policy")
        {
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = affine1.forward(x);
            x = dropout.forward(x);
            x = functional.relu(x);
            var scores = affine2.forward(x);
            return functional.softmax(scores, 1);
        }
    }

    public class Reinforce
    {
        private const double Gamma = 0.99;
        private readonly Environment environment;
        private readonly Policy policy = new Policy();
        private readonly optim.Optimizer optimizer;
        private readonly List<Tensor> logProbabilities = new List<Tensor>();
        private readonly List<double> rewards = new List<double>();

        public Reinforce(Environment environment)
        {
            this.environment = environment;
            optimizer = optim.Adam(policy.parameters(), 1e-2);
        }

        private long SelectAction(Tensor state)
        {
            var probabilities = policy.forward(state.unsqueeze(0));
            var action = probabilities.detach().multinomial(1);
            logProbabilities.Add(probabilities.gather(1, action).log().squeeze());
            return action.item<long>();
        }

        private double FinishEpisode()
        {
            var discounted = 0.0;
            var returns = new List<float>();
            foreach (var reward in Enumerable.Reverse(rewards))
            {
                discounted = reward + Gamma * discounted;
                returns.Insert(0, (float)discounted);
            }

            var r = tensor(returns.ToArray());
            r = (r - r.mean()) / (r.std() + 1e-8);
            var loss = (-stack(logProbabilities) * r).sum();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            rewards.Clear();
            logProbabilities.Clear();
            return loss.ToDouble();
        }

        public void Train(int episodes)
        {
            var running = 10.0;
            for (var episode = 1; episode <= episodes; episode++)
            {
                using (NewDisposeScope())
                {
                    var state = environment.Reset();
                    var total = 0.0;
                    for (var t = 1; t < 10_000; t++)
                    {
                        var action = SelectAction(state);
                        bool done;
                        double reward;
                        (state, reward, done) = environment.Step(action);
                        rewards.Add(reward);
                        total += reward;
                        if (done) break;
                    }

                    running = 0.05 * total + 0.95 * running;
                    var loss = FinishEpisode();
                    if (episode % 10 == 0) Console.WriteLine($"Episode {episode} last {total:F2} average {running:F2} loss {loss:F3}");
                    if (running > 475) return;
                }
            }
        }
    }
}
