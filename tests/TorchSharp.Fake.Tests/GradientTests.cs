using System.Reflection;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.Fake.Tests.Numerical;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Fake.Tests;

/// <summary>Each differentiable operation against difference quotients.</summary>
public class GradientTests
{
    private static readonly Tensor Mask = tensor(new[] { true, false, true, true, false, true }).reshape(2, 3);
    private static readonly Tensor Classes = tensor(new long[] { 2, 0 });

    private static Tensor X => Numbers(-1.5, 1.5, 2, 3);

    private static Tensor Y => Numbers(0.4, 1.9, 2, 3);

    private static Tensor Image => Numbers(-1, 1, 2, 4, 5, 5);

    private static readonly Dictionary<string, Action> Cases = new()
    {
        // arithmetic, with each way of broadcasting
        ["add"] = () => Check(t => t[0] + t[1], X, Y),
        ["add row"] = () => Check(t => t[0] + t[1], X, Numbers(-1, 1, 3)),
        ["add column"] = () => Check(t => t[0] + t[1], X, Numbers(-1, 1, 2, 1)),
        ["add both ways"] = () => Check(t => t[0] + t[1], Numbers(-1, 1, 3, 1), Numbers(-1, 1, 2, 1, 4)),
        ["add scaled"] = () => Check(t => t[0].add(t[1], 2.5), X, Y),
        ["sub"] = () => Check(t => t[0] - t[1], X, Numbers(-1, 1, 1, 3)),
        ["sub from number"] = () => Check(t => 2 - t[0], X),
        ["mul"] = () => Check(t => t[0] * t[1], X, Y),
        ["mul scalar tensor"] = () => Check(t => t[0] * t[1], X, Numbers(0.5, 2)),
        ["mul by itself"] = () => Check(t => t[0] * t[0], X),
        ["mul by number"] = () => Check(t => 3 * t[0] * 0.5, X),
        ["div"] = () => Check(t => t[0] / t[1], X, Numbers(0.5, 1.5, 2, 1)),
        ["div of number"] = () => Check(t => 2 / t[0], Y),
        ["remainder"] = () => Check(t => t[0] % t[1], Y, Numbers(0.21, 0.33, 2, 3)),
        ["fmod"] = () => Check(t => t[0].fmod(t[1]), X, Numbers(0.21, 0.33, 2, 3)),
        ["pow tensor"] = () => Check(t => t[0].pow(t[1]), Y, X),
        ["pow"] = () => Check(t => t[0].pow(3), X),
        ["pow fraction"] = () => Check(t => t[0].pow(1.7), Y),
        ["atan2"] = () => Check(t => t[0].atan2(t[1]), X, Y),
        ["maximum"] = () => Check(t => t[0].maximum(t[1]), X, Numbers(-1.5, 1.5, 3, 2).t().detach().requires_grad_()),
        ["minimum"] = () => Check(t => t[0].minimum(t[1]), X, Numbers(-1.5, 1.5, 3, 2).t().detach().requires_grad_()),
        ["lerp"] = () => Check(t => t[0].lerp(t[1], t[2]), X, Y, Numbers(0, 1, 2, 3)),
        ["addcmul"] = () => Check(t => t[0].addcmul(t[1], t[2], 0.5), X, Y, Numbers(0, 1, 2, 3)),
        ["addcdiv"] = () => Check(t => t[0].addcdiv(t[1], t[2], 0.5), X, Numbers(-2, 2, 2, 3), Y),
        ["where"] = () => Check(t => where(Mask, t[0], t[1]), X, Y),
        ["masked_fill"] = () => Check(t => t[0].masked_fill(Mask, 4), X),

        // products
        ["mm"] = () => Check(t => t[0].mm(t[1]), X, Numbers(-1, 1, 3, 4)),
        ["mv"] = () => Check(t => t[0].mv(t[1]), X, Numbers(-1, 1, 3)),
        ["dot"] = () => Check(t => t[0].dot(t[1]), Numbers(-1, 1, 5), Numbers(0, 2, 5)),
        ["vector by matrix"] = () => Check(t => t[0].matmul(t[1]), Numbers(-1, 1, 3), Numbers(-1, 1, 3, 4)),
        ["bmm"] = () => Check(t => t[0].bmm(t[1]), Numbers(-1, 1, 2, 3, 4), Numbers(-1, 1, 2, 4, 2)),
        ["matmul one on the right"] = () => Check(t => t[0].matmul(t[1]), Numbers(-1, 1, 2, 3, 4), Numbers(-1, 1, 4, 2)),
        ["matmul one on the left"] = () => Check(t => t[0].matmul(t[1]), Numbers(-1, 1, 3, 4), Numbers(-1, 1, 2, 4, 2)),
        ["matmul broadcast"] = () => Check(t => t[0].matmul(t[1]), Numbers(-1, 1, 2, 1, 3, 4), Numbers(-1, 1, 3, 4, 2)),
        ["addmm"] = () => Check(t => t[0].addmm(t[1], t[2], 0.5f, 2f), Numbers(-1, 1, 2, 4), X, Numbers(-1, 1, 3, 4)),
        ["addbmm"] = () => Check(t => t[0].addbmm(t[1], t[2]), Numbers(-1, 1, 3, 2), Numbers(-1, 1, 2, 3, 4), Numbers(-1, 1, 2, 4, 2)),
        ["baddbmm"] = () => Check(t => t[0].baddbmm(t[1], t[2]), Numbers(-1, 1, 2, 3, 2), Numbers(-1, 1, 2, 3, 4), Numbers(-1, 1, 2, 4, 2)),
        ["outer"] = () => Check(t => t[0].outer(t[1]), Numbers(-1, 1, 3), Numbers(-1, 1, 2)),
        ["linear"] = () => Check(t => functional.linear(t[0], t[1], t[2]), X, Numbers(-1, 1, 4, 3), Numbers(-1, 1, 4)),
        ["linear of three dimensions"] = () => Check(t => functional.linear(t[0], t[1], t[2]), Numbers(-1, 1, 2, 2, 3), Numbers(-1, 1, 4, 3), Numbers(-1, 1, 4)),
        ["bilinear"] = () => Check(t => functional.bilinear(t[0], t[1], t[2], t[3]), X, Numbers(-1, 1, 2, 4), Numbers(-1, 1, 5, 3, 4), Numbers(-1, 1, 5)),

        // reductions
        ["sum over one"] = () => Check(t => t[0].sum(1), X),
        ["sum over two"] = () => Check(t => t[0].sum(0, 2, true), Numbers(-1, 1, 2, 3, 4)),
        ["mean over one"] = () => Check(t => t[0].mean([0L], true), X),
        ["max over one"] = () => Check(t => t[0].max(1).values, X),
        ["min over one"] = () => Check(t => t[0].min(0, true).values, X),
        ["amax"] = () => Check(t => t[0].amax(1), X),
        ["var over two"] = () => Check(t => t[0].var([0L, 2L], true, true), Numbers(-1, 1, 2, 3, 4)),
        ["var biased"] = () => Check(t => t[0].var(1, false), X),
        ["std over one"] = () => Check(t => t[0].std(1), X),
        ["norm over one"] = () => Check(t => t[0].norm(1), X),
        ["norm 1"] = () => Check(t => t[0].norm(1f), X),
        ["norm 3"] = () => Check(t => t[0].norm(3f), X),
        ["norm infinity"] = () => Check(t => t[0].norm(float.PositiveInfinity), X),
        ["prod over one"] = () => Check(t => t[0].prod(1), X),
        ["logsumexp"] = () => Check(t => t[0].logsumexp(1), X),
        ["softmax"] = () => Check(t => t[0].softmax(1), X),
        ["softmax over the first"] = () => Check(t => t[0].softmax(0), Numbers(-1, 1, 3, 2, 2)),
        ["log_softmax"] = () => Check(t => t[0].log_softmax(1), X),
        ["cumsum"] = () => Check(t => t[0].cumsum(1), X),
        ["sort"] = () => Check(t => t[0].sort(1, true).Values, X),
        ["topk"] = () => Check(t => t[0].topk(2).values, X),

        // shapes and places
        ["reshape"] = () => Check(t => t[0].reshape(3, -1), X),
        ["view"] = () => Check(t => t[0].view(6), X),
        ["flatten"] = () => Check(t => t[0].flatten(1), Numbers(-1, 1, 2, 3, 2)),
        ["permute"] = () => Check(t => t[0].permute(2, 0, 1), Numbers(-1, 1, 2, 3, 4)),
        ["transpose"] = () => Check(t => t[0].transpose(0, -1), Numbers(-1, 1, 2, 3, 4)),
        ["squeeze"] = () => Check(t => t[0].squeeze(1), Numbers(-1, 1, 2, 1, 3)),
        ["unsqueeze"] = () => Check(t => t[0].unsqueeze(1), X),
        ["expand"] = () => Check(t => t[0].expand(4, 2, 3), Numbers(-1, 1, 2, 1)),
        ["repeat"] = () => Check(t => t[0].repeat(2, 1, 3), X),
        ["cat"] = () => Check(t => cat([t[0], t[1], t[0]], 1), X, Numbers(-1, 1, 2, 2)),
        ["stack"] = () => Check(t => stack([t[0], t[1]], 1), X, Y),
        ["split"] = () => Check(t => t[0].split(2, 1)[0] * 3, X),
        ["chunk"] = () => Check(t => t[0].chunk(2, 0)[1] * t[0].chunk(2, 0)[0], X),
        ["unbind"] = () => Check(t => t[0].unbind(1)[2], X),
        ["index number"] = () => Check(t => t[0][1], X),
        ["index slice"] = () => Check(t => t[0][TensorIndex.Colon, TensorIndex.Slice(0, 3, 2)], X),
        ["index tensor with repeats"] = () => Check(t => t[0][tensor(new long[] { 1, 0, 1 })], X),
        ["index mask"] = () => Check(t => t[0].index(Mask), X),
        ["masked_select"] = () => Check(t => t[0].masked_select(Mask), X),
        ["index_select"] = () => Check(t => t[0].index_select(1, tensor(new long[] { 2, 2, 0 })), X),
        ["gather"] = () => Check(t => t[0].gather(1, tensor(new long[] { 0, 0, 2, 1 }).reshape(2, 2)), X),
        ["scatter"] = () => Check(t => t[0].scatter(1, tensor(new long[] { 0, 1, 2, 1 }).reshape(2, 2), t[1]), X, Numbers(-1, 1, 2, 2)),
        ["scatter_add"] = () => Check(t => t[0].scatter_add(1, tensor(new long[] { 0, 0, 2, 1 }).reshape(2, 2), t[1]), X, Numbers(-1, 1, 2, 2)),
        ["flip"] = () => Check(t => t[0].flip(0, 1), X),
        ["tril"] = () => Check(t => t[0].tril(), Numbers(-1, 1, 2, 3, 3)),
        ["triu"] = () => Check(t => t[0].triu(1), Numbers(-1, 1, 3, 3)),
        ["narrow"] = () => Check(t => t[0].narrow(1, 1, 2), X),
        ["to"] = () => Check(t => t[0].to(ScalarType.Float64, CUDA).cpu(), X),
        ["clone"] = () => Check(t => t[0].clone() * 2, X),
        ["pad"] = () => Check(t => functional.pad(t[0], (1, 2)), X),
        ["pad reflect"] = () => Check(t => functional.pad(t[0], (1, 2, 2, 1), PaddingModes.Reflect), Image),
        ["pad replicate"] = () => Check(t => functional.pad(t[0], (1, 2, 2, 1), PaddingModes.Replicate), Image),
        ["pad circular"] = () => Check(t => functional.pad(t[0], (1, 2, 2, 1), PaddingModes.Circular), Image),
        ["interpolate nearest"] = () => Check(t => functional.interpolate(t[0], scale_factor: [2, 2]), Image),
        ["pixel_shuffle"] = () => Check(t => functional.pixel_shuffle(t[0], 2), Image),
        ["pixel_unshuffle"] = () => Check(t => functional.pixel_unshuffle(t[0], 2), Numbers(-1, 1, 1, 1, 4, 4)),

        // in place, on what is no leaf
        ["add_"] = () => Check(t => (t[0] * 2).add_(t[1]), X, Y),
        ["mul_"] = () => Check(t => (t[0] * 2).mul_(t[1]), X, Y),
        ["relu_"] = () => Check(t => (t[0] * 2).relu_(), X),
        ["copy_"] = () => Check(t => (t[0] * 2).copy_(t[1]), X, Y),
        ["write through an index"] = () => Check(t =>
        {
            var made = t[0] * 2;
            made[1] = t[1] * 3;
            return made * made;
        }, X, Numbers(0.5, 1, 3)),
        ["unsqueeze_"] = () => Check(t => (t[0] * 2).unsqueeze_(0), X),

        // activations with parameters
        ["leaky_relu"] = () => Check(t => functional.leaky_relu(t[0], 0.2), X),
        ["elu"] = () => Check(t => functional.elu(t[0], 1.3), X),
        ["celu"] = () => Check(t => functional.celu(t[0], 1.3), X),
        ["gelu tanh"] = () => Check(t => functional.gelu(t[0], Modules.GELU.Approximate.tanh), X),
        ["softplus"] = () => Check(t => functional.softplus(t[0], 2), X),
        ["glu"] = () => Check(t => functional.glu(t[0]), Numbers(-1, 1, 2, 4)),
        ["prelu"] = () => Check(t => functional.prelu(t[0], t[1]), X, Numbers(0.1, 0.4, 3)),
        ["threshold"] = () => Check(t => functional.threshold(t[0], 0.1, 2), X),
        ["hardtanh"] = () => Check(t => functional.hardtanh(t[0], -0.7, 0.8), X),
        ["clamp"] = () => Check(t => t[0].clamp(-0.7, 0.8), X),
        ["clamp by tensors"] = () => Check(t => t[0].clamp(t[1], t[2]), X, Numbers(-0.8, -0.5, 2, 3), Numbers(0.5, 0.8, 2, 3)),

        // convolutions
        ["conv1d"] = () => Check(t => functional.conv1d(t[0], t[1], t[2], 2, 1), Numbers(-1, 1, 2, 3, 7), Numbers(-1, 1, 4, 3, 3), Numbers(-1, 1, 4)),
        ["conv2d"] = () => Check(t => functional.conv2d(t[0], t[1], t[2]), Image, Numbers(-1, 1, 3, 4, 3, 3), Numbers(-1, 1, 3)),
        ["conv2d strided, padded, dilated, grouped"] = () => Check(t => functional.conv2d(t[0], t[1], null, [2, 1], [2, 1], [1, 2], 2), Image, Numbers(-1, 1, 6, 2, 3, 2)),
        ["conv2d same"] = () => Check(t => functional.conv2d_padding(t[0], t[1], null, padding: Padding.Same), Image, Numbers(-1, 1, 2, 4, 2, 3)),
        ["conv2d unbatched"] = () => Check(t => functional.conv2d(t[0], t[1]), Numbers(-1, 1, 2, 4, 4), Numbers(-1, 1, 3, 2, 2, 2)),
        ["conv3d"] = () => Check(t => functional.conv3d(t[0], t[1]), Numbers(-1, 1, 1, 2, 3, 3, 3), Numbers(-1, 1, 2, 2, 2, 2, 2)),
        ["conv_transpose1d"] = () => Check(t => functional.conv_transpose1d(t[0], t[1], t[2], 2, 1, 1), Numbers(-1, 1, 2, 3, 4), Numbers(-1, 1, 3, 2, 3), Numbers(-1, 1, 2)),
        ["conv_transpose2d"] = () => Check(t => functional.conv_transpose2d(t[0], t[1], null, [2, 2], groups: 2), Numbers(-1, 1, 1, 4, 3, 3), Numbers(-1, 1, 4, 2, 2, 2)),

        // pools
        ["max_pool1d"] = () => Check(t => functional.max_pool1d(t[0], 3, 2, 1), Numbers(-1, 1, 2, 3, 7)),
        ["max_pool2d"] = () => Check(t => functional.max_pool2d(t[0], 2), Image),
        ["max_pool2d overlapping"] = () => Check(t => functional.max_pool2d(t[0], 3, 2, 1, ceil_mode: true), Image),
        ["avg_pool2d"] = () => Check(t => functional.avg_pool2d(t[0], 2), Image),
        ["avg_pool2d padded"] = () => Check(t => functional.avg_pool2d(t[0], 3, 2, 1, true, false), Image),
        ["avg_pool3d"] = () => Check(t => functional.avg_pool3d(t[0], [2, 2, 2]), Numbers(-1, 1, 1, 2, 4, 4, 4)),
        ["adaptive_avg_pool2d"] = () => Check(t => functional.adaptive_avg_pool2d(t[0], 2), Image),
        ["adaptive_max_pool2d"] = () => Check(t => functional.adaptive_max_pool2d(t[0], [2, 3]), Image),

        // normalization
        ["batch_norm training"] = () => Check(t => functional.batch_norm(t[0], null, null, t[1], t[2], true), Image, Numbers(0.5, 1.5, 4), Numbers(-1, 1, 4)),
        ["batch_norm evaluating"] = () => Check(t => functional.batch_norm(t[0], zeros(4, ScalarType.Float64), full(4, 2.0, ScalarType.Float64), t[1], t[2]), Image, Numbers(0.5, 1.5, 4), Numbers(-1, 1, 4)),
        ["batch_norm of rows"] = () => Check(t => functional.batch_norm(t[0], null, null, training: true), Numbers(-1, 1, 5, 3)),
        ["layer_norm"] = () => Check(t => functional.layer_norm(t[0], [3], t[1], t[2]), Numbers(-1, 1, 2, 2, 3), Numbers(0.5, 1.5, 3), Numbers(-1, 1, 3)),
        ["group_norm"] = () => Check(t => functional.group_norm(t[0], 2, t[1], t[2]), Image, Numbers(0.5, 1.5, 4), Numbers(-1, 1, 4)),
        ["instance_norm"] = () => Check(t => functional.instance_norm(t[0]), Image),
        ["local_response_norm"] = () => Check(t => functional.local_response_norm(t[0], 3, 0.5), Image),
        ["normalize"] = () => Check(t => functional.normalize(t[0]), X),

        // distances
        ["cosine_similarity"] = () => Check(t => functional.cosine_similarity(t[0], t[1]), X, Y),
        ["pairwise_distance"] = () => Check(t => functional.pairwise_distance(t[0], t[1]), X, Y),
        ["attention"] = () => Check(t => functional.scaled_dot_product_attention(t[0], t[1], t[2], is_casual: true), Numbers(-1, 1, 2, 3, 4), Numbers(0, 1, 2, 3, 4), Numbers(-1, 0, 2, 3, 4)),

        // losses, with each reduction
        ["mse"] = () => Reductions((t, r) => functional.mse_loss(t[0], t[1], r), X, Y),
        ["l1"] = () => Reductions((t, r) => functional.l1_loss(t[0], t[1], r), X, Y),
        ["smooth_l1"] = () => Reductions((t, r) => functional.smooth_l1_loss(t[0], t[1], r, 0.5), X, Y),
        ["huber"] = () => Reductions((t, r) => functional.huber_loss(t[0], t[1], 0.5, r), X, Y),
        ["cross_entropy"] = () => Reductions((t, r) => functional.cross_entropy(t[0], Classes, reduction: r), X),
        ["cross_entropy weighted, smoothed"] = () => Reductions((t, r) => functional.cross_entropy(t[0], Classes, tensor(new[] { 1, 2, 0.5 }), reduction: r, label_smoothing: 0.2), X),
        ["cross_entropy ignoring"] = () => Reductions((t, r) => functional.cross_entropy(t[0], Classes, ignore_index: 2, reduction: r), X),
        ["cross_entropy of images"] = () => Reductions((t, r) => functional.cross_entropy(t[0], tensor(new long[] { 0, 1, 2, 1, 1, 0, 2, 0 }).reshape(2, 2, 2), reduction: r), Numbers(-1, 1, 2, 3, 2, 2)),
        ["cross_entropy of probabilities"] = () => Reductions((t, r) => functional.cross_entropy(t[0], Numbers(0, 1, 2, 3).softmax(1).detach(), reduction: r), X),
        ["nll"] = () => Reductions((t, r) => functional.nll_loss(t[0].log_softmax(1), Classes, reduction: r), X),
        ["bce"] = () => Reductions((t, r) => functional.binary_cross_entropy(t[0], t[1], Y.detach(), r), Numbers(0.1, 0.9, 2, 3), Numbers(0.2, 0.8, 3, 2).t().detach().requires_grad_()),
        ["bce with logits"] = () => Reductions((t, r) => functional.binary_cross_entropy_with_logits(t[0], t[1], null, r, tensor(new[] { 1, 2, 3.0 })), X, Numbers(0.2, 0.8, 2, 3)),
        ["kl_div"] = () => Reductions((t, r) => functional.kl_div(t[0], t[1], false, r), X, Y),
        ["kl_div of logs"] = () => Reductions((t, r) => functional.kl_div(t[0], t[1], true, r), X, Y),
        ["poisson_nll"] = () => Reductions((t, r) => functional.poisson_nll_loss(t[0], t[1], reduction: r), X, Y),
        ["gaussian_nll"] = () => Reductions((t, r) => functional.gaussian_nll_loss(t[0], t[1], t[2], reduction: r), X, Y, Numbers(0.5, 1, 2, 3)),
        ["hinge_embedding"] = () => Reductions((t, r) => functional.hinge_embedding_loss(t[0], tensor(new[] { 1.0, -1, 1, -1, 1, -1 }).reshape(2, 3), 1, r), X),
        ["soft_margin"] = () => Reductions((t, r) => functional.soft_margin_loss(t[0], t[1], r), X, Y),
        ["margin_ranking"] = () => Reductions((t, r) => functional.margin_ranking_loss(t[0], t[1], ones(2, 3, ScalarType.Float64), 0.1, r), X, Y),
        ["multi_margin"] = () => Reductions((t, r) => functional.multi_margin_loss(t[0], Classes, 2, 1, tensor(new[] { 1, 2, 0.5 }), r), X),
        ["multilabel_soft_margin"] = () => Reductions((t, r) => functional.multilabel_soft_margin_loss(t[0], t[1], null, r), X, Numbers(0.2, 0.8, 2, 3)),
        ["cosine_embedding"] = () => Reductions((t, r) => functional.cosine_embedding_loss(t[0], t[1], tensor(new[] { 1.0, -1 }), -0.9, r), X, Y),
        ["triplet_margin"] = () => Reductions((t, r) => functional.triplet_margin_loss(t[0], t[1], t[2], swap: true, reduction: r), X, Y, Numbers(0, 2, 2, 3)),

        // layers with states and parameters
        ["embedding"] = () => CheckLayer(Embedding(5, 3, dtype: ScalarType.Float64), m => m.call(tensor(new long[] { 1, 4, 1 }))),
        ["embedding with padding"] = () => Assert.Equal([0.0, 1, 1], Embedding(3, 1, 0) is var m && m.call(tensor(new long[] { 0, 1, 2, 0 })).sum() is var y ? Gradient(y, m.weight!) : []),
        ["EmbeddingBag"] = () => CheckLayer(EmbeddingBag(5, 3, dtype: ScalarType.Float64), m => m.call(tensor(new long[] { 1, 4, 1, 0 }), tensor(new long[] { 0, 3 }))),
        ["EmbeddingBag of sums"] = () => CheckLayer(EmbeddingBag(5, 3, mode: EmbeddingBagMode.Sum, dtype: ScalarType.Float64), m => m.call(tensor(new long[] { 1, 4, 1, 0 }).reshape(2, 2))),
        ["LSTM"] = () => CheckLayer(LSTM(3, 2, 2, bidirectional: true, dtype: ScalarType.Float64), (m, x) => Sum(m.call(x)), Numbers(-1, 1, 4, 2, 3)),
        ["GRU"] = () => CheckLayer(GRU(3, 2, batchFirst: true, dtype: ScalarType.Float64), (m, x) => m.call(x).Item1, Numbers(-1, 1, 2, 4, 3)),
        ["RNN"] = () => CheckLayer(RNN(3, 2, nonLinearity: NonLinearities.ReLU, dtype: ScalarType.Float64), (m, x) => m.call(x).Item2, Numbers(-1, 1, 4, 2, 3)),
        ["MultiheadAttention"] = () => CheckLayer(MultiheadAttention(4, 2).to(ScalarType.Float64), (m, x) => m.call(x, x, x).Item1, Numbers(-1, 1, 3, 2, 4)),
        ["TransformerEncoder"] = () => CheckLayer(TransformerEncoder(TransformerEncoderLayer(4, 2, 5, 0), 2).to(ScalarType.Float64), (m, x) => m.call(x), Numbers(-1, 1, 3, 1, 4)),
        ["TransformerDecoder"] = () => CheckLayer(TransformerDecoder(TransformerDecoderLayer(4, 2, 5, 0), 1).to(ScalarType.Float64), (m, x) => m.call(x, x * 2), Numbers(-1, 1, 3, 1, 4)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_the_difference_quotient(string operation) => Cases[operation]();

    /// <summary>All methods of a tensor that need no argument: the gradient is right, or backward says that there is none. It never makes one up.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Of_one_tensor(string name)
    {
        var method = Unary().Single(m => m.Name == name);
        Tensor Call(Tensor[] t) => (Tensor)method.Invoke(t[0], [.. method.GetParameters().Select(p => p.HasDefaultValue ? p.DefaultValue : null)])!;
        // Between 0 and 1 all of them are defined; twice as wide, so that both sides of zero are seen, most.
        foreach (var x in new[] { Numbers(0.1, 0.9, 3, 4), Numbers(-0.9, 0.9, 3, 4) })
        {
            var result = Call([x]);
            if (!result.requires_grad || result.data<double>().ToArray().Any(double.IsNaN))
                continue;
            try
            {
                Check(Call, x);
            }
            catch (NotSupportedException e)
            {
                Assert.Contains("has no gradient", e.Message, StringComparison.Ordinal);
            }
        }
    }

    public static TheoryData<string> Methods => [.. Unary().Select(m => m.Name).Order(StringComparer.Ordinal)];

    private static IEnumerable<MethodInfo> Unary() => typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => m.ReturnType == typeof(Tensor) && !m.IsSpecialName && !m.Name.EndsWith('_') && m.GetParameters().All(p => p.HasDefaultValue))
        // What gives random numbers, or leaves the graph, or another type.
        .Where(m => m.Name is not ("rand_like" or "randn_like" or "bernoulli" or "detach" or "zeros_like" or "ones_like" or "empty_like" or "half" or "bfloat16" or "float" or "cuda" or "mps"))
        .GroupBy(m => m.Name).Select(g => g.OrderBy(m => m.GetParameters().Length).First());

    [Fact]
    public void Most_methods_have_one() => Assert.True(Unary().Count() > 60, $"{Unary().Count()} methods were found.");

    [Fact]
    public void What_has_no_formula_says_so()
    {
        var e = Assert.Throws<NotSupportedException>(() => X.cumprod(1).sum().backward());
        Assert.Contains("cumprod", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<NotSupportedException>(() => functional.ctc_loss(Numbers(-1, 0, 4, 1, 3), tensor(new long[] { 1, 2 }).reshape(1, 2), tensor(new long[] { 4 }), tensor(new long[] { 2 })).backward());
        Assert.Contains("ctc_loss", e.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => (X * 2).sum().backward(create_graph: true));
        e = Assert.Throws<NotSupportedException>(() => functional.interpolate(Image, [2, 2], mode: InterpolationMode.Bilinear).sum());
        Assert.Contains("does not compute 'interpolate'", e.Message, StringComparison.Ordinal);
    }

    private static void Reductions(Func<Tensor[], Reduction, Tensor> loss, params Tensor[] inputs)
    {
        foreach (var reduction in new[] { Reduction.None, Reduction.Mean, Reduction.Sum })
            Check(t => loss(t, reduction), inputs);
    }

    private static double[] Gradient(Tensor result, Tensor of)
    {
        result.backward();
        return of.grad!.to(ScalarType.Float64).data<double>().ToArray();
    }

    private static Tensor Sum((Tensor, Tensor, Tensor) states) => states.Item1.sum() + states.Item2.sum() * 2 + states.Item3.sum() * 3;

    private static void CheckLayer<T>(T layer, Func<T, Tensor> run) where T : nn.Module => CheckLayer(layer, (m, _) => run(m), Numbers(0, 1, 1).detach());

    /// <summary>Checks the gradients of an input and of all parameters.</summary>
    private static void CheckLayer<T>(T layer, Func<T, Tensor, Tensor> run, Tensor input) where T : nn.Module
    {
        var parameters = layer.parameters().ToArray();
        Check(t =>
        {
            // The difference quotient moves copies; the layer has to see them.
            var before = parameters.Select(p => p.detach().clone()).ToArray();
            using (no_grad())
                for (var i = 0; i < parameters.Length; i++)
                    if (!ReferenceEquals(t[i + 1], parameters[i]))
                        parameters[i].copy_(t[i + 1]);
            var result = run(layer, t[0]);
            using (no_grad())
                for (var i = 0; i < parameters.Length; i++)
                    if (!ReferenceEquals(t[i + 1], parameters[i]))
                        parameters[i].copy_(before[i]);
            return result;
        }, [input, .. parameters]);
    }
}
