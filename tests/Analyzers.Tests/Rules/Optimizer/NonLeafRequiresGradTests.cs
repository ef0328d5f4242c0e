using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class NonLeafRequiresGradTests
{
    private const string Id = "TL0509";

    [Fact]
    public Task Makes_the_tensor_where_it_is_to_live() => Verifier.Fix(Id, """
        var device = cuda.is_available() ? CUDA : CPU;
        var w = [|torch.randn(4, 3, requires_grad: true).to(device)|];
        """, """
        var device = cuda.is_available() ? CUDA : CPU;
        var w = torch.randn(4, 3, device: device, requires_grad: true);
        """, new() { Message = "The result of 'to(…)' is a copy of the tensor that asked for gradients: its grad stays null and no optimizer can train it, so ask for gradients on the copy" });

    [Theory]
    [InlineData("[|zeros(3, requires_grad: true).cuda()|]", "zeros(3, device: CUDA, requires_grad: true)")]
    [InlineData("[|torch.zeros(3, requires_grad: true).cuda()|]", "torch.zeros(3, device: torch.CUDA, requires_grad: true)")]
    [InlineData("[|zeros(3, requires_grad: true).to(ScalarType.Float64)|]", "zeros(3, dtype: ScalarType.Float64, requires_grad: true)")]
    [InlineData("[|zeros(3, requires_grad: true).to(\"cuda:1\")|]", "zeros(3).to(\"cuda:1\").requires_grad_()")]
    [InlineData("[|zeros(3, requires_grad: true, dtype: ScalarType.Float64).cuda()|]", "zeros(3, device: CUDA, requires_grad: true, dtype: ScalarType.Float64)")]
    [InlineData("[|zeros(3, requires_grad: true).@double()|]", "zeros(3).@double().requires_grad_()")]
    [InlineData("[|zeros(3).requires_grad_().to(CUDA)|]", "zeros(3).to(CUDA).requires_grad_()")]
    [InlineData("[|zeros_like(x, requires_grad: true).cuda()|]", "zeros_like(x, device: CUDA, requires_grad: true)")]
    public Task Mends_every_form(string before, string after) => Verifier.Fix(Id, $"var x = rand(3);\nvar w = {before};", $"var x = rand(3);\nvar w = {after};");

    [Fact]
    public Task Asks_for_gradients_on_the_copy_that_takes_its_place() => Verifier.Fix(Id, """
        var w = {|#0:torch.randn(4, requires_grad: true)|};
        w = [|w.to(CUDA)|];
        """, """
        var w = torch.randn(4, requires_grad: true);
        w = w.to(CUDA).detach().requires_grad_();
        """);

    [Fact]
    public Task Warns_in_a_field_and_in_a_list() => Verifier.Warns(Id, """
        public sealed class Regression
        {
            private readonly Tensor weight = [|torch.randn(4, requires_grad: true).to(CUDA)|];
            private readonly Tensor[] all = [ [|zeros(1, requires_grad: true).cuda()|] ];

            public Tensor Bias { get; } = [|torch.zeros(1, requires_grad: true).cuda()|];

            public Tensor Predict(Tensor x) => x.matmul(weight) + Bias + all[0];
        }
        """);

    [Theory]
    [InlineData("torch.randn(4, requires_grad: true).cpu()")]
    [InlineData("torch.randn(4, requires_grad: true).to(CPU)")]
    [InlineData("torch.randn(4, requires_grad: true).to(\"cpu\")")]
    [InlineData("torch.randn(4, requires_grad: true).@float()")]
    [InlineData("torch.randn(4, requires_grad: true).to(ScalarType.Float32)")]
    [InlineData("torch.randn(4, device: device, requires_grad: true).to(device)")]
    [InlineData("torch.randn(4, dtype: ScalarType.Float64, requires_grad: true).to(ScalarType.Float64)")]
    [InlineData("torch.randn(4).to(device).requires_grad_()")]
    [InlineData("torch.randn(4, requires_grad: false).to(device)")]
    [InlineData("torch.randn(4, requires_grad: flag).to(device)")]
    [InlineData("new Parameter(torch.randn(4, requires_grad: true).to(device))")]
    [InlineData("torch.randn(4, requires_grad: true)")]
    public Task Silent_for(string expression) => Verifier.Silent(Id, $"""
        var device = CUDA;
        var flag = data.Any();
        var w = {expression};
        """);

    [Fact]
    public Task Silent_when_the_original_stays_at_hand() => Verifier.Silent(Id, """
        var w = torch.randn(4, requires_grad: true);
        var moved = w.to(CUDA);
        moved.sum().backward();
        Console.WriteLine(w.grad);
        """);

    [Fact]
    public Task Silent_when_the_gradient_of_the_copy_is_kept() => Verifier.Silent(Id, """
        var w = torch.randn(4, requires_grad: true).to(CUDA);
        w.retain_grad();
        w.sum().backward();
        """);
}
