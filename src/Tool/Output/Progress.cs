using Spectre.Console;

namespace TrainLint.Tool.Output;

/// <summary>Says what takes so long, where somebody is looking.</summary>
internal static class Progress
{
    /// <summary>Runs some work, with its steps shown on the standard error if that is a terminal.</summary>
    public static async Task<T> RunAsync<T>(TextWriter errors, Func<Action<string>, Task<T>> work)
    {
        if (Console.IsErrorRedirected || errors != Console.Error) return await work(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(errors) });
        return await console.Status().StartAsync("…", status => work(step => status.Status(Markup.Escape(step))));
    }
}
