// What a watched training step costs, against a bare one: both kinds take turns in one training, so that whatever else the machine does, and
// wherever the model lies in memory, meets both. See docs/runtime/cost.md.
using TrainLint.Runtime.Benchmarks;

var options = Settings.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(Settings.Usage);
    return 1;
}

set_num_threads(options.Threads);
var measured = Duel.Run(options);
Console.Write(new Summary(options, measured));
return 0;
