return await TrainLint.Tool.CommandLine.RunAsync(args, Console.Out, Console.Error);
