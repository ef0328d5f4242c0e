using System.Runtime.InteropServices;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Fake.Tests;

/// <summary>What the library refuses, the stand-in refuses, in the same words.</summary>
public class ErrorTests
{
    private static string Message(Func<object> call) => Assert.Throws<ExternalException>(() => call()).Message;

    [Fact]
    public void Tensors_on_two_devices()
    {
        var (here, there) = (ones(2, 2), ones(2, 2, device: CUDA));
        Assert.Equal("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!", Message(() => there + here));
        Assert.Contains("same device", Message(() => here.mm(there)), StringComparison.Ordinal);
        Assert.Contains("same device", Message(() => cat([here, there])), StringComparison.Ordinal);
        Assert.Contains("same device", Message(() => Linear(2, 2).to(CUDA).call(here)), StringComparison.Ordinal);
        Assert.Contains("same device", Message(() => functional.cross_entropy(there, tensor(new long[] { 0, 1 }))), StringComparison.Ordinal);
        Assert.Contains("same device", Message(() => functional.mse_loss(there, here)), StringComparison.Ordinal);
        Assert.Contains("cuda:0 and cuda:1", Message(() => there + ones(2, 2, device: device("cuda:1"))), StringComparison.Ordinal);
        Assert.Equal("Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same", Message(() => Conv2d(1, 1, 1).to(CUDA).call(ones(1, 1, 2, 2))));
        // A scalar tensor of the CPU goes with any.
        Assert.Equal("cuda:0", (there * tensor(2f)).device.ToString());
    }

    [Fact]
    public void Devices_are_there_when_a_test_says_so()
    {
        Assert.False(cuda.is_available());
        Devices.CudaCount = 2;
        Assert.True(cuda.is_available());
        Assert.True(cuda_is_available());
        Assert.Equal(2, cuda.device_count());
        Devices.CudaCount = 0;
        Assert.False(mps_is_available());
        Devices.HasMps = true;
        Assert.True(mps_is_available());
    }

    [Fact]
    public void Elements_of_another_device_are_not_read() =>
        Assert.Contains("non-CPU memory", Assert.Throws<InvalidOperationException>(() => ones(2, device: CUDA).data<float>()).Message, StringComparison.Ordinal);

    [Fact]
    public void Classes_and_types_of_targets()
    {
        var scores = zeros(2, 10);
        Assert.Equal("Target 10 is out of bounds.", Message(() => functional.cross_entropy(scores, tensor(new long[] { 1, 10 }))));
        Assert.Equal("Target -1 is out of bounds.", Message(() => functional.nll_loss(scores, tensor(new long[] { 1, -1 }))));
        Assert.Equal("expected scalar type Long but found Int", Message(() => functional.cross_entropy(scores, tensor(new[] { 1, 2 }))));
        Assert.Equal("expected scalar type Long but found Float", Message(() => functional.cross_entropy(scores, tensor(new[] { 1f, 2 }))));
        Assert.Equal("0D or 1D target tensor expected, multi-target not supported", Message(() => functional.cross_entropy(scores, tensor(new long[] { 1, 2 }).reshape(2, 1))));
        Assert.Equal("Expected floating point type for target with class probabilities, got Long", Message(() => functional.cross_entropy(scores, zeros(2, 10, ScalarType.Int64))));
        Assert.Equal("Found dtype Long but expected Float", Message(() => functional.binary_cross_entropy_with_logits(zeros(2), zeros(2, ScalarType.Int64))));
        Assert.Equal("all elements of input should be between 0 and 1", Message(() => functional.binary_cross_entropy(full(2, 1.5f), ones(2))));
        functional.cross_entropy(scores, tensor(new byte[] { 1, 2 }));
    }

    [Fact]
    public void Types_of_operands()
    {
        Assert.Contains("same dtype", Message(() => ones(2, 2).mm(ones(2, 2, ScalarType.Float64))), StringComparison.Ordinal);
        Assert.Contains("same dtype, but got Double and Float", Message(() => Linear(2, 2).call(ones(2, 2, ScalarType.Float64))), StringComparison.Ordinal);
        Assert.Contains("result type Float can't be cast", Message(() => ones(2, ScalarType.Int64).add_(0.5f)), StringComparison.Ordinal);
        Assert.Contains("could not infer output dtype", Message(() => ones(2, ScalarType.Int64).mean()), StringComparison.Ordinal);
        Assert.Contains("index out of range", Message(() => Embedding(3, 2).call(tensor(new long[] { 3 }))), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
    }

    [Fact]
    public void A_disposed_tensor_is_unusable()
    {
        var x = ones(2);
        x.Dispose();
        Assert.Equal("Tensor invalid -- empty handle.", Assert.Throws<InvalidOperationException>(() => x + 1).Message);
    }

    [Fact]
    public void Tensors_are_equal_by_value()
    {
        Assert.True(ones(2).Equals(ones(2)));
        Assert.False(ones(2).Equals(ones(3)));
        Assert.False(ones(2).Equals((object)1f));
        using var nothing = full(2, double.NaN);
        Assert.False(nothing.Equals(nothing));
        Assert.Contains("aten::equal", Message(() => ones(2).Equals(ones(2, device: META))), StringComparison.Ordinal);
        Assert.Contains("on different devices", Message(() => ones(2).Equals(ones(2, device: CUDA))), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_whole_or_not()
    {
        Assert.Equal(ScalarType.Int64, full([2], 1).dtype);
        Assert.Equal(ScalarType.Int64, full([2], (byte)1).dtype);
        Assert.Equal(ScalarType.Float32, full([2], 1.0).dtype);
        Assert.Equal(ScalarType.Float32, full([2], 1f).dtype);
    }

    [Fact]
    public void Sums_of_wide_and_narrow_types()
    {
        Assert.Equal(ScalarType.Int64, ones(2, ScalarType.Bool).sum().dtype);
        Assert.Equal(ScalarType.Float32, (ones(2) + tensor(1.0)).dtype);
        Assert.Equal(ScalarType.Float64, (ones(2) + ones(2, ScalarType.Float64)).dtype);
        Assert.Equal(ScalarType.Float32, (ones(2, ScalarType.Int64) / 2).dtype);
        // float32 rounds.
        Assert.Equal((double)(0.1f + 0.2f), (tensor(0.1f) + tensor(0.2f)).ToDouble());
    }
}
