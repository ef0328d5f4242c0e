using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>Holds the stand-in for TorchSharp against the real public surface: what compiles against one must mean the same against the other.</summary>
public sealed class FakeSurfaceTests
{
    private const string Version = "0.107";

    // The form in which the lists were written.
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis)
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeParameters
            | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeConstantValue);

    [Fact]
    public void Every_public_member_is_the_librarys()
    {
        var list = Repository.PathOf($"../shared/torchsharp-api/TorchSharp-{Version}.tsv");
        if (!File.Exists(list))
            Assert.Skip("The lists of TorchSharp's public surface do not lie beside this checkout.");
        var real = File.ReadLines(list).Concat(File.ReadLines(Repository.PathOf($"../shared/torchsharp-api/TorchVision-{Version}.tsv")))
            .Select(line => line.Split('\t', 2)).GroupBy(part => part[0]).ToDictionary(part => part.Key, part => part.First()[1]);

        var wrong = new List<string>();
        var seen = 0;
        foreach (var (id, text) in Surface(Fake()))
        {
            seen++;
            if (!real.TryGetValue(id, out var expected))
                wrong.Add($"not in TorchSharp {Version}: {id}");
            else if (text != expected)
                wrong.Add($"{id}\n    fake: {text}\n    real: {expected}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {seen} members are wrong:\n{string.Join('\n', wrong)}");
        Assert.True(seen > 2000, $"Only {seen} members were found.");
    }

    [Fact]
    public void It_goes_by_the_librarys_name_and_needs_nothing()
    {
        var fake = Fake();
        Assert.Equal("TorchSharp", fake.Identity.Name);
        Assert.False(fake.Identity.IsStrongName);
        Assert.Equal(["netstandard"], fake.Modules.Single().ReferencedAssemblies.Select(reference => reference.Name));
    }

    private static IAssemblySymbol Fake()
    {
        var fake = MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location);
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll" || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        return (IAssemblySymbol)CSharpCompilation.Create("surface", references: [fake, .. platform]).GetAssemblyOrModuleSymbol(fake)!;
    }

    private static IEnumerable<(string Id, string Text)> Surface(IAssemblySymbol assembly)
    {
        var open = new Stack<INamespaceOrTypeSymbol>([assembly.GlobalNamespace]);
        while (open.TryPop(out var container))
        {
            foreach (var member in container.GetMembers())
            {
                if (member is INamespaceSymbol space)
                {
                    open.Push(space);
                    continue;
                }

                // Accessors come with their property; names with angle brackets are the compiler's.
                if (!IsVisible(member) || member.Name.Contains('<', StringComparison.Ordinal) || member is IMethodSymbol { AssociatedSymbol: not null })
                    continue;
                yield return (member.GetDocumentationCommentId()!, Describe(member));
                if (member is INamedTypeSymbol type)
                    open.Push(type);
            }
        }
    }

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static string Describe(ISymbol symbol)
    {
        var text = symbol.ToDisplayString(Format);
        if (symbol is not INamedTypeSymbol type)
            return text;
        var kind = type.TypeKind.ToString().ToLowerInvariant();
        var parent = type.BaseType is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Enum or SpecialType.System_MulticastDelegate) } named
            ? " : " + named.ToDisplayString()
            : "";
        return $"{kind} {text}{parent}";
    }
}
