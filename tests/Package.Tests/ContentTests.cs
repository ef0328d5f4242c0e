using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>What is in the package, and what is not.</summary>
public sealed class ContentTests : IDisposable
{
    private const string Folder = "analyzers/dotnet/cs/";

    private readonly ZipArchive package = ZipFile.OpenRead(Repository.Package);

    public void Dispose() => package.Dispose();

    [Fact]
    public void Holds_the_analyzer_its_fixes_and_the_readme()
    {
        string[] ownOfTheFormat = ["_rels/.rels", "[Content_Types].xml"];
        var entries = package.Entries.Select(e => e.FullName).Where(e => !ownOfTheFormat.Contains(e) && !e.EndsWith(".psmdcp", StringComparison.Ordinal));
        Assert.Equal(["README.md", "TrainLint.nuspec", Folder + "TrainLint.Analyzers.dll", Folder + "TrainLint.CodeFixes.dll", Folder + "ja/TrainLint.Analyzers.resources.dll"], entries.Order(StringComparer.Ordinal));
        using var readme = new StreamReader(package.GetEntry("README.md")!.Open());
        Assert.Equal("# TrainLint", readme.ReadLine());
    }

    [Fact]
    public void Is_a_development_dependency_that_brings_nothing_along()
    {
        using var nuspec = package.GetEntry("TrainLint.nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata").Elements().ToLookup(e => e.Name.LocalName);
        Assert.Equal("TrainLint", metadata["id"].Single().Value);
        Assert.Equal(Repository.Version, metadata["version"].Single().Value);
        Assert.Equal("true", metadata["developmentDependency"].Single().Value);
        Assert.Equal("README.md", metadata["readme"].Single().Value);
        Assert.Equal(("MIT", "expression"), (metadata["license"].Single().Value, metadata["license"].Single().Attribute("type")?.Value));
        Assert.Empty(metadata["dependencies"].Descendants());
        Assert.NotEmpty(metadata["description"].Single().Value);
    }

    // A reference above what the oldest host has, and it refuses to load the analyzer.
    [Theory]
    [InlineData("TrainLint.Analyzers")]
    [InlineData("TrainLint.CodeFixes")]
    public void Loads_in_the_oldest_host(string assembly)
    {
        var most = new Dictionary<string, Version>
        {
            ["netstandard"] = new(2, 0, 0, 0),
            ["Microsoft.CodeAnalysis"] = new(4, 14, 0, 0),
            ["Microsoft.CodeAnalysis.CSharp"] = new(4, 14, 0, 0),
            ["Microsoft.CodeAnalysis.Workspaces"] = new(4, 14, 0, 0),
            ["Microsoft.CodeAnalysis.CSharp.Workspaces"] = new(4, 14, 0, 0),
            ["System.Collections.Immutable"] = new(9, 0, 0, 0),
            ["System.Memory"] = new(4, 0, 1, 2),
            ["System.Reflection.Metadata"] = new(9, 0, 0, 0),
            ["System.Composition.AttributedModel"] = new(9, 0, 0, 0),
            ["TrainLint.Analyzers"] = Version.Parse(Repository.Version + ".0"),
        };
        Assert.All(ReferencesOf(assembly), reference =>
        {
            Assert.Contains(reference.Name!, most);
            Assert.True(reference.Version <= most[reference.Name!], $"{assembly} references {reference.Name} {reference.Version}, the oldest host has {most[reference.Name!]}.");
        });
    }

    private List<System.Reflection.AssemblyName> ReferencesOf(string assembly)
    {
        using var bytes = new MemoryStream();
        using (var entry = package.GetEntry($"{Folder}{assembly}.dll")!.Open())
            entry.CopyTo(bytes);
        bytes.Position = 0;
        using var image = new PEReader(bytes);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())];
    }
}
