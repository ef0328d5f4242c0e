using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Evidence;
using TrainLint.Tool.Report;
using Xunit;

namespace TrainLint.Tool.Tests;

/// <summary>The checklists of the two samples.</summary>
public sealed class Samples : IAsyncLifetime
{
    public JsonElement Broken { get; private set; }

    public JsonElement Mended { get; private set; }

    /// <summary>The page of the broken sample.</summary>
    public string Page { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        using var broken = new Folder().Copy("samples/BrokenTraining");
        using var mended = new Folder().Copy("samples/MendedTraining");
        Broken = JsonDocument.Parse((await Tool.RunLoose("report", broken.Path, "--format", "json", "--level", "warning")).Output).RootElement;
        Mended = JsonDocument.Parse((await Tool.RunLoose("report", mended.Path, "--format", "json", "--level", "warning")).Output).RootElement;
        var page = Path.Combine(broken.Path, "page.html");
        await Tool.RunLoose("report", broken.Path, "--lang", "en", "--output", page);
        Page = await File.ReadAllTextAsync(page);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed partial class ReportTests(Samples samples) : IClassFixture<Samples>
{
    private static readonly string[] SampleLoops = ["Baseline.Run", "Distillation.Run", "FineTuning.Run", "LearningRateSearch.Try", "Pretraining.Run", "Trainer.TrainEpoch"];

    [Fact]
    public void Every_rule_about_training_belongs_to_one_point()
    {
        var rules = RuleCatalogue.All.Where(r => r.Section != Section.Settings).ToList();
        Assert.Equal(rules.Select(r => r.Id).Order(StringComparer.Ordinal), Checklist.Points.SelectMany(p => p.Rules).Order(StringComparer.Ordinal));
        Assert.All(rules, r => Assert.Equal(r.Section, Checklist.Of(r.Id)!.Section));
        Assert.Equal(Checklist.Points.OrderBy(p => p.Section).Select(p => p.Key), Checklist.Points.Select(p => p.Key));
    }

    [Fact]
    public void Every_text_is_there_in_both_languages()
    {
        foreach (var (key, (english, japanese)) in Words.All)
        {
            Assert.False(string.IsNullOrWhiteSpace(english) || string.IsNullOrWhiteSpace(japanese), key);
            Assert.Equal(Placeholder().Matches(english).Select(m => m.Value).Order(StringComparer.Ordinal), Placeholder().Matches(japanese).Select(m => m.Value).Order(StringComparer.Ordinal));
            Assert.Matches(@"[\u3000-\u30ff\u4e00-\u9fff]", japanese);
            Assert.DoesNotMatch(@"[\u3040-\u30ff\u4e00-\u9fff]", english);
        }

        Assert.All(Checklist.Points, p => Assert.Contains("point." + p.Key, Words.All.Keys));
        Assert.All(Enum.GetNames<Section>(), s => Assert.Contains("section." + s, Words.All.Keys));
        var reasons = Directory.EnumerateFiles(Tool.PathOf("src/Analyzers/Evidence"), "*.cs").SelectMany(f => Reason().Matches(File.ReadAllText(f))).SelectMany(m => m.Groups["key"].Captures).Select(c => "reason." + c.Value).ToHashSet();
        Assert.True(reasons.Count > 20);
        Assert.Equal(reasons.Order(StringComparer.Ordinal), Words.All.Keys.Where(k => k.StartsWith("reason.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_loop_of_the_samples_has_its_checklist()
    {
        Assert.Equal(SampleLoops, Loops(samples.Mended).Select(l => l.GetProperty("member").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(SampleLoops, Loops(samples.Broken).Select(l => l.GetProperty("member").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_mistake_of_the_sample_is_broken_in_a_loop_that_it_concerns()
    {
        // The one in a method that no loop leads to.
        Assert.Equal("TL1104", Assert.Single(samples.Broken.GetProperty("elsewhere").EnumerateArray()).GetProperty("id").GetString());
        var expected = File.ReadAllLines(Tool.PathOf("samples/BrokenTraining/expected.txt")).Select(l => l[^6..]).Where(id => id != "TL1104");
        var broken = Loops(samples.Broken).SelectMany(l => Points(l)).Where(p => Verdict(p) == "Broken").SelectMany(p => p.GetProperty("findings").EnumerateArray()).Select(f => f.GetProperty("id").GetString()).Distinct();
        Assert.Equal(expected.Order(StringComparer.Ordinal), broken.Order(StringComparer.Ordinal));
        Assert.Equal("Broken", Verdict(Of(samples.Broken, "Trainer.TrainEpoch", "step.gradients")));
        Assert.Equal("Broken", Verdict(Of(samples.Broken, "Trainer.TrainEpoch", "loss.input")));
        Assert.Equal("Broken", Verdict(Of(samples.Broken, "FineTuning.Run", "step.mode")));
        Assert.NotEqual("Broken", Verdict(Of(samples.Broken, "FineTuning.Run", "loss.graph")));
    }

    [Fact]
    public void Nothing_of_the_mended_sample_is_broken() =>
        Assert.DoesNotContain(Loops(samples.Mended).SelectMany(l => Points(l)), p => Verdict(p) == "Broken");

    [Theory]
    [InlineData("step.gradients", "optimizer.zero_grad()", "loss.backward()", "optimizer.step()")]
    [InlineData("rate.size", "optim.AdamW(…)")]
    [InlineData("step.mode", "model.train()")]
    [InlineData("batches.order", "shuffle: true")]
    [InlineData("batches.size", "128")]
    [InlineData("evaluation.mode", "model.eval()")]
    [InlineData("evaluation.gradients", "no_grad()")]
    [InlineData("model.registered", "RegisterComponents()")]
    [InlineData("data.separate", "DataLoader(…)")]
    [InlineData("start.seed", "manual_seed(…)")]
    [InlineData("watch.loss", "loss.ToDouble()")]
    [InlineData("memory.scope", "NewDisposeScope()")]
    [InlineData("optimizer.kept", "optim.AdamW(…)")]
    public void What_is_in_order_says_by_what(string point, params string[] witnesses)
    {
        var shown = Of(samples.Mended, "Trainer.TrainEpoch", point);
        Assert.Equal("InOrder", Verdict(shown));
        var places = shown.GetProperty("witnesses").EnumerateArray().ToList();
        foreach (var witness in witnesses) Assert.Contains(places, w => w.GetProperty("code").GetString() == witness);
        // Each place really has that code.
        Assert.All(places, w => Assert.Contains(w.GetProperty("code").GetString()!.Split('(')[0], File.ReadAllLines(Path.Combine(Tool.PathOf("samples/MendedTraining"), Below(w.GetProperty("file").GetString()!)))[w.GetProperty("line").GetInt32() - 1], StringComparison.Ordinal));

        static string Below(string file) => Path.GetFileName(Path.GetDirectoryName(file)) is "Training" or "Models" or "Experiments" or "Data" ? Path.Combine(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file)) : Path.GetFileName(file);
    }

    [Fact]
    public void What_is_not_certain_is_not_in_order()
    {
        Assert.Equal("NotProven", Verdict(Of(samples.Mended, "Trainer.TrainEpoch", "model.sizes")));
        var scale = Of(samples.Mended, "Trainer.TrainEpoch", "data.scale");
        Assert.Equal(("OnlyARun", "TrainGuard.Batch"), (Verdict(scale), scale.GetProperty("companion").GetString()));
        Assert.Equal("NotApplicable", Verdict(Of(samples.Mended, "Trainer.TrainEpoch", "optimizer.clipping")));
    }

    [Theory]
    [InlineData("optimizer.zero_grad(); if (i > 3) loss.backward(); optimizer.step();", false)]
    [InlineData("if (i > 3) optimizer.zero_grad(); loss.backward(); optimizer.step();", false)]
    [InlineData("optimizer.zero_grad(); loss.backward(); optimizer.step();", true)]
    [InlineData("loss.backward(); optimizer.step(); optimizer.zero_grad();", true)]
    [InlineData("Elsewhere(optimizer); loss.backward(); optimizer.step();", false)]
    public async Task Gradients_are_in_order_on_every_way_or_not_at_all(string step, bool inOrder)
    {
        using var folder = new Folder();
        var code = "using System; using TorchSharp; using static TorchSharp.torch;\nclass Loop\n{\n    public static Action<optim.Optimizer> Elsewhere;\n    static void Main()\n    {\n        var model = nn.Linear(4, 2); var optimizer = optim.Adam(model.parameters(), 1e-3);\n        for (var i = 0; i < 9; i++) { var loss = model.forward(randn(8, 4)).mean(); " + step + " }\n    }\n}\n";
        var report = JsonDocument.Parse((await Tool.RunLoose("report", folder.Write("loop.cs", code), "--format", "json")).Output).RootElement;
        Assert.Equal(inOrder, Verdict(Points(Assert.Single(Loops(report))).Single(p => p.GetProperty("key").GetString() == "step.gradients")) == "InOrder");
    }

    [Theory]
    [InlineData("new Numbers(1)", "new Numbers(2)", "InOrder")]
    [InlineData("data", "data", "NotProven")]
    public async Task Two_loaders_of_one_data_set_are_not_separate(string train, string test, string expected)
    {
        using var folder = new Folder();
        var code = $$"""
            using System; using System.Collections.Generic; using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.utils.data;
            var data = new Numbers(1);
            using var train = DataLoader({{train}}, 4, shuffle: true);
            using var test = DataLoader({{test}}, 4);
            var model = nn.Linear(4, 2);
            var optimizer = optim.Adam(model.parameters(), 1e-3);
            for (var epoch = 0; epoch < 3; epoch++)
            {
                foreach (var b in train)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    var loss = nn.functional.mse_loss(model.forward(b["x"]), b["y"]);
                    loss.backward();
                    optimizer.step();
                }

                using (no_grad())
                    foreach (var b in test)
                        Console.WriteLine(nn.functional.mse_loss(model.forward(b["x"]), b["y"]).item<float>());
            }

            class Numbers(int seed) : Dataset
            {
                public override long Count => 9 * seed;
                public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4), ["y"] = zeros(2) };
            }
            """;
        var report = JsonDocument.Parse((await Tool.RunLoose("report", folder.Write("loaders.cs", code), "--format", "json")).Output).RootElement;
        Assert.Equal(expected, Verdict(Points(Assert.Single(Loops(report))).Single(p => p.GetProperty("key").GetString() == "data.separate")));
    }

    [Fact]
    public void The_page_of_the_sample_is_sound() => Sound("sample", samples.Page);

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public void Pages_with_runs_are_sound(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        Spoken.Culture = CultureInfo.GetCultureInfo(language);
        try
        {
            Sound("healthy-" + language, Page(Runs.Read(Runs.Healthy())));
            Sound("diverging-" + language, Page(Runs.Read(Runs.Diverging())));
            Sound("misplaced-" + language, Page(Runs.Read(Runs.Misplaced())));
            Sound("two-" + language, Page(Runs.Read(Runs.Diverging(), "before.jsonl"), Runs.Read(Runs.Healthy(2340), "after.jsonl")));
        }
        finally
        {
            Spoken.Culture = before;
        }
    }

    [Fact]
    public void What_the_run_says_is_on_the_page()
    {
        var diverging = Page(Runs.Read(Runs.Diverging()));
        Assert.Contains("The loss is NaN", diverging, StringComparison.Ordinal);
        Assert.Contains("Not a finite number at 841 steps, the first is step 1,500.", diverging, StringComparison.Ordinal);
        var misplaced = Page(Runs.Read(Runs.Misplaced()));
        Assert.Contains("16 tensors are on cuda:0, the others are not:", misplaced, StringComparison.Ordinal);
        Assert.Contains("<code>classifier.4.weight</code> cpu", misplaced, StringComparison.Ordinal);
        Assert.Contains("The log has no end", misplaced, StringComparison.Ordinal);
        Assert.Contains("Two runs", Page(Runs.Read(Runs.Healthy()), Runs.Read(Runs.Diverging())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_spike_of_one_step_among_100_000_is_drawn()
    {
        var points = Enumerable.Range(1, 100_000).Select(i => ((double)i, i == 54_321 ? 1000 : i == 77_777 ? -5 : i % 7 == 0 ? double.NaN : Math.Sin(i))).ToList();
        var kept = Downsampling.ToPixels(points, 1, 100_000, 600);

        Assert.InRange(kept.Count, 600, 4 * 601);
        Assert.Contains((54_321, 1000), kept);
        Assert.Contains((77_777, -5), kept);
        Assert.Equal(kept.OrderBy(p => p.X), kept);
        Assert.DoesNotContain(kept, p => !double.IsFinite(p.Y));
        Assert.Equal(1000, Downsampling.Largest(points, 1, 100_000, 60).Max(v => double.IsInfinity(v) ? 0 : v), 1000.0);
    }

    [Fact]
    public void A_long_run_makes_a_small_page()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var page = Page(Runs.Read(Runs.Healthy(100_000)));
        Assert.InRange(page.Length, 50_000, 500_000);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void A_log_is_read_as_far_as_it_goes()
    {
        var log = RunLog.Read("x", new StringReader("""
            {"kind":"start","model":"Net","more":{"a":[1]}}
            {"kind":"step","step":10,"loss":"NaN","lr":[0.1,0.2],"ms":30}
            {"kind":"step","step":20,"loss":null,"ms":50}
            {"kind":"weather","temperature":20}
            {"kind":"epoch","epoch":1,"validation":0.5}
            {"kind":"step","st
            """));
        Assert.Equal((20, 1, false), (log.StepCount, log.UnreadLines, log.Ended));
        Assert.True(double.IsNaN(log.Steps[0].Loss!.Value));
        Assert.Equal((0.1, 5.0), (log.Steps[0].Rate, log.Steps[1].Milliseconds));
        Assert.Equal((20, 0.5), (log.Epochs[0].Step, log.Epochs[0].Validation));
        Assert.Throws<Failure>(() => RunLog.Read("x", new StringReader("{\"a\":1}\nno JSON\n")));
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00012, "1.2e−4")]
    [InlineData(2.30258, "2.303")]
    [InlineData(-0.5, "−0.5")]
    [InlineData(12345.6, "12,346")]
    [InlineData(1e9, "1e9")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void Numbers_are_short(double number, string expected) => Assert.Equal(expected, Numbers.Text(number));

    [Fact]
    public void Axes_have_round_numbers()
    {
        Assert.Equal([0, 500, 1000, 1500, 2000], Numbers.Ticks(0, 2340, 5));
        Assert.Equal([1e-3, 1e-2, 0.1, 1], Numbers.Decades(1e-3, 1, 6).Select(t => Math.Round(t, 6)));
        Assert.Equal([0.2, 0.5, 1, 2], Numbers.Decades(0.15, 3, 6).Select(t => Math.Round(t, 6)));
    }

    private static string Page(params RunLog[] runs) => HtmlReport.Render(new Checklists("", [], [], [.. runs]));

    // Well-formed, alone, with a name for every picture, and every link leads somewhere. TRAINLINT_PAGES names a folder that keeps the pages, to be looked at.
    private static void Sound(string name, string page)
    {
        if (Environment.GetEnvironmentVariable("TRAINLINT_PAGES") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".html"), page);
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var document = XDocument.Load(reader);
        var elements = document.Descendants().ToList();
        Assert.DoesNotContain(elements, e => e.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use" or "image");
        Assert.DoesNotContain(elements.Attributes(), a => a.Name.LocalName is "src" or "srcset" or "data" or "onclick" or "onload");
        Assert.DoesNotMatch(@"url\(|@import", page);
        var ids = elements.Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        foreach (var link in elements.Attributes("href").Select(a => a.Value)) Assert.True(link.StartsWith("https://github.com/trainlint/trainlint/blob/main/docs/", StringComparison.Ordinal) || link[0] == '#' && ids.Contains(link[1..]), link);
        foreach (var picture in elements.Where(e => e.Name.LocalName == "svg"))
        {
            Assert.Equal("img", picture.Attribute("role")?.Value);
            Assert.All(picture.Attribute("aria-labelledby")!.Value.Split(' '), id => Assert.Contains(picture.Elements(), e => e.Attribute("id")?.Value == id && e.Value.Length > 0));
            Assert.DoesNotContain("NaN", picture.Descendants().Attributes("d").Select(d => d.Value).Concat(picture.Descendants().Attributes("y").Select(y => y.Value)));
            Assert.DoesNotContain(picture.Descendants().Attributes(), a => a.Name.LocalName is "x" or "y" or "x1" or "y1" or "x2" or "y2" or "width" or "height" or "d" && (a.Value.Contains("NaN", StringComparison.Ordinal) || a.Value.Contains('∞', StringComparison.Ordinal)));
        }

        Assert.Single(elements, e => e.Name.LocalName == "main");
        Assert.All(elements.Where(e => e.Name.LocalName == "th"), t => Assert.NotNull(t.Attribute("scope")));
        Assert.Equal(Spoken.Culture.TwoLetterISOLanguageName == "ja" ? "ja" : "en", document.Root!.Attribute("lang")!.Value);
    }

    private static List<JsonElement> Loops(JsonElement report) => [.. report.GetProperty("loops").EnumerateArray()];

    private static List<JsonElement> Points(JsonElement loop) => [.. loop.GetProperty("points").EnumerateArray()];

    private static JsonElement Of(JsonElement report, string member, string point) => Points(Loops(report).Single(l => l.GetProperty("member").GetString() == member)).Single(p => p.GetProperty("key").GetString() == point);

    private static string? Verdict(JsonElement point) => point.GetProperty("verdict").GetString();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?:Proven\((?:[^""(]*\? )?|None\()""(?<key>[^""]+)""(?: : ""(?<key>[^""]+)"")?")]
    private static partial Regex Reason();
}
