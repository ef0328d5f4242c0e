using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class WrongLoopVariableTests
{
    private const string Id = "TL0208";

    [Fact]
    public Task Names_both_variables() => Verifier.Warns(Id, """
        var batches = data.ToList();
        for (var i = 0; i < 10; i++)
        {
            for (var idx = 0; [|i < batches.Count|]; i++)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(batches[idx].x), batches[idx].y).backward();
                optimizer.step();
            }
        }
        """, "'idx' never changes in this loop: its head tests or advances 'i', the variable of the loop around it");

    [Fact]
    public Task Warns_when_only_the_count_is_wrong() => Verifier.Warns(Id, """
        for (int epoch = 0; epoch < 10; epoch++)
            for (int batch = 0; [|batch < 100|]; epoch++)
                Console.WriteLine(batch);
        """);

    [Fact]
    public Task Warns_when_the_loop_never_ends() => Verifier.Warns(Id, """
        var batches = data.ToList();
        for (int epoch = 0; epoch < 10; epoch++)
        {
            for (int batch = 0; [|epoch < batches.Count|]; batch++)
            {
                Console.WriteLine(batch);
            }
        }
        """, "This loop counts 'batch' but tests 'epoch', the variable of the loop around it: once begun it never ends");

    [Fact]
    public Task Warns_in_any_method_and_counting_down() => Verifier.Warns(Id, """
        public static class Reader
        {
            public static float[] Read(float[][] rows) 
            {
                var all = new float[rows.Length * 8];
                for (long row = 7, other = 0; row >= 0; --row)
                {
                    if (other > 0) continue;
                    for (long column = 7; [|0 <= row|]; row -= 1) all[row * 8 + column] = rows[row][column];
                }

                return all;
            }
        }
        """);

    [Fact]
    public Task Silent_for_loops_that_count_for_themselves() => Verifier.Silent(Id, """
        for (var i = 0; i < 10; i++)
        {
            for (var j = 0; j < i; j++) Console.WriteLine(j);
            for (var j = i; j < 10; j++) Console.WriteLine(j);
            for (var j = 0; j < 10; j++, i += 0) Console.WriteLine(j);
            for (var j = 0; i < 10 && j < 3; j++) Console.WriteLine(j);
        }
        """);

    [Fact]
    public Task Silent_for_a_start_that_is_remembered() => Verifier.Silent(Id, """
        var text = "loss 0.25";
        for (var i = 0; i < text.Length; i++)
        {
            for (var start = i; i < text.Length; i++) Console.WriteLine(start);
        }
        """);

    [Fact]
    public Task Silent_when_two_are_counted_together() => Verifier.Silent(Id, """
        for (var i = 0; i < 100;)
        {
            for (var inBatch = 0; inBatch < 10; inBatch++, i++) Console.WriteLine(i);
            for (var inBatch = 0; i < 50; i++, inBatch++) Console.WriteLine(inBatch);
        }
        """);

    [Fact]
    public Task Silent_when_the_body_counts() => Verifier.Silent(Id, """
        for (var i = 0; i < 100; i++)
        {
            for (var found = 0; found < 3; i++)
                if (i % 7 == 0) found++;
            for (var tries = 0; i < 50; tries++)
                if (tries > 3) break;
            for (var tries = 0; i < 50; tries++) i += tries;
        }
        """);

    [Fact]
    public Task Silent_when_what_is_tested_against_changes() => Verifier.Silent(Id, """
        var queue = new Queue<int>();
        for (var i = 0; i < 100; i++)
        {
            for (var removed = 0; i < queue.Count; removed++) queue.Dequeue();
        }
        """);

    [Fact]
    public Task Silent_outside_of_another_loop() => Verifier.Silent(Id, """
        int i;
        for (i = 0; i < 3; i++) Console.WriteLine(i);
        for (int j = 0; i < 10; i++) Console.WriteLine(j);
        """);

    [Fact]
    public Task Fix_counts_with_its_own_variable() => Verifier.Fix(Id, """
        var batches = data.ToList();
        for (var i = 0; i < 10; i++)
        {
            // each batch
            for (var idx = 0; [|i < batches.Count|]; i++) // i of them
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(batches[idx].x), batches[idx].y).backward();
                optimizer.step();
            }
        }
        """, """
        var batches = data.ToList();
        for (var i = 0; i < 10; i++)
        {
            // each batch
            for (var idx = 0; idx < batches.Count; idx++) // i of them
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(batches[idx].x), batches[idx].y).backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Fix_where_only_one_is_wrong() => Verifier.Fix(Id, """
        for (int epoch = 0; epoch < 10; epoch++)
        {
            for (int batch = 0; [|batch < 100|]; epoch++) Console.WriteLine(batch);
            for (int batch = 0; [|epoch < 100|]; batch++) Console.WriteLine(batch);
            for (int batch = 0; [|100 > epoch|]; epoch += 2) Console.WriteLine(batch);
        }
        """, """
        for (int epoch = 0; epoch < 10; epoch++)
        {
            for (int batch = 0; batch < 100; batch++) Console.WriteLine(batch);
            for (int batch = 0; batch < 100; batch++) Console.WriteLine(batch);
            for (int batch = 0; 100 > batch; batch += 2) Console.WriteLine(batch);
        }
        """);

    [Theory]
    [InlineData("int j = Math.Max(0, i - 2); [|i < Math.Min(words.Length, i + 3)|]; j++")]
    [InlineData("int j = 0; [|i < words[i].Length|]; j++")]
    public Task Warns_where_a_limit_that_is_computed_never_changes(string head) => Verifier.Warns(Id, $$"""
        var words = new[] { "a", "bc" };
        for (var i = 0; i < words.Length; i++)
        {
            for ({{head}}) Console.WriteLine(words[i][j]);
        }
        """);

    [Theory]
    [InlineData("int j = i; i < Math.Min(words.Length, Next()); j++")]
    [InlineData("int j = 0; i < sizes[i]; j++")]
    [InlineData("int j = i; j < words.Length && words[j] == words[i]; j++")]
    public Task Silent_where_the_limit_may_change(string head) => Verifier.Silent(Id, $$"""
        var words = new[] { "a", "bc" };
        var sizes = new[] { 1, 2 };
        int Next() => 3;
        for (var i = 0; i < words.Length; i++)
        {
            for ({{head}}) sizes[i] = j - 1;
        }
        """);
}
