using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
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
        Assert.Equal(
        [
            "LICENSE",
            "README.md",
            "TrainLint.nuspec",
            Folder + "TrainLint.Analyzers.dll",
            Folder + "TrainLint.CodeFixes.dll",
            Folder + "ja/TrainLint.Analyzers.resources.dll",
            "build/TrainLint.props",
            "build/TrainLint.targets",
            "buildTransitive/TrainLint.props",
            "buildTransitive/TrainLint.targets",
            "icon.png",
            .. Directory.EnumerateFiles(Repository.PathOf("src/Package/presets")).Select(f => "presets/" + Path.GetFileName(f)).Order(StringComparer.Ordinal),
        ], entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_leads_to_the_repository_from_everywhere()
    {
        using var entry = new StreamReader(package.GetEntry("README.md")!.Open());
        var readme = entry.ReadToEnd().ReplaceLineEndings("\n");
        Assert.Equal(Repository.Read("README.md").TrimEnd(), readme.Replace("](https://github.com/trainlint/trainlint/blob/main/", "](", StringComparison.Ordinal).TrimEnd());
        Assert.DoesNotMatch(@"\]\((?!https?:|#)", readme);
    }

    [Fact]
    public void The_icon_is_a_picture_of_the_size_that_galleries_show()
    {
        using var icon = new MemoryStream();
        using (var entry = package.GetEntry("icon.png")!.Open())
            entry.CopyTo(icon);
        var bytes = icon.ToArray();
        Assert.Equal([0x89, .. "PNG"u8], bytes[..4]);
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))));
        Assert.InRange(bytes.Length, 1, 10_000);
    }

    [Fact]
    public async Task Packing_again_gives_the_same_bytes()
    {
        var folder = Directory.CreateTempSubdirectory("trainlint-pack-");
        try
        {
            var pack = new ProcessStartInfo("dotnet", ["pack", Repository.PathOf("src/Package"), "--no-build", "--configuration", Path.GetFileName(Repository.Feed), "--output", folder.FullName, "-nodeReuse:false"]) { RedirectStandardOutput = true };
            foreach (var inherited in Consumer.NotInherited)
                pack.Environment.Remove(inherited);
            using var process = Process.Start(pack)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, output);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Repository.Package, TestContext.Current.CancellationToken))),
                Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, Path.GetFileName(Repository.Package)), TestContext.Current.CancellationToken))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Stack traces of the analyzer have lines, and a debugger finds the source.
    [Theory]
    [InlineData("TrainLint.Analyzers")]
    [InlineData("TrainLint.CodeFixes")]
    public void Symbols_and_the_way_to_the_source_are_in_the_assembly(string assembly)
    {
        using var image = Open(assembly);
        var symbols = image.ReadDebugDirectory().Single(d => d.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        Assert.Contains(image.ReadDebugDirectory(), d => d.Type == DebugDirectoryEntryType.Reproducible);
        using var pdb = image.ReadEmbeddedPortablePdbDebugDirectoryData(symbols);
        var metadata = pdb.GetMetadataReader();
        var sourceLink = new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A");
        var link = metadata.CustomDebugInformation.Select(metadata.GetCustomDebugInformation).Where(i => metadata.GetGuid(i.Kind) == sourceLink).ToList();
        Assert.SkipWhen(link.Count == 0, "The checkout has no remote repository, so there is no address that its source could have.");
        Assert.Contains("https://raw.githubusercontent.com/", System.Text.Encoding.UTF8.GetString(metadata.GetBlobBytes(link[0].Value)), StringComparison.Ordinal);
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
        Assert.Equal("icon.png", metadata["icon"].Single().Value);
        Assert.Equal("https://github.com/trainlint/trainlint", metadata["repository"].Single().Attribute("url")?.Value);
        Assert.Equal(metadata["releaseNotes"].Single().Value.ReplaceLineEndings("\n"), NotesOf(Repository.Version));
    }

    private static string NotesOf(string version)
    {
        var section = Repository.Read("CHANGELOG.md").Split("\n## ").Single(s => s.StartsWith(version + "\n", StringComparison.Ordinal));
        return section[version.Length..].Trim();
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
        using var image = Open(assembly);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())];
    }

    private PEReader Open(string assembly)
    {
        var bytes = new MemoryStream();
        using (var entry = package.GetEntry($"{Folder}{assembly}.dll")!.Open())
            entry.CopyTo(bytes);
        bytes.Position = 0;
        return new PEReader(bytes);
    }
}
