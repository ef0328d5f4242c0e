namespace TrainLint.Analyzers.Rules;

/// <summary>Keys of what a rule tells its fix in <c>Diagnostic.Properties</c>.</summary>
internal static class RuleProperties
{
    /// <summary>The optimizer, scheduler or module, as it can be written at the place of the squiggle.</summary>
    public const string Receiver = nameof(Receiver);

    /// <summary>Where the step() stands that closes the finding: the start of its call in the same file.</summary>
    public const string Step = nameof(Step);

    /// <summary>Where the backward() stands: the start of its call in the same file.</summary>
    public const string Backward = nameof(Backward);

    /// <summary>The start of the loop, in the same file, that a statement is to be moved or added to.</summary>
    public const string Loop = nameof(Loop);

    /// <summary>The start of the statement, in the same file, before which a statement is to be added.</summary>
    public const string Before = nameof(Before);

    /// <summary>The type argument of item() that reads the tensor.</summary>
    public const string Reading = nameof(Reading);

    /// <summary>The method that reads the tensor as the type that is wanted.</summary>
    public const string Conversion = nameof(Conversion);

    /// <summary>The device that a tensor is to be moved to.</summary>
    public const string Device = nameof(Device);

    /// <summary>The tensor that backward() is missing on.</summary>
    public const string Loss = nameof(Loss);

    /// <summary>What the numbers that go into the loss are: a member of the domain's meanings, by name.</summary>
    public const string Meaning = nameof(Meaning);

    /// <summary>The element type of what the loss is given as target, where it is known.</summary>
    public const string TargetType = nameof(TargetType);

    /// <summary>The name of the function that takes the place of several.</summary>
    public const string Replacement = nameof(Replacement);

    /// <summary>What a scheduler watches: a loss, which falls, or a score, which rises.</summary>
    public const string Metric = nameof(Metric);

    /// <summary>The method that takes a tensor out of its scope.</summary>
    public const string Release = nameof(Release);

    /// <summary>The start of the expression, in the same file, that is to be replaced.</summary>
    public const string Argument = nameof(Argument);
}
