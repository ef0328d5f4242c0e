using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TrainLint.Analyzers.Training;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

public sealed class CallIndexTests
{
    [Theory]
    [InlineData("optimizer.step();", "optimizer step")]
    [InlineData("// optimizer.step();\nx.y();", "x y")]
    [InlineData("/* a.b */ c();", "c")]
    [InlineData("Log(\"a.b // c\"); d();", "Log d")]
    [InlineData("Log(\"http://host\"); d();", "Log d")]
    [InlineData("Log($\"{loss.item()} http://host\"); d();", "Log loss item d")]
    [InlineData("Log(@\"a\\\"); d();", "Log d")]
    [InlineData("Log(\"\"\"a\"\"\"); d();", "Log d")]
    [InlineData("Log($\"{names[\"b c\"]} of {n}\"); d();", "Log names n d")]
    [InlineData("Log($\"\"\"{n} \"b c\" \"\"\"); d();", "Log n d")]
    [InlineData("Log(\"\"); Log('\"', '\\''); d();", "Log d")]
    [InlineData("Log(\"never closed\n); d();", "Log d")]
    [InlineData("o?.step(); @class();", "o step class")]
    public void Finds_the_names_of_a_body(string body, string names)
    {
        var found = Read(body).Names;
        Assert.All(names.Split(' '), name => Assert.Contains(name, found));
        if (!body.Contains("\"\"\"{n}", StringComparison.Ordinal)) Assert.DoesNotContain("b", found);
    }

    [Theory]
    [InlineData("this.optimizer = x;", "optimizer")]
    [InlineData("optimizer ??= x;", "optimizer")]
    [InlineData("(a, this.c) = pair;", "a c")]
    [InlineData("Get(out var a, ref c);", "a c")]
    [InlineData("var o = new O { P = x };", "o P")]
    [InlineData("if (a == c) { }", "")]
    [InlineData("if (a >= c || a <= c || a != c) { }", "")]
    [InlineData("Func<int, int> f = a => a;", "f")]
    public void Finds_what_is_assigned(string body, string names)
    {
        var assigned = Read(body).Assigned;
        Assert.All(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => Assert.Contains(name, assigned));
        Assert.DoesNotContain("x", assigned);
        if (names.Length == 0) Assert.Empty(assigned);
    }

    [Fact]
    public void A_name_is_hot_where_it_leads_to_an_event_through_others()
    {
        var index = Index("class C { void A() => B(); void B() => o.step(); void D() { } }", "step");
        Assert.True(index.IsHot("A"));
        Assert.True(index.IsHot("B"));
        Assert.False(index.IsHot("D"));
    }

    private static MemberText Read(string body) => Index($"class C {{ void M() {{ {body} }} }}").Declaring("M").Single();

    private static CallIndex Index(string source, params string[] events) =>
        new(CSharpCompilation.Create("index", [CSharpSyntaxTree.ParseText(source)]), events, [], CancellationToken.None);
}
