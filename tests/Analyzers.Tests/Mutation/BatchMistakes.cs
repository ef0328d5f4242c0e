using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class BatchMistakes
{
    public static IEnumerable<Mistake> All =>
    [
        new("TL0601", "shuffle: false for training", source => Shuffling(source).Where(a => !IsMixed(source, a)).Select(a => source.With(Replace(a.Expression, Marked("false"))))),
        new("TL0601", "shuffle is left out for training", source => Shuffling(source).Where(a => a.NameColon is not null && !IsMixed(source, a)).Select(a => source.With([Remove(a), .. Mark(a.Parent!.Parent!)]))),
        new("TL0602", "a batch of 20,000", source => source.Loaders().Where(l => Shuffling(source).Any(a => a.Parent?.Parent == l)).Select(l => source.Argument(l, "batchSize")).OfType<ArgumentSyntax>()
            .Select(a => source.With(Replace(a.Expression, Marked("20_000"))))),
        new("TL0603", "single samples for a batch norm over the batch", source => !source.Made("BatchNorm1d").Any() ? [] :
            source.Loaders().Where(l => Shuffling(source).Any(a => a.Parent?.Parent == l)).Select(l => source.Argument(l, "batchSize")).OfType<ArgumentSyntax>().Select(a => source.With(Replace(a.Expression, Marked("1")))), "TL0602"),
        new("TL0605", "the shuffling loader has a seed", source => Shuffling(source).Where(a => source.Argument((ExpressionSyntax)a.Parent!.Parent!, "seed") is null)
            .Select(a => source.With(Add((BaseArgumentListSyntax)a.Parent!, Marked("seed: 7"))))),
        new("TL0606", "the batches are kept in a list", source => source.Nodes<ForEachStatementSyntax>().Where(f => Is(source.TypeOf(f.Expression), "DataLoader"))
            .Select(f => source.With(Replace(f.Expression, Marked($"{f.Expression}.ToList()"))))),
    ];

    private static IEnumerable<ArgumentSyntax> Shuffling(ProgramSource source) =>
        source.Loaders().Select(l => source.Argument(l, "shuffle")).OfType<ArgumentSyntax>().Where(a => a.Expression.IsKind(SyntaxKind.TrueLiteralExpression));

    // Rows that were taken by a random permutation are mixed already.
    private static bool IsMixed(ProgramSource source, ArgumentSyntax shuffle) => source.ComesFrom(((BaseArgumentListSyntax)shuffle.Parent!).Arguments[0], n => source.IsCall(n, "randperm"), 5);
}
