using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Movies;

public sealed record Rating(long User, long Movie, float Stars);

public sealed class MatrixFactorization : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding users, movies, userBias, movieBias;
    private readonly Parameter mean;

    public MatrixFactorization(int userCount, int movieCount, int factors, float average) : base(nameof(MatrixFactorization))
    {
        users = Embedding(userCount, factors);
        movies = Embedding(movieCount, factors);
        userBias = Embedding(userCount, 1);
        movieBias = Embedding(movieCount, 1);
        mean = Parameter(tensor(average));
        init.normal_(users.weight, 0, 0.05);
        init.normal_(movies.weight, 0, 0.05);
        init.zeros_(userBias.weight);
        init.zeros_(movieBias.weight);
        RegisterComponents();
    }

    public override Tensor forward(Tensor user, Tensor movie)
    {
        var dot = (users.call(user) * movies.call(movie)).sum(1);
        return dot + userBias.call(user).squeeze(1) + movieBias.call(movie).squeeze(1) + mean;
    }
}

public sealed class RatingSet(IReadOnlyList<Rating> ratings) : torch.utils.data.Dataset
{
    public override long Count => ratings.Count;

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var rating = ratings[(int)index];
        return new()
        {
            ["user"] = tensor(rating.User),
            ["movie"] = tensor(rating.Movie),
            ["stars"] = tensor(rating.Stars),
        };
    }
}

public static class Recommendation
{
    public static void Train(IReadOnlyList<Rating> ratings, int users, int movies)
    {
        var cut = ratings.Count * 9 / 10;
        var train = ratings.Take(cut).ToList();
        using var trainLoader = torch.utils.data.DataLoader(new RatingSet(train), 1024, shuffle: true);
        using var testLoader = torch.utils.data.DataLoader(new RatingSet(ratings.Skip(cut).ToList()), 4096);

        var model = new MatrixFactorization(users, movies, 32, train.Average(r => r.Stars));
        var optimizer = optim.Adagrad(model.parameters(), lr: 0.05, weight_decay: 1e-6);
        var criterion = MSELoss();
        var epoch = 0;
        double before = double.MaxValue, now;
        do
        {
            double squared = 0;
            long n = 0;
            foreach (var batch in trainLoader)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var predicted = model.call(batch["user"], batch["movie"]);
                var loss = criterion.call(predicted, batch["stars"]);
                loss.backward();
                optimizer.step();
                squared += loss.ToDouble() * predicted.shape[0];
                n += predicted.shape[0];
            }

            now = RootMeanSquare(model, testLoader);
            Console.WriteLine($"{++epoch}: {Math.Sqrt(squared / n):F4} {now:F4}");
            if (now > before - 1e-4) break;
            before = now;
        }
        while (epoch < 100);
    }

    private static double RootMeanSquare(MatrixFactorization model, DataLoader loader)
    {
        using var _ = no_grad();
        double sum = 0;
        long count = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var error = model.call(batch["user"], batch["movie"]) - batch["stars"];
            sum += error.pow(2).sum().ToDouble();
            count += error.shape[0];
        }

        return Math.Sqrt(sum / count);
    }
}
