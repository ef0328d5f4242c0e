// torch.nn.functional. Losses and activations compute; convolutions and pools give the shape.

using System;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static class functional
            {
                static Tensor Step(Tensor input, Tensor output, bool inplace) => inplace ? input.Assign(output) : output;
                static Tensor Drop(Tensor input, double p, bool training, bool inplace, int kept)
                {
                    if (p < 0 || p > 1) throw new ArgumentException("Dropout probability has to be between 0 and 1, but got " + p);
                    if (!training || p == 0) return inplace ? input : input.alias();
                    var mask = Rng.Fill(input._shape.Take(kept).Concat(Enumerable.Repeat(1L, input._shape.Length - Math.Min(kept, input._shape.Length))).ToArray(), input.dtype, input.device, null, r => r.NextDouble() < p ? 0 : 1 / (1 - p));
                    return Step(input, input * mask, inplace);
                }
                static Tensor Reduced(Tensor loss, nn.Reduction reduction) => reduction switch
                {
                    nn.Reduction.Mean => loss.mean(),
                    nn.Reduction.Sum => loss.sum(),
                    _ => loss,
                };
                static Tensor Weighted(Tensor loss, Tensor weight) => weight is null ? loss : loss * weight;

                static Tensor Spread(Tensor loss, nn.Reduction reduction) => Reduced(loss, reduction);
                /// <summary>Of each row the entry of its class.</summary>
                static Tensor Picked(Tensor logs, Tensor target, Tensor weight, long ignored, nn.Reduction reduction, double smoothing)
                {
                    var c = logs._shape.Length == 1 ? 0 : 1;
                    if (target.dtype is not (ScalarType.Int64 or ScalarType.Byte)) throw Kernel.Error($"expected scalar type Long but found {target.dtype}");
                    var shape = logs._shape.Where((_, i) => i != c).ToArray();
                    if (!target._shape.SequenceEqual(shape))
                        throw Kernel.Error(target._shape.Length > 1 && logs._shape.Length == 2 ? "0D or 1D target tensor expected, multi-target not supported" : $"Expected target size [{string.Join(", ", shape)}], got [{string.Join(", ", target._shape)}]");
                    Kernel.SameDevice(logs, target, weight);
                    if (logs.numel() > Kernel.Limit) return Kernel.Label(reduction == nn.Reduction.None ? shape : Array.Empty<long>(), logs, weight);
                    long classes = logs._shape[c], n = target.numel(), inner = Kernel.Strides(logs._shape)[c];
                    var values = new double[n];
                    double total = 0;
                    for (long i = 0; i < n; i++)
                    {
                        var y = (long)target.At(i);
                        if (y == ignored) continue;
                        if (y < 0 || y >= classes) throw Kernel.Error($"Target {y} is out of bounds.");
                        var from = i / inner * inner * classes + i % inner;
                        var w = weight is null ? 1 : weight.At(y);
                        total += w;
                        double even = 0;
                        for (long k = 0; k < classes; k++) even -= logs.At(from + k * inner) * (weight is null ? 1 : weight.At(k));
                        values[i] = (1 - smoothing) * -logs.At(from + y * inner) * w + smoothing / classes * even;
                    }
                    return reduction switch
                    {
                        nn.Reduction.None => Kernel.Make(shape, logs.dtype, logs.device, values, 0, logs, weight),
                        nn.Reduction.Sum => Kernel.Make(Array.Empty<long>(), logs.dtype, logs.device, null, values.Sum(), logs, weight),
                        _ => Kernel.Make(Array.Empty<long>(), logs.dtype, logs.device, null, values.Sum() / total, logs, weight),
                    };
                }
                static void SameShape(Tensor input, Tensor target)
                {
                    if (!input._shape.SequenceEqual(target._shape)) throw Kernel.Error($"Target size ({string.Join(", ", target._shape)}) must be the same as input size ({string.Join(", ", input._shape)})");
                    if (!Kernel.IsFloat(target.dtype)) throw Kernel.Error($"Found dtype {target.dtype} but expected {input.dtype}");
                }

                public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
                {
                    var y = input.matmul(weights.t());
                    return bias is null ? y : y + bias;
                }

                public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
                {
                    var scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[query._shape.Length - 1]);
                    return (attn_mask is null || attn_mask.dtype == ScalarType.Bool ? scores : scores + attn_mask).softmax(-1).matmul(value);
                }

                public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1E-08)
                    => (x1 * x2).sum(dim) / (Kernel.Reduce(x1, new[] { dim }, false, v => Kernel.Norm(v, 2)) * Kernel.Reduce(x2, new[] { dim }, false, v => Kernel.Norm(v, 2))).clamp_min(eps);

                public static Tensor one_hot(Tensor x, long num_classes = -1)
                {
                    if (x.dtype != ScalarType.Int64) throw Kernel.Error("one_hot is only applicable to index tensor.");
                    var classes = num_classes >= 0 ? num_classes : x.max().ToInt64() + 1;
                    var hot = zeros(x.shape.Concat(new[] { classes }).ToArray(), ScalarType.Int64, x.device);
                    var into = hot.Materialize();
                    for (long i = 0; i < x.numel(); i++) into[i * classes + (long)x.At(i)] = 1;
                    return hot;
                }

                public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
                    => Kernel.Label(input1.shape.Take(input1._shape.Length - 1).Concat(new[] { weight.shape[0] }).ToArray(), input1, input2, weight, bias);

                public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Dims.Pad(input, pad, value);

                public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad.Item1, pad.Item2 }, value);

                public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, value);

                public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                    => Dims.Pad(input, new[] { pad, pad }, value);

                public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
                    => Dims.Scaled(x, size, scale_factor);

                public static Tensor upsample(Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool align_corners = false)
                    => Dims.Scaled(input, size, scale_factor);

                public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
                {
                    SameShape(input, target);
                    var positive = -target * input.log_sigmoid();
                    return Reduced(Weighted((pos_weights is null ? positive : positive * pos_weights) - (1 - target) * (-input).log_sigmoid(), weight), reduction);
                }

                public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                {
                    SameShape(input, target);
                    for (long i = 0; input._values is not null && i < input.numel(); i++)
                        if (!(input.At(i) >= 0 && input.At(i) <= 1)) throw Kernel.Error("all elements of input should be between 0 and 1");
                    return Reduced(Weighted(Kernel.Zip(input, target, (p, y) => -(y * Math.Max(Math.Log(p), -100) + (1 - y) * Math.Max(Math.Log(1 - p), -100))), weight), reduction);
                }

                public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
                {
                    var classes = input._shape.Length == 1 ? 0 : 1;
                    if (Kernel.IsFloat(target.dtype))
                    {
                        if (!target._shape.SequenceEqual(input._shape)) throw Kernel.Error($"expected scalar type Long but found {target.dtype}");
                        return Spread(Weighted(-(input.log_softmax(classes) * target), weight).sum(classes), reduction);
                    }
                    if (target._shape.SequenceEqual(input._shape) && classes == 1) throw Kernel.Error("Expected floating point type for target with class probabilities, got " + target.dtype);
                    return Picked(input.log_softmax(classes), target, weight, ignore_index, reduction, label_smoothing);
                }

                public static Tensor poisson_nll_loss(Tensor input, Tensor target, bool log_input = true, bool full = false, float eps = 1E-08f, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Zip(input, target, (x, y) => (log_input ? Math.Exp(x) - y * x : x - y * Math.Log(x + eps)) + (full && y > 1 ? y * Math.Log(y) - y + Math.Log(2 * Math.PI * y) / 2 : 0)), reduction);

                public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Zip(cosine_similarity(input1, input2), target, (x, y) => y > 0 ? 1 - x : Math.Max(0, x - margin)), reduction);

                public static Tensor ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean)
                    => Kernel.Label(reduction == nn.Reduction.None ? new[] { target_lengths.numel() } : Array.Empty<long>(), log_probs);

                public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Zip(input, target, (x, y) => y > 0 ? x : Math.Max(0, margin - x)), reduction);

                public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Map(input - target, d => Math.Abs(d) < delta ? d * d / 2 : delta * (Math.Abs(d) - delta / 2)), reduction);

                public static Tensor margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
                    => Reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction);

                public static Tensor multi_label_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                    => Kernel.Label(reduction == nn.Reduction.None ? input.shape.Take(input._shape.Length - 1).ToArray() : Array.Empty<long>(), input);

                public static Tensor multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Reduced(Weighted(-(target * input.log_sigmoid() + (1 - target) * (-input).log_sigmoid()), weight).mean(new[] { -1L }), reduction);

                public static Tensor multi_margin_loss(Tensor input, Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Kernel.Label(reduction == nn.Reduction.None ? target.shape : Array.Empty<long>(), input, weight);

                public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Reduced((input - target).square(), reduction);
                public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Reduced((input - target).abs(), reduction);

                public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                    => Picked(input, target, weight, -100, reduction, 0);

                public static Tensor gaussian_nll_loss(Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1E-06f, Reduction reduction = Reduction.Mean) { var v = variance.clamp_min(eps); return Reduced((v.log() + (input - target).square() / v) * 0.5 + (full ? Math.Log(2 * Math.PI) / 2 : 0), reduction); }

                public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Zip(input, target, (x, y) => log_target ? Math.Exp(y) * (y - x) : y > 0 ? y * (Math.Log(y) - x) : 0), reduction);

                public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
                    => Reduced(Kernel.Map(input - target, d => Math.Abs(d) < beta ? d * d / 2 / beta : Math.Abs(d) - beta / 2), reduction);

                public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                    => Reduced(Kernel.Zip(input, target, (x, y) => Math.Log(1 + Math.Exp(-y * x))), reduction);

                public static Tensor triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, long p = 2, double eps = 1E-06, bool swap = false, Reduction reduction = Reduction.Mean)
                    => triplet_margin_with_distance_loss(anchor, positive, negative, (a, b) => pairwise_distance(a, b, p, eps), margin, swap, reduction);

                public static Tensor triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
                {
                    distance ??= (a, b) => pairwise_distance(a, b);
                    var far = distance(anchor, negative);
                    if (swap) far = far.minimum(distance(positive, negative));
                    return Reduced((distance(anchor, positive) - far + margin).clamp_min(0), reduction);
                }

                public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Drop(input, p, training, inplace, 2);

                public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false)
                    => Drop(input, p, training, inplace, input._shape.Length);

                public static Tensor pixel_unshuffle(Tensor input, long downscale_factor)
                {
                    var s = input.shape;
                    var n = s.Length;
                    var r = downscale_factor;
                    return Kernel.Label(s.Take(n - 3).Concat(new[] { s[n - 3] * r * r, s[n - 2] / r, s[n - 1] / r }).ToArray(), input);
                }

                public static Tensor feature_alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false)
                    => Drop(input, p, training, inplace, 2);

                public static Tensor pixel_shuffle(Tensor input, long upscale_factor)
                {
                    var s = input.shape;
                    var n = s.Length;
                    var r = upscale_factor;
                    return Kernel.Label(s.Take(n - 3).Concat(new[] { s[n - 3] / (r * r), s[n - 2] * r, s[n - 1] * r }).ToArray(), input);
                }

                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                    => Drop(input, p, training, inplace, input._shape.Length);

                public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1E-06, bool keepdim = false)
                    => Kernel.Reduce(input1 - input2 + eps, new[] { -1L }, keepdim, v => Kernel.Norm(v, p));

                public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1E-12)
                    => input / Kernel.Reduce(input, new[] { dim }, true, v => Math.Max(Kernel.Norm(v, p), eps));

                public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1E-05)
                {
                    if (!Kernel.IsFloat(input.dtype)) throw Kernel.Error($"batch_norm is not implemented for '{input.dtype}'");
                    if (training && input.numel() == input.shape[1]) throw new ArgumentException($"Expected more than 1 value per channel when training, got input size [{string.Join(", ", input.shape)}]");
                    return Kernel.Label(input.shape, input, weight, bias);
                }

                public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05)
                    => Kernel.Label(input.shape, input, weight, bias);

                public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1E-05)
                    => Kernel.Label(input.shape, input, weight, bias);

                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05)
                {
                    var tail = input._shape.Skip(input._shape.Length - normalized_shape.Length);
                    if (!tail.SequenceEqual(normalized_shape)) throw Kernel.Error($"Given normalized_shape=[{string.Join(", ", normalized_shape)}], expected input with shape [*, {string.Join(", ", normalized_shape)}], but got input of size [{string.Join(", ", input._shape)}]");
                    var dims = Enumerable.Range(1, normalized_shape.Length).Select(i => (long)-i).ToArray();
                    var centered = input - input.mean(dims, true);
                    var y = centered / (input.var(dims, false, true) + eps).sqrt();
                    if (weight is not null) y = y * weight;
                    return bias is null ? y : y + bias;
                }

                public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1)
                    => Kernel.Label(input.shape, input);

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
                    => Dims.Pool(input, 1, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), null, ceil_mode);

                public static Tensor avg_pool3d(Tensor input, long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 3, kernel_size, stride, padding, null, ceil_mode);

                public static Tensor adaptive_max_pool1d(Tensor input, long output_size) => Dims.Adaptive(input, 1, Dims.One(output_size));
                public static Tensor adaptive_max_pool2d(Tensor input, long[] output_size) => Dims.Adaptive(input, 2, Dims.Two(output_size));
                public static Tensor adaptive_avg_pool3d(Tensor input, long[] output_size) => Dims.Adaptive(input, 3, Dims.Three(output_size));
                public static Tensor adaptive_avg_pool3d(Tensor input, (long, long, long) output_size) => Dims.Adaptive(input, 3, Dims.Three(output_size));
                public static Tensor adaptive_avg_pool3d(Tensor input, long output_size) => Dims.Adaptive(input, 3, Dims.Three(output_size));
                public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Dims.Adaptive(input, 2, Dims.Two(output_size));
                public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => Dims.Adaptive(input, 2, Dims.Two(output_size));
                public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => Dims.Adaptive(input, 2, Dims.Two(output_size));

                public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, kernel_size, strides, padding, dilation, ceil_mode);

                public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode);

                public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 2, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode);

                public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode);

                public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode);

                public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                    => Dims.Pool(input, 2, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode);

                public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) => Dims.Adaptive(input, 1, Dims.One(output_size));
                public static Tensor adaptive_max_pool3d(Tensor input, long[] output_size) => Dims.Adaptive(input, 3, Dims.Three(output_size));

                public static Tensor max_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 1, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), Dims.One(dilation), ceil_mode);

                public static Tensor max_pool3d(Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                    => Dims.Pool(input, 3, kernel_size, strides, padding, dilation, ceil_mode);

                public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => x.softplus(beta, threshold);
                public static Tensor selu(Tensor x, bool inplace = false) => Step(x, x.selu(), inplace);
                public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);
                public static Tensor tanhshrink(Tensor x, bool inplace = false) => Step(x, x - x.tanh(), inplace);
                public static Tensor softshrink(Tensor x, double lambda = 0.5) => Kernel.Map(x, v => v > lambda ? v - lambda : v < -lambda ? v + lambda : 0);

                public static Tensor rrelu(Tensor x, double lower = 0.125, double upper = 0.3333333333333333, bool inplace = false)
                    => x.leaky_relu((lower + upper) / 2);

                public static Tensor hardsigmoid(Tensor input, bool inplace = false) => Step(input, input.hardsigmoid(), inplace);
                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
                public static Tensor silu(Tensor x, bool inplace = false) => Step(x, x.silu(), inplace);
                [Obsolete("Old.")] public static Tensor SiLU(Tensor x, bool inplace = false) => Step(x, x.silu(), inplace);
                public static Tensor softmin(Tensor x, long dim) => (-x).softmax(dim);
                public static Tensor glu(Tensor input, long dim = -1) { var parts = input.chunk(2, dim); return parts[0] * parts[1].sigmoid(); }
                public static Tensor tanh(Tensor x, bool inplace = false) => Step(x, x.tanh(), inplace);
                public static Tensor elu(Tensor x, double alpha, bool inplace = false) => Step(x, x.elu(alpha), inplace);
                public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();
                public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_() : x.relu6();
                public static Tensor hardshrink(Tensor x, double lambda = 0.5) => Kernel.Map(x, v => Math.Abs(v) > lambda ? v : 0);

                public static Tensor prelu(Tensor input, Tensor weight)
                    => Kernel.Zip(input, weight.numel() == 1 ? weight.view() : Kernel.Reshape(weight, new[] { weight.numel() }.Concat(Enumerable.Repeat(1L, Math.Max(0, input._shape.Length - 2))).ToArray()), (v, w) => v > 0 ? v : v * w);

                public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();
                public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) => Step(x, x.clamp(min_val, max_val), inplace);
                public static Tensor softmax2d(Tensor x) => x.softmax(-3);
                public static Tensor celu(Tensor x, double alpha, bool inplace = false) => Step(x, x.celu(alpha), inplace);
                public static Tensor hardswish(Tensor input, bool inplace = false) => Step(input, input.hardswish(), inplace);
                public static Tensor gelu(Tensor x, bool inplace) => Step(x, x.gelu(), inplace);
                public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) => Step(x, x.gelu(), inplace);
                public static Tensor gelu(Tensor x) => x.gelu();

                public static Tensor threshold(Tensor x, double threshold, double value, bool inplace = false)
                    => Step(x, Kernel.Map(x, v => v > threshold ? v : value), inplace);

                public static Tensor softsign(Tensor x, bool inplace = false) => Step(x, x / (x.abs() + 1), inplace);
                public static Tensor sigmoid(Tensor x, bool inplace) => Step(x, x.sigmoid(), inplace);
                public static Tensor sigmoid(Tensor x) => x.sigmoid();

                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                    => inplace ? input.leaky_relu_(negative_slope) : input.leaky_relu(negative_slope);

                public static Tensor mish(Tensor x, bool inplace = false) => Step(x, Kernel.Map(x, v => v * Math.Tanh(Math.Log(1 + Math.Exp(v)))), inplace);
            }
        }
    }
}
