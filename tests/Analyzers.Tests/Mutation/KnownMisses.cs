using TrainLint.Analyzers.Tests.Contract;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>
/// Mistakes that are not reported, and why: what cannot be known for certain, and what is left to do. They stand in KnownMisses.txt, one
/// reason in a line: the mistake | the reason | the programs.
/// </summary>
internal static class KnownMisses
{
    internal sealed record Known(string Mistake, string Reason, IReadOnlyList<string> Programs);

    public static IReadOnlyList<Known> All { get; } =
    [
        .. Repository.Read("tests/Analyzers.Tests/Mutation/KnownMisses.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(parts => new Known(parts[0], parts[1], parts[2].Split(", "))),
    ];

    public static string? ReasonOf(Mistake mistake, string program) => All.FirstOrDefault(k => k.Mistake == mistake.Name && k.Programs.Contains(program))?.Reason;
}
