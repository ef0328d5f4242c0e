using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Graphs;

public sealed class GraphConvolution : Module<Tensor, Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    public GraphConvolution(long inputs, long outputs) : base(nameof(GraphConvolution))
    {
        weight = Parameter(empty(inputs, outputs));
        bias = Parameter(zeros(outputs));
        init.xavier_uniform_(weight);
        RegisterComponents();
    }

    public override Tensor forward(Tensor nodes, Tensor adjacency) => adjacency.matmul(nodes.matmul(weight)) + bias;
}

public sealed class Gcn : Module<Tensor, Tensor, Tensor>
{
    private readonly GraphConvolution first, second;
    private readonly double dropout;

    public Gcn(long features, long hidden, long classes, double dropout) : base(nameof(Gcn))
    {
        first = new GraphConvolution(features, hidden);
        second = new GraphConvolution(hidden, classes);
        this.dropout = dropout;
        RegisterComponents();
    }

    public override Tensor forward(Tensor nodes, Tensor adjacency)
    {
        var h = first.call(nodes, adjacency).relu();
        h = functional.dropout(h, dropout, training);
        return functional.log_softmax(second.call(h, adjacency), 1);
    }
}

public sealed record Graph(Tensor Nodes, Tensor Adjacency, Tensor Labels, Tensor TrainIndex, Tensor TestIndex);

public static class CitationGraph
{
    public static Tensor Normalized(IEnumerable<(int from, int to)> edges, int n)
    {
        var a = eye(n);
        foreach (var (from, to) in edges)
        {
            a[from, to] = 1;
            a[to, from] = 1;
        }

        var d = a.sum(1).pow(-0.5);
        return d.unsqueeze(1) * a * d.unsqueeze(0);
    }

    // One graph, one batch: every step sees all of it and learns from the labelled nodes.
    public static void Train(Graph graph, Device device, int epochs = 200)
    {
        var nodes = graph.Nodes.to(device);
        var adjacency = graph.Adjacency.to(device);
        var labels = graph.Labels.to(device);
        var train = graph.TrainIndex.to(device);
        var test = graph.TestIndex.to(device);

        var model = new Gcn(nodes.shape[1], 16, labels.max().ToInt64() + 1, 0.5);
        model.to(device);
        var optimizer = optim.Adam(model.parameters(), lr: 0.01, weight_decay: 5e-4);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            model.train();
            optimizer.zero_grad();
            var output = model.call(nodes, adjacency);
            var loss = functional.nll_loss(output.index_select(0, train), labels.index_select(0, train));
            loss.backward();
            optimizer.step();

            if (epoch % 20 == 0)
            {
                var accuracy = Test(model, nodes, adjacency, labels, test);
                Console.WriteLine("{0,4} loss {1:F4} accuracy {2:P1}", epoch, loss.ToSingle(), accuracy);
            }
        }
    }

    private static double Test(Gcn model, Tensor nodes, Tensor adjacency, Tensor labels, Tensor index)
    {
        model.eval();
        using (no_grad())
        {
            var predicted = model.call(nodes, adjacency).argmax(1);
            return predicted.index_select(0, index).eq(labels.index_select(0, index)).to(float32).mean().ToDouble();
        }
    }
}
