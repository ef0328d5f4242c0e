namespace TrainLint.Runtime;

/// <summary>Thrown for an error where <see cref="TrainGuardOptions.ThrowOnError"/> is set, and by the static <see cref="TrainGuard.CheckPlacement(TorchSharp.torch.nn.Module, TorchSharp.torch.Tensor[])"/>.</summary>
public sealed class TrainGuardException : Exception
{
    /// <summary>Makes the exception of a finding.</summary>
    /// <param name="finding">What was found.</param>
    public TrainGuardException(Finding finding) : base(finding?.ToString()) => Finding = finding ?? throw new ArgumentNullException(nameof(finding));

    /// <summary>What was found.</summary>
    public Finding Finding { get; }
}
