using System.IO.Compression;
using System.Xml.Linq;

namespace TrainLint.Runtime.Tests.Contract;

/// <summary>The package: the assembly for two frameworks, and the library it needs by name, though it was built without.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly ZipArchive _package = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, $"TrainLint.Runtime.{Repository.Version}.nupkg"));

    public void Dispose() => _package.Dispose();

    [Fact]
    public void Holds_the_assembly_with_its_documentation()
    {
        var entries = _package.Entries.Select(entry => entry.FullName).Where(name => !name.EndsWith(".psmdcp", StringComparison.Ordinal) && name is not ("_rels/.rels" or "[Content_Types].xml"));
        Assert.Equal(
            ["README.md", "TrainLint.Runtime.nuspec", "lib/net8.0/TrainLint.Runtime.dll", "lib/net8.0/TrainLint.Runtime.xml", "lib/netstandard2.0/TrainLint.Runtime.dll", "lib/netstandard2.0/TrainLint.Runtime.xml"],
            entries.Order(StringComparer.Ordinal));
        using var readme = new StreamReader(_package.GetEntry("README.md")!.Open());
        Assert.Equal("# TrainLint.Runtime", readme.ReadLine());
    }

    [Fact]
    public void Depends_on_the_library()
    {
        using var nuspec = _package.GetEntry("TrainLint.Runtime.nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("TrainLint.Runtime", Repository.Version, "MIT"), (Text("id"), Text("version"), Text("license")));
        var groups = metadata.Descendants().Where(element => element.Name.LocalName == "group").ToList();
        Assert.Equal(2, groups.Count);
        foreach (var group in groups)
        {
            var dependencies = group.Elements().ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
            Assert.Equal("0.102.8", dependencies["TorchSharp"]);
            Assert.Equal(["Microsoft.Extensions.Logging.Abstractions", "TorchSharp"], dependencies.Keys.Order(StringComparer.Ordinal));
        }
    }
}
