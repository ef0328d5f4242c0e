// torch.nn.functional.

using System;
using System.Linq;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static class functional
            {
                static Tensor Step(Tensor input, Func<Tensor> output, bool inplace) => inplace ? input.Assign(output) : Kernel.Compose(output);

                static Tensor Drop(Tensor input, double p, bool training, bool inplace, int kept)
                {
                    if (p < 0 || p > 1) throw new ArgumentException("Dropout probability has to be between 0 and 1, but got " + p);
                    if (!training || p == 0) return inplace ? input : input.alias();
                    return Step(input, () => input * Mask(input, kept, r => r.NextDouble() < p ? 0 : 1 / (1 - p)), inplace);
                }

                /// <summary>Random factors, one for all elements below the first dimensions.</summary>
                static Tensor Mask(Tensor input, int kept, Func<RandomStream, double> draw) =>
                    Rng.Fill(input._shape.Select((n, i) => i < kept ? n : 1).ToArray(), input.dtype, input.device, null, draw);

                /// <summary>Dropout for SELU: dropped units take SELU's lower bound, and the whole is scaled back to mean 0 and variance 1 (Klambauer et al., 2017).</summary>
                static Tensor AlphaDrop(Tensor input, double p, bool training, bool inplace, int kept)
                {
                    if (p < 0 || p > 1) throw new ArgumentException("Dropout probability has to be between 0 and 1, but got " + p);
                    if (!training || p == 0) return inplace ? input : input.alias();
                    const double bound = -1.0507009873554805 * 1.6732632423543772;
                    var a = p == 1 ? 0 : 1 / Math.Sqrt((1 - p) * (1 + p * bound * bound));
                    return Step(input, () =>
                    {
                        var mask = Mask(input, kept, r => r.NextDouble() < p ? 0 : 1);
                        return (input * mask + (1 - mask) * bound) * a - a * p * bound;
                    }, inplace);
                }

                static Tensor Reduced(Tensor loss, nn.Reduction reduction) => reduction switch
                {
                    nn.Reduction.Mean => loss.mean(),
                    nn.Reduction.Sum => loss.sum(),
                    _ => loss,
                };

                static Tensor Loss(nn.Reduction reduction, Func<Tensor> loss) => Kernel.Compose(() => Reduced(loss(), reduction));

                static Tensor Weighted(Tensor loss, Tensor weight) => weight is null ? loss : loss * weight;

                /// <summary>Of each row the entry of its class.</summary>
                static Tensor Picked(Tensor logs, Tensor target, Tensor weight, long ignored, nn.Reduction reduction, double smoothing)
                {
                    var c = logs._shape.Length == 1 ? 0 : 1;
                    if (target.dtype is not (ScalarType.Int64 or ScalarType.Byte)) throw Kernel.Error($"expected scalar type Long but found {Kernel.NameOf(target.dtype)}");
                    if (!Kernel.IsFloat(logs.dtype)) throw Kernel.Error($"\"nll_loss_out_frame\" not implemented for '{Kernel.NameOf(logs.dtype)}'");
                    var shape = logs._shape.Where((_, i) => i != c).ToArray();
                    if (!target._shape.SequenceEqual(shape))
                        throw Kernel.Error(target._shape.Length > 1 && logs._shape.Length == 2 ? "0D or 1D target tensor expected, multi-target not supported"
                            : target._shape.Length == 1 && logs._shape.Length == 2 ? $"Expected input batch_size ({logs._shape[0]}) to match target batch_size ({target._shape[0]})."
                            : $"Expected target size [{string.Join(", ", shape)}], got [{string.Join(", ", target._shape)}]");
                    Kernel.SameDevice(new[] { logs, target, weight }.Select(t => t is null ? null : Kernel.Compose<Tensor>(() => t._shape.Length == 0 ? t.unsqueeze(0) : t)).ToArray());
                    long classes = logs._shape[c], n = target.numel(), inner = Kernel.Strides(logs._shape)[c];
                    if (weight is not null && weight.numel() != classes) throw Kernel.Error($"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: [{string.Join(", ", weight._shape)}]");
                    // The loss of each row is a weighted sum of its entries: these are the weights.
                    var factors = new double[logs.numel()];
                    double[] x = logs.Read(), values = new double[n];
                    double total = 0;
                    for (long i = 0; i < n; i++)
                    {
                        var y = (long)target.At(i);
                        if (y == ignored) continue;
                        if (y < 0 || y >= classes) throw Kernel.Error($"Target {y} is out of bounds.");
                        var from = i / inner * inner * classes + i % inner;
                        total += weight?.At(y) ?? 1;
                        factors[from + y * inner] = -(1 - smoothing) * (weight?.At(y) ?? 1);
                        for (long k = 0; k < classes; k++)
                        {
                            if (smoothing != 0) factors[from + k * inner] -= smoothing / classes * (weight?.At(k) ?? 1);
                            if (factors[from + k * inner] != 0) values[i] += factors[from + k * inner] * x[from + k * inner];
                        }
                    }
                    var none = reduction == nn.Reduction.None;
                    var by = reduction == nn.Reduction.Mean ? 1 / total : 1;
                    if (!none) values = new[] { values.Sum() * by };
                    return Kernel.Make(none ? shape : Array.Empty<long>(), logs.dtype, logs.device, values).Follow("nll_loss", new[] { logs }, weight is null ? Array.Empty<Tensor>() : new[] { weight }, g =>
                    {
                        var back = new double[factors.Length];
                        for (long i = 0; i < back.Length; i++) back[i] = factors[i] * by * (none ? g[i / (inner * classes) * inner + i % inner] : g[0]);
                        return new[] { back };
                    });
                }

                static void SameShape(Tensor input, Tensor target)
                {
                    if (!input._shape.SequenceEqual(target._shape)) throw Kernel.Error($"Target size ({string.Join(", ", target._shape)}) must be the same as input size ({string.Join(", ", input._shape)})");
                    if (!Kernel.IsFloat(target.dtype)) throw Kernel.Error($"Found dtype {Kernel.NameOf(target.dtype)} but expected {Kernel.NameOf(input.dtype)}");
                }

                public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
                {
                    if (input.dtype != weights.dtype) throw Kernel.Error($"mat1 and mat2 must have the same dtype, but got {Kernel.NameOf(input.dtype)} and {Kernel.NameOf(weights.dtype)}");
                    Kernel.SameDevice(weights, input, bias);
                    return Kernel.Compose(() =>
                    {
                        var y = input.matmul(weights.t());
                        return bias is null ? y : y + bias;
                    });
                }

                public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
                    => Kernel.Compose(() =>
                    {
                        var scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[query._shape.Length - 1]);
                        if (is_casual) attn_mask = ones(scores.shape[scores._shape.Length - 2], scores.shape[scores._shape.Length - 1], ScalarType.Bool, query.device).tril();
                        if (attn_mask is not null) scores = attn_mask.dtype == ScalarType.Bool ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity) : scores + attn_mask;
                        return Drop(scores.softmax(-1), p, p > 0, false, int.MaxValue).matmul(value);
                    });

                public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1E-08)
                    => Kernel.Compose(() => (x1 * x2).sum(dim) / (Length(x1, dim, 2, false) * Length(x2, dim, 2, false)).clamp_min(eps));

                static Tensor Length(Tensor x, long dim, double p, bool keepdim) => Kernel.Reduce(x, new[] { dim }, keepdim, v => Kernel.Norm(v, p), (v, y) => Kernel.NormSlopes(v, y, p));

                public static Tensor one_hot(Tensor x, long num_classes = -1)
                {
                    if (x.dtype != ScalarType.Int64) throw Kernel.Error("one_hot is only applicable to index tensor.");
                    var classes = num_classes >= 0 ? num_classes : (long)x.Read().Max() + 1;
                    var hot = new double[x.numel() * classes];
                    for (long i = 0; i < x.numel(); i++)
                    {
                        if (x.At(i) < 0 || x.At(i) >= classes) throw Kernel.Error(x.At(i) < 0 ? "Class values must be non-negative." : "Class values must be smaller than num_classes.");
                        hot[i * classes + (long)x.At(i)] = 1;
                    }
                    return Kernel.Make(x.shape.Concat(new[] { classes }).ToArray(), ScalarType.Int64, x.device, hot);
                }

                public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
                    => Kernel.Compose(() =>
                    {
                        // y[o] = x1 · W[o] · x2, for all rows and outputs at once.
                        var y = (input1.unsqueeze(-2).unsqueeze(-2).matmul(weight).squeeze(-2) * input2.unsqueeze(-2)).sum(-1);
                        return bias is null ? y : y + bias;
                    });

                public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Dims.Pad(input, pad, mode, value);

                public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

                public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

                public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad, pad }, mode, value);

                public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
                    => Dims.Scaled(x, size, scale_factor, mode == InterpolationMode.Nearest);

                public static Tensor upsample(Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool align_corners = false)
                    => Dims.Scaled(input, size, scale_factor, mode == UpsampleMode.Nearest);

                public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
                {
                    SameShape(input, target);
                    return Loss(reduction, () =>
                    {
                        var positive = -target * input.log_sigmoid();
                        return Weighted((pos_weights is null ? positive : positive * pos_weights) - (1 - target) * (-input).log_sigmoid(), weight);
                    });
                }

                public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                {
                    SameShape(input, target);
                    if (Array.Exists(input.Read(), p => !(p >= 0 && p <= 1))) throw Kernel.Error("all elements of input should be between 0 and 1");
                    return Loss(reduction, () => Weighted(Kernel.Zip(input, target, (p, y) => -(y * Math.Max(Math.Log(p), -100) + (1 - y) * Math.Max(Math.Log(1 - p), -100)),
                        (p, y) => (p - y) / Math.Max(p * (1 - p), 1e-12), (p, y) => Math.Max(Math.Log(1 - p), -100) - Math.Max(Math.Log(p), -100)), weight));
                }

                public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
                {
                    var classes = input._shape.Length == 1 ? 0 : 1;
                    if (Kernel.IsFloat(target.dtype))
                    {
                        if (!target._shape.SequenceEqual(input._shape)) throw Kernel.Error($"expected scalar type Long but found {Kernel.NameOf(target.dtype)}");
                        return Kernel.Compose(() =>
                        {
                            var goal = target * (1 - label_smoothing) + label_smoothing / input._shape[classes];
                            var rows = -Weighted(input.log_softmax(classes) * goal, weight is null ? null : weight.reshape(input._shape.Select((_, i) => i == classes ? -1L : 1).ToArray())).sum(classes);
                            return Reduced(rows, reduction);
                        });
                    }
                    if (target._shape.SequenceEqual(input._shape) && classes == 1) throw Kernel.Error("Expected floating point type for target with class probabilities, got " + Kernel.NameOf(target.dtype));
                    return Kernel.Compose(() => Picked(input.log_softmax(classes), target, weight, ignore_index, reduction, label_smoothing));
                }

                public static Tensor poisson_nll_loss(Tensor input, Tensor target, bool log_input = true, bool full = false, float eps = 1E-08f, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Zip(input, target, (x, y) => (log_input ? Math.Exp(x) - y * x : x - y * Math.Log(x + eps)) + (full && y > 1 ? y * Math.Log(y) - y + Math.Log(2 * Math.PI * y) / 2 : 0),
                        (x, y) => log_input ? Math.Exp(x) - y : 1 - y / (x + eps), (x, y) => (log_input ? -x : -Math.Log(x + eps)) + (full && y > 1 ? Math.Log(y) + 0.5 / y : 0)));

                public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Zip(cosine_similarity(input1, input2), target, (x, y) => y > 0 ? 1 - x : Math.Max(0, x - margin), (x, y) => y > 0 ? -1 : x > margin ? 1 : 0, (_, _) => 0));

                public static Tensor ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean)
                    => Kernel.Label(nameof(ctc_loss), reduction == nn.Reduction.None ? new[] { target_lengths.numel() } : Array.Empty<long>(), log_probs);

                public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Zip(input, target, (x, y) => y > 0 ? x : Math.Max(0, margin - x), (x, y) => y > 0 ? 1 : x < margin ? -1 : 0, (_, _) => 0));

                public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Map(input - target, d => Math.Abs(d) < delta ? d * d / 2 : delta * (Math.Abs(d) - delta / 2), dx: d => Math.Abs(d) < delta ? d : delta * Math.Sign(d)));

                public static Tensor margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => (-target * (input1 - input2) + margin).clamp_min(0));

                public static Tensor multi_label_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                    => Kernel.Label(nameof(multi_label_margin_loss), reduction == nn.Reduction.None ? input.shape.Take(input._shape.Length - 1).ToArray() : Array.Empty<long>(), input);

                public static Tensor multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Weighted(-(target * input.log_sigmoid() + (1 - target) * (-input).log_sigmoid()), weight).mean(new[] { -1L }));

                public static Tensor multi_margin_loss(Tensor input, Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () =>
                    {
                        var own = input.gather(1, target.unsqueeze(1));
                        var excess = (input - own + margin).clamp_min(0).pow(p);
                        // The class itself would add margin^p.
                        var others = excess * (1 - one_hot(target, input.shape[1]).to(input.dtype));
                        return Weighted(others, weight?.index_select(0, target).unsqueeze(1)).sum(1) / input.shape[1];
                    });

                public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Loss(reduction, () => (input - target).square());
                public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Loss(reduction, () => (input - target).abs());

                public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Picked(input, target, weight, -100, reduction, 0);

                public static Tensor gaussian_nll_loss(Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1E-06f, Reduction reduction = Reduction.Mean) => Loss(reduction, () => { var v = variance.clamp_min(eps); return (v.log() + (input - target).square() / v) * 0.5 + (full ? Math.Log(2 * Math.PI) / 2 : 0); });

                public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Zip(input, target, (x, y) => log_target ? Math.Exp(y) * (y - x) : y > 0 ? y * (Math.Log(y) - x) : 0,
                        (x, y) => log_target ? -Math.Exp(y) : y > 0 ? -y : 0, (x, y) => log_target ? Math.Exp(y) * (y - x + 1) : y > 0 ? Math.Log(y) - x + 1 : 0));

                public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
                    => Loss(reduction, () => Kernel.Map(input - target, d => Math.Abs(d) < beta ? d * d / 2 / beta : Math.Abs(d) - beta / 2, dx: d => Math.Abs(d) < beta ? d / beta : Math.Sign(d)));

                public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                    => Loss(reduction, () => Kernel.Zip(input, target, (x, y) => Math.Log(1 + Math.Exp(-y * x)), (x, y) => -y * Kernel.Sigmoid(-y * x), (x, y) => -x * Kernel.Sigmoid(-y * x)));

                public static Tensor triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, long p = 2, double eps = 1E-06, bool swap = false, Reduction reduction = Reduction.Mean)
                    => triplet_margin_with_distance_loss(anchor, positive, negative, (a, b) => pairwise_distance(a, b, p, eps), margin, swap, reduction);

                public static Tensor triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
                {
                    distance ??= (a, b) => pairwise_distance(a, b);
                    return Loss(reduction, () =>
                    {
                        var far = distance(anchor, negative);
                        if (swap) far = far.minimum(distance(positive, negative));
                        return (distance(anchor, positive) - far + margin).clamp_min(0);
                    });
                }

                public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false)
                    => AlphaDrop(input, p, training, inplace, int.MaxValue);

                public static Tensor pixel_unshuffle(Tensor input, long downscale_factor)
                {
                    var s = input.shape;
                    var n = s.Length;
                    var r = downscale_factor;
                    return Kernel.Compose(() => input.reshape(-1, s[n - 3], s[n - 2] / r, r, s[n - 1] / r, r).permute(0, 1, 3, 5, 2, 4)
                        .reshape(s.Take(n - 3).Concat(new[] { s[n - 3] * r * r, s[n - 2] / r, s[n - 1] / r }).ToArray()));
                }

                public static Tensor feature_alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false)
                    => AlphaDrop(input, p, training, inplace, 2);

                public static Tensor pixel_shuffle(Tensor input, long upscale_factor)
                {
                    var s = input.shape;
                    var n = s.Length;
                    var r = upscale_factor;
                    return Kernel.Compose(() => input.reshape(-1, s[n - 3] / (r * r), r, r, s[n - 2], s[n - 1]).permute(0, 1, 4, 2, 5, 3)
                        .reshape(s.Take(n - 3).Concat(new[] { s[n - 3] / (r * r), s[n - 2] * r, s[n - 1] * r }).ToArray()));
                }

                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                    => Drop(input, p, training, inplace, input._shape.Length);

                public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1E-06, bool keepdim = false)
                    => Kernel.Compose(() => Length(input1 - input2 + eps, -1, p, keepdim));

                public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1E-12)
                    => Kernel.Compose(() => input / Length(input, dim, p, true).clamp_min(eps));

                public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1E-05)
                {
                    if (!Kernel.IsFloat(input.dtype)) throw Kernel.Error($"\"batch_norm\" not implemented for '{Kernel.NameOf(input.dtype)}'");
                    if (training && input.numel() == input.shape[1]) throw new ArgumentException($"Expected more than 1 value per channel when training, got input size [{string.Join(", ", input.shape)}]");
                    Kernel.SameDevice(input, weight, bias, running_mean, running_var);
                    var dims = Enumerable.Range(0, input._shape.Length).Where(d => d != 1).Select(d => (long)d).ToArray();
                    return Standardized(input, dims, input._shape.Select((n, d) => d == 1 ? n : 1).ToArray(), running_mean, running_var, weight, bias, training || running_mean is null, momentum, eps);
                }

                /// <summary>The input minus its mean, over its deviation, both over <paramref name="dims"/> or else the running ones; then the affine map.</summary>
                /// <param name="affine">The shape in which weight and bias are broadcast.</param>
                static Tensor Standardized(Tensor input, long[] dims, long[] affine, Tensor runningMean, Tensor runningVariance, Tensor weight, Tensor bias, bool ofInput, double momentum, double eps, [CallerMemberName] string operation = null)
                {
                    var over = dims.Select(d => Kernel.Dim(input, d)).ToArray();
                    var group = Kernel.Groups(input, over);
                    var place = weight is null && bias is null ? null : Kernel.Offsets(input._shape, Kernel.Spread(affine, input._shape));
                    int Group(int i) => group is null ? i : group[i];
                    int Place(int i) => place is null ? i : place[i];
                    double[] x = input.Read(), w = weight?.Read(), b = bias?.Read();
                    var count = Kernel.Count(over.Select(d => input._shape[d]));
                    var groups = x.Length / Math.Max(count, 1);
                    double[] mean = new double[groups], variance = new double[groups];
                    if (ofInput)
                    {
                        for (var i = 0; i < x.Length; i++) mean[Group(i)] += x[i] / count;
                        for (var i = 0; i < x.Length; i++)
                        {
                            var d = x[i] - mean[Group(i)];
                            variance[Group(i)] += d * d / count;
                        }
                        if (runningMean is not null)
                        {
                            Follow(runningMean, mean, 1);
                            // The running variance is unbiased, the one that divides is not.
                            Follow(runningVariance, variance, count / (count - 1.0));
                        }
                    }
                    else
                        for (var k = 0; k < groups; k++) (mean[k], variance[k]) = (runningMean.At(k % runningMean.numel()), runningVariance.At(k % runningVariance.numel()));
                    var scale = Array.ConvertAll(variance, v => 1 / Math.Sqrt(v + eps));
                    var values = new double[x.Length];
                    for (var i = 0; i < x.Length; i++)
                    {
                        var standard = (x[i] - mean[Group(i)]) * scale[Group(i)];
                        values[i] = standard * (w is null ? 1 : w[Place(i)]) + (b is null ? 0 : b[Place(i)]);
                    }
                    var inputs = new[] { input, weight, bias };
                    return Kernel.Make(input._shape, input.dtype, input.device, values).Follow(operation, inputs, inputs.Take(2).Where(t => t is not null).ToArray(), g =>
                    {
                        double[] dx = new double[x.Length], dw = w is null ? null : new double[w.Length], db = b is null ? null : new double[b.Length], sums = new double[groups], products = new double[groups];
                        for (var i = 0; i < g.Length; i++)
                        {
                            var k = Group(i);
                            var standard = (x[i] - mean[k]) * scale[k];
                            if (dw is not null) dw[Place(i)] += g[i] * standard;
                            if (db is not null) db[Place(i)] += g[i];
                            dx[i] = g[i] * (w is null ? 1 : w[Place(i)]);
                            sums[k] += dx[i];
                            products[k] += dx[i] * standard;
                        }
                        for (var i = 0; i < g.Length; i++)
                        {
                            var k = Group(i);
                            // Mean and deviation move with the input.
                            if (ofInput) dx[i] -= (sums[k] + (x[i] - mean[k]) * scale[k] * products[k]) / count;
                            dx[i] *= scale[k];
                        }
                        return new[] { dx, dw, db };
                    });

                    void Follow(Tensor running, double[] now, double factor)
                    {
                        // Several groups per channel, those of the images of a batch, are averaged.
                        var (n, k) = (running.numel(), 0);
                        Kernel.Change(running, r =>
                        {
                            double sum = 0;
                            for (var i = k; i < now.Length; i += (int)n) sum += now[i];
                            k++;
                            return r * (1 - momentum) + momentum * factor * sum / (now.Length / n);
                        });
                    }
                }

                public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05) => Kernel.Compose(() =>
                {
                    if (input._shape[1] % num_groups != 0) throw Kernel.Error($"Expected number of channels in input to be divisible by num_groups, but got input of shape [{string.Join(", ", input._shape)}] and num_groups={num_groups}");
                    var affine = input._shape.Select((n, d) => d == 1 ? n : 1).ToArray();
                    var y = Standardized(input.reshape(input._shape[0], num_groups, -1), new[] { 2L }, null, null, null, null, null, true, 0, eps).reshape(input._shape);
                    if (weight is not null) y = y * weight.reshape(affine);
                    return bias is null ? y : y + bias.reshape(affine);
                });

                public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1E-05)
                    => Standardized(input, Kernel.Range(2, input._shape.Length), input._shape.Select((n, d) => d == 1 ? n : 1).ToArray(), running_mean, running_var, weight, bias, use_input_stats, momentum, eps);

                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05)
                {
                    var tail = input._shape.Skip(input._shape.Length - normalized_shape.Length);
                    if (!tail.SequenceEqual(normalized_shape)) throw Kernel.Error($"Given normalized_shape=[{string.Join(", ", normalized_shape)}], expected input with shape [*, {string.Join(", ", normalized_shape)}], but got input of size [{string.Join(", ", input._shape)}]");
                    var dims = Enumerable.Range(1, normalized_shape.Length).Select(i => (long)-i).ToArray();
                    Kernel.SameDevice(input, weight, bias);
                    return Standardized(input, dims, normalized_shape, null, null, weight, bias, true, 0, eps);
                }

                public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1)
                    => Kernel.Compose(() =>
                    {
                        // The squares of the neighbouring channels, as the mean over a window along the channels.
                        var squares = input.square().reshape(input._shape[0], 1, input._shape[1], -1);
                        var window = avg_pool2d(Dims.Pad(squares, new[] { 0, 0, size / 2, (size - 1) / 2 }, PaddingModes.Constant, 0), (size, 1), (1, 1));
                        return input / (window * alpha + k).pow(beta).reshape(input._shape);
                    });

                public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, Dims.One(stride), Dims.One(padding), null, Dims.One(dilation), groups);

                public static Tensor conv1d_padding(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, Dims.One(stride), null, padding, Dims.One(dilation), groups);

                public static Tensor conv_transpose1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null, long groups = 1)
                    => Dims.ConvolveTransposed(input, weight, bias, Dims.One(stride), Dims.One(padding), Dims.One(output_padding), Dims.One(dilation), groups);

                public static Tensor conv3d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, strides, padding, null, dilation, groups);

                public static Tensor conv3d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, strides, null, padding, dilation, groups);

                public static Tensor conv_transpose3d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1)
                    => Dims.ConvolveTransposed(input, weight, bias, strides, padding, output_padding, dilation, groups);

                public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1)
                    => Dims.ConvolveTransposed(input, weight, bias, strides, padding, output_padding, dilation, groups);

                public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, strides, padding, null, dilation, groups);

                public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1)
                    => Dims.Convolve(input, weight, bias, strides, null, padding, dilation, groups);

                public static Tensor avg_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true)
                    => Dims.Pool(input, 1, false, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), null, ceil_mode, count_include_pad, operation: nameof(avg_pool1d)).Values;

                public static Tensor avg_pool3d(Tensor input, long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 3, false, kernel_size, stride, padding, null, ceil_mode, count_include_pad, divisor_override, operation: nameof(avg_pool3d)).Values;

                public static Tensor adaptive_max_pool1d(Tensor input, long output_size) => Dims.Adaptive(input, 1, true, Dims.One(output_size), nameof(adaptive_max_pool1d)).Values;
                public static Tensor adaptive_max_pool2d(Tensor input, long[] output_size) => Dims.Adaptive(input, 2, true, Dims.Two(output_size), nameof(adaptive_max_pool2d)).Values;
                public static Tensor adaptive_avg_pool3d(Tensor input, long[] output_size) => Dims.Adaptive(input, 3, false, Dims.Three(output_size), nameof(adaptive_avg_pool3d)).Values;
                public static Tensor adaptive_avg_pool3d(Tensor input, (long, long, long) output_size) => Dims.Adaptive(input, 3, false, Dims.Three(output_size), nameof(adaptive_avg_pool3d)).Values;
                public static Tensor adaptive_avg_pool3d(Tensor input, long output_size) => Dims.Adaptive(input, 3, false, Dims.Three(output_size), nameof(adaptive_avg_pool3d)).Values;
                public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Dims.Adaptive(input, 2, false, Dims.Two(output_size), nameof(adaptive_avg_pool2d)).Values;
                public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => Dims.Adaptive(input, 2, false, Dims.Two(output_size), nameof(adaptive_avg_pool2d)).Values;
                public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => Dims.Adaptive(input, 2, false, Dims.Two(output_size), nameof(adaptive_avg_pool2d)).Values;

                public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, true, kernel_size, strides, padding, dilation, ceil_mode, operation: nameof(max_pool2d)).Values;

                public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, true, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode, operation: nameof(max_pool2d)).Values;

                public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, true, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode, operation: nameof(max_pool2d)).Values;

                public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, false, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode, count_include_pad, divisor_override, operation: nameof(avg_pool2d)).Values;

                public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, false, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode, count_include_pad, divisor_override, operation: nameof(avg_pool2d)).Values;

                public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, false, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode, count_include_pad, divisor_override, operation: nameof(avg_pool2d)).Values;

                public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) => Dims.Adaptive(input, 1, false, Dims.One(output_size), nameof(adaptive_avg_pool1d)).Values;
                public static Tensor adaptive_max_pool3d(Tensor input, long[] output_size) => Dims.Adaptive(input, 3, true, Dims.Three(output_size), nameof(adaptive_max_pool3d)).Values;

                public static Tensor max_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 1, true, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), Dims.One(dilation), ceil_mode, operation: nameof(max_pool1d)).Values;

                public static Tensor max_pool3d(Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 3, true, kernel_size, strides, padding, dilation, ceil_mode, operation: nameof(max_pool3d)).Values;

                public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => x.softplus(beta, threshold);
                public static Tensor selu(Tensor x, bool inplace = false) => Step(x, () => x.selu(), inplace);
                public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);
                public static Tensor tanhshrink(Tensor x, bool inplace = false) => Step(x, () => x - x.tanh(), inplace);
                public static Tensor softshrink(Tensor x, double lambda = 0.5) => Kernel.Map(x, v => v > lambda ? v - lambda : v < -lambda ? v + lambda : 0, dx: v => Math.Abs(v) > lambda ? 1 : 0);

                public static Tensor rrelu(Tensor x, double lower = 0.125, double upper = 0.3333333333333333, bool inplace = false)
                    => inplace ? x.leaky_relu_((lower + upper) / 2) : x.leaky_relu((lower + upper) / 2);

                public static Tensor hardsigmoid(Tensor input, bool inplace = false) => Step(input, () => input.hardsigmoid(), inplace);
                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
                public static Tensor silu(Tensor x, bool inplace = false) => Step(x, () => x.silu(), inplace);
                [Obsolete("Old.")] public static Tensor SiLU(Tensor x, bool inplace = false) => Step(x, () => x.silu(), inplace);
                public static Tensor softmin(Tensor x, long dim) => Kernel.Compose(() => (-x).softmax(dim));
                public static Tensor glu(Tensor input, long dim = -1) => Kernel.Compose(() => { var parts = input.chunk(2, dim); return parts[0] * parts[1].sigmoid(); });
                public static Tensor tanh(Tensor x, bool inplace = false) => Step(x, () => x.tanh(), inplace);
                public static Tensor elu(Tensor x, double alpha, bool inplace = false) => Step(x, () => x.elu(alpha), inplace);
                public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();
                public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_() : x.relu6();
                public static Tensor hardshrink(Tensor x, double lambda = 0.5) => Kernel.Map(x, v => Math.Abs(v) > lambda ? v : 0, dx: v => Math.Abs(v) > lambda ? 1 : 0);

                public static Tensor prelu(Tensor input, Tensor weight)
                    => Kernel.Compose(() => Kernel.Zip(input, weight.numel() == 1 ? weight.view() : Kernel.Reshape(weight, new[] { weight.numel() }.Concat(Enumerable.Repeat(1L, Math.Max(0, input._shape.Length - 2))).ToArray()), (v, w) => v > 0 ? v : v * w,
                        (v, w) => v > 0 ? 1 : w, (v, _) => v > 0 ? 0 : v, operation: nameof(prelu)));

                public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();
                public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) => Step(x, () => x.clamp(min_val, max_val), inplace);
                public static Tensor softmax2d(Tensor x) => x.softmax(-3);
                public static Tensor celu(Tensor x, double alpha, bool inplace = false) => Step(x, () => x.celu(alpha), inplace);
                public static Tensor hardswish(Tensor input, bool inplace = false) => Step(input, () => input.hardswish(), inplace);
                public static Tensor gelu(Tensor x, bool inplace) => Step(x, () => x.gelu(), inplace);
                public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) => Step(x, () => x.gelu(approximate), inplace);
                public static Tensor gelu(Tensor x) => x.gelu();

                public static Tensor threshold(Tensor x, double threshold, double value, bool inplace = false)
                    => Step(x, () => Kernel.Map(x, v => v > threshold ? v : value, dx: v => v > threshold ? 1 : 0), inplace);

                public static Tensor softsign(Tensor x, bool inplace = false) => Step(x, () => x / (x.abs() + 1), inplace);
                public static Tensor sigmoid(Tensor x, bool inplace) => Step(x, () => x.sigmoid(), inplace);
                public static Tensor sigmoid(Tensor x) => x.sigmoid();

                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                    => inplace ? input.leaky_relu_(negative_slope) : input.leaky_relu(negative_slope);

                public static Tensor mish(Tensor x, bool inplace = false) => Step(x, () => Kernel.Map(x, v => v * Math.Tanh(Math.Log(1 + Math.Exp(v))), dx: v => { var t = Math.Tanh(Math.Log(1 + Math.Exp(v))); return t + v * (1 - t * t) * Kernel.Sigmoid(v); }), inplace);
            }
        }
    }
}
