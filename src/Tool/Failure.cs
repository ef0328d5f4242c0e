namespace TrainLint.Tool;

/// <summary>What the user has to put right before anything can be checked: the text is all that is shown, and the exit code is 2.</summary>
internal sealed class Failure(string message) : Exception(message);
