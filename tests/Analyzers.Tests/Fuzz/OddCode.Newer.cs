namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>The compiler of these tests reads nothing newer than the rest.</summary>
internal static partial class OddCode
{
    private static IEnumerable<(string Name, string Code)> Newer => [];

    /// <summary>Kinds of syntax that this compiler knows and does not read.</summary>
    public static IEnumerable<string> Unreadable => ["FieldExpression", "ExtensionDeclaration"];
}
