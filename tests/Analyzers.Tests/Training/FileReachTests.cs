using Microsoft.CodeAnalysis.CSharp;
using TrainLint.Analyzers.Training;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

public sealed class FileReachTests
{
    private const string Net = "namespace App.Models; public class Net { public void Fit() { } }";

    // Each names the type of the file above, in one of the ways that C# has.
    [Theory]
    [InlineData("namespace App.Models; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("namespace App.Models.Tools; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("using App.Models; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("namespace App; using Models; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("class P { void M(App.Models.Net n) => n.Fit(); }")]
    [InlineData("class P { void M(global::App.Models.Net n) => n.Fit(); }")]
    [InlineData("using N = App.Models.Net; class P { void M(N n) => n.Fit(); }")]
    [InlineData("using static App.Models.Net; class P { void M() => Fit(); }")]
    [InlineData("using App.Models; class P : Net { void M() => Fit(); }")]
    [InlineData("using App.Models; class P { Net n; void M() => n.Fit(); }")]
    [InlineData("using App.Models; interface I { Net Get(); } class P { void M(I i) => i.Get().Fit(); }")]
    [InlineData("using App.Models; class P(Net n) { void M() => n.Fit(); }")]
    [InlineData("using App.Models; delegate Net Make(); class P { void M(Make make) => make().Fit(); }")]
    [InlineData("using App.Models; new Net().Fit();")]
    public void Whoever_names_a_type_can_use_it(string user)
    {
        var (reach, files) = Read(Net, user);
        Assert.True(reach.CanName(files[1], files[0]));
        Assert.False(reach.CanName(files[0], files[1]));
        Assert.True(reach.MayMeet(files[0], files[1]));
    }

    [Theory]
    [InlineData("namespace Other; class Net { public void Fit() { } } class P { void M(Net n) => n.Fit(); }")]
    [InlineData("using Other; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("namespace App.ModelsOfOld; class P { void M(Net n) => n.Fit(); }")]
    [InlineData("using App.Models; class P { void M(dynamic n) => n.Fit(); }")]
    public void Who_cannot_see_the_type_has_nothing_to_do_with_it(string user)
    {
        var (reach, files) = Read(Net, user);
        Assert.False(reach.CanName(files[1], files[0]));
        Assert.False(reach.MayMeet(files[0], files[1]));
    }

    [Fact]
    public void Global_usings_and_global_aliases_count_in_all_files()
    {
        var (reach, files) = Read(Net, "global using App.Models;", "class P { void M(Net n) => n.Fit(); }");
        Assert.True(reach.CanName(files[2], files[0]));
        (reach, files) = Read(Net, "global using N = App.Models.Net;", "class P { void M(N n) => n.Fit(); }");
        Assert.True(reach.CanName(files[2], files[0]));
    }

    [Fact]
    public void A_type_is_got_from_a_type_that_is_named()
    {
        var (reach, files) = Read(Net, "namespace App; public static class Factory { public static Models.Net Make() => new(); }", "using App; class P { void M() { var n = Factory.Make(); n.Fit(); } }");
        Assert.True(reach.CanName(files[2], files[0]));
        Assert.False(reach.CanName(files[1], files[2]));
    }

    [Theory]
    [InlineData("namespace Tools; static class E { public static void Train(this int steps) { } }")]
    [InlineData("namespace Tools; static class E { extension(int steps) { public void Train() { } } }")]
    public void An_extension_method_is_called_without_its_type(string extension)
    {
        var (reach, files) = Read(extension, "using Tools; class P { void M() => 3.Train(); }", "class Q { void M() => 3.Train(); }");
        Assert.True(reach.CanName(files[1], files[0]) || extension.Contains("extension(", StringComparison.Ordinal) && !ParsesExtensions);
        Assert.False(reach.CanName(files[2], files[0]));
    }

    [Fact]
    public void An_object_meets_the_code_that_somebody_hands_it_to()
    {
        const string trainer = "namespace App; class Trainer { public void Run(Base b) { } } abstract class Base { }";
        const string net = "namespace App.Nets; class Net : App.Base { }";
        var (reach, files) = Read(net, trainer, "namespace App; using Nets; class P { void M() => new Trainer().Run(new Net()); }", "namespace App; class Unused { void M() { } }");
        Assert.False(reach.CanName(files[1], files[0]));
        Assert.True(reach.MayMeet(files[0], files[1]));
        Assert.False(reach.MayMeet(files[0], files[3]));
    }

    [Fact]
    public void Files_that_only_share_a_helper_do_not_meet()
    {
        var (reach, files) = Read("class Helper { public void Help() { } }", "class A { void M() => new Helper().Help(); }", "class B { void M() => new Helper().Help(); }");
        Assert.False(reach.MayMeet(files[1], files[2]));
        Assert.True(reach.MayMeet(files[0], files[1]));
    }

    [Theory]
    [InlineData("class Held { public static object? Model; }")]
    [InlineData("class Held { public static object? Model { get; set; } }")]
    public void State_that_all_share_lies_between(string held)
    {
        var (reach, files) = Read(held, "class A { void M() => Held.Model = new A(); }", "class B { void M() => Held.Model?.ToString(); }");
        Assert.False(reach.CanName(files[2], files[1]));
        Assert.True(reach.MayMeet(files[1], files[2]));
    }

    [Fact]
    public void The_parts_of_a_type_belong_together()
    {
        var (reach, files) = Read("partial class A { void M() { } }", "partial class A { void N() { } }", "class B { void M(A a) { } }");
        Assert.True(reach.CanName(files[0], files[1]));
        Assert.True(reach.CanName(files[1], files[0]));
        Assert.True(reach.CanName(files[2], files[0]) && reach.CanName(files[2], files[1]));
    }

    private static bool ParsesExtensions => !CSharpSyntaxTree.ParseText("static class E { extension(int steps) { } }", new(LanguageVersion.Preview)).GetDiagnostics().Any();

    private static (FileReach Reach, Microsoft.CodeAnalysis.SyntaxTree[] Files) Read(params string[] files)
    {
        var trees = files.Select((f, i) => CSharpSyntaxTree.ParseText(f, new(LanguageVersion.Preview), $"{i}.cs")).ToArray();
        return (new CallIndex(CSharpCompilation.Create("reach", trees), [], [], CancellationToken.None).Reach, trees);
    }
}
