using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>The scale of the first batch.</summary>
internal sealed class InputCheck : Check
{
    private const int Pixels = 64;
    private const double Brightest = 255;
    private const double Bright = 128;
    private bool _done;

    public override void Batch(Run run, IReadOnlyList<Tensor> inputs, Tensor? target)
    {
        if (_done)
            return;
        _done = true;
        foreach (var input in inputs)
        {
            // Bytes turned to floats and not divided: whole numbers from 0 to 255, many per sample. Integers are indices.
            if (!Reading.IsReadable(input) || !input.is_floating_point() || input.dim() < 2 || input.numel() / Math.Max(1, input.shape[0]) < Pixels)
                continue;
            var (least, most) = (Reading.Value(input.detach().min()), Reading.Value(input.detach().max()));
            if (least >= 0 && most is >= Bright and <= Brightest && Reading.Value(input.detach().eq(input.detach().floor()).all()) != 0)
            {
                run.Report(FindingTypes.InputScale, FormattableString.Invariant($"the input holds whole numbers from {least:G3} to {most:G3}, as pixels do that nobody divided by 255"), "input", most, 1);
                return;
            }
        }
    }
}
