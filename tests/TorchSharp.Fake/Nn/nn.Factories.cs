// The factories of torch.nn.

using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleList<Module> ModuleList(params Module[] modules) => new ModuleList<Module>(modules);
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new ModuleList<T>(modules);

            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
                => new Linear(inputSize, outputSize, hasBias, device, dtype);

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new Linear(weight, bias);

            public static EmbeddingBag EmbeddingBag(long num_embeddings, long embedding_dims, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false, bool include_last_offset = false, long padding_index = -1, Device? device = null, ScalarType? dtype = null)
                => new EmbeddingBag(Init.Normal(device, dtype, num_embeddings, embedding_dims), false, mode);

            public static EmbeddingBag EmbeddingBag_from_pretrained(Tensor embeddings, bool freeze = true, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false, bool include_last_offset = false, long padding_index = -1, Device? device = null, ScalarType? dtype = null)
                => new EmbeddingBag(embeddings, freeze, mode);

            public static TransformerDecoderLayer TransformerDecoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU)
                => new TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, activation);

            public static ParameterDict ParameterDict(params (string, Parameter)[] parameters) => new ParameterDict(parameters);
            public static Dropout1d Dropout1d(double p = 0.5, bool inplace = false) => new Dropout1d(p, inplace);
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new Parameter(data, requires_grad);

            public static Transformer Transformer(long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU)
                => new Transformer(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout, activation);

            public static Dropout3d Dropout3d(double p = 0.5, bool inplace = false) => new Dropout3d(p, inplace);
            public static CosineSimilarity CosineSimilarity(long dim = 1, double eps = 1E-08) => new CosineSimilarity(dim, eps);

            public static MultiheadAttention MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null)
                => new MultiheadAttention(embedded_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim);

            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => new ModuleDict<nn.Module>(modules);
            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module => new ModuleDict<T>(modules);

            public static Bilinear Bilinear(long in1_features, long in2_features, long out_features, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
                => new Bilinear(in1_features, in2_features, out_features, hasBias, device, dtype);

            public static ParameterList ParameterList(params Parameter[] parameters) => new ParameterList(parameters);

            public static Upsample Upsample(long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool? align_corners = null, bool? recompute_scale_factor = null)
                => new Upsample(size, scale_factor, mode, align_corners, recompute_scale_factor);

            public static Unflatten Unflatten(long dim, long[] unflattened_size) => new Unflatten(dim, unflattened_size);

            public static CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean)
                => new CrossEntropyLoss(weight, ignore_index, reduction);

            public static BCELoss BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new BCELoss(weight, reduction);

            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
                => new BCEWithLogitsLoss(weight, reduction, pos_weights);

            public static CosineEmbeddingLoss CosineEmbeddingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
                => new CosineEmbeddingLoss(margin, reduction);

            public static CTCLoss CTCLoss(long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean)
                => new CTCLoss(blank, zero_infinity, reduction);

            public static HingeEmbeddingLoss HingeEmbeddingLoss(double margin = 1, Reduction reduction = Reduction.Mean)
                => new HingeEmbeddingLoss(margin, reduction);

            public static HuberLoss HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) => new HuberLoss(delta, reduction);

            public static MarginRankingLoss MarginRankingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
                => new MarginRankingLoss(margin, reduction);

            public static MultiLabelSoftMarginLoss MultiLabelSoftMarginLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean)
                => new MultiLabelSoftMarginLoss(weight, reduction);

            public static MultiMarginLoss MultiMarginLoss(int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                => new MultiMarginLoss(p, margin, weight, reduction);

            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new MSELoss(reduction);
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new L1Loss(reduction);
            public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new NLLLoss(weight, reduction);

            public static PoissonNLLLoss PoissonNLLLoss(bool log_input = true, bool full = false, float eps = 1E-08f, Reduction reduction = Reduction.Mean)
                => new PoissonNLLLoss(log_input, full, eps, reduction);

            public static KLDivLoss KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) => new KLDivLoss(log_target, reduction);
            public static SoftMarginLoss SoftMarginLoss(Reduction reduction = Reduction.Mean) => new SoftMarginLoss(reduction);

            public static TripletMarginLoss TripletMarginLoss(double margin = 1, long p = 2, double eps = 1E-06, bool swap = false, Reduction reduction = Reduction.Mean)
                => new TripletMarginLoss(margin, p, eps, swap, reduction);

            public static TripletMarginWithDistanceLoss TripletMarginWithDistanceLoss(Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
                => new TripletMarginWithDistanceLoss(distance, margin, swap, reduction);

            public static GaussianNLLLoss GaussianNLLLoss(bool full = false, float eps = 1E-08f, Reduction reduction = Reduction.Mean)
                => new GaussianNLLLoss(full, eps, reduction);

            public static MultiLabelMarginLoss MultiLabelMarginLoss(Reduction reduction = Reduction.Mean) => new MultiLabelMarginLoss(reduction);
            public static SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) => new SmoothL1Loss(reduction, beta);

            public static TransformerEncoderLayer TransformerEncoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU)
                => new TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, activation);

            public static Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new Dropout2d(p, inplace);
            public static Sequential Sequential() => new Sequential();
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => Modules.Sequential.Of(modules);
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Modules.Sequential.Of(modules.Select(m => ((string)null, m)));

            public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules)
                => Modules.Sequential.Of(modules.Select(m => (m.Item1, m.Item2)));

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => Modules.Sequential.Of(modules);

            public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules)
                => Modules.Sequential.Of(modules.Select(m => (m.Item1, m.Item2)));

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => Modules.Sequential.Of(modules.Select(m => ((string)null, m)));
            public static AlphaDropout AlphaDropout(double p = 0.5, bool inplace = false) => new AlphaDropout(p, inplace);
            public static PixelUnshuffle PixelUnshuffle(long downscale_factor) => new PixelUnshuffle(downscale_factor);
            public static FeatureAlphaDropout FeatureAlphaDropout(double p, bool inplace) => new FeatureAlphaDropout(p, inplace);
            public static FeatureAlphaDropout FeatureAlphaDropout(double p = 0.5) => new FeatureAlphaDropout(p);

            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
                {
                var padding = Modules.Embedding.Row(padding_idx, num_embeddings);
                var made = new Embedding(Init.Normal(device, dtype, num_embeddings, embedding_dims), false, padding);
                if (padding >= 0)
                    using (no_grad()) made.weight[padding].zero_();
                return made;
            }

            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
                => new Embedding(embeddings, freeze, Modules.Embedding.Row(padding_idx, embeddings.shape[0]));

            public static PixelShuffle PixelShuffle(long upscale_factor) => new PixelShuffle(upscale_factor);
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new Flatten(start_dim, end_dim);
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new Dropout(p, inplace);
            public static PairwiseDistance PairwiseDistance(double p = 2, double eps = 1E-06, bool keepdim = false) => new PairwiseDistance(p, eps, keepdim);
            public static Identity Identity() => new Identity();

            public static TransformerDecoder TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers)
                => new TransformerDecoder(decoder_layer, num_layers);

            public static TransformerEncoder TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers)
                => new TransformerEncoder(encoder_layer, num_layers);

            public static RNN RNN(long inputSize, long hiddenSize, long numLayers = 1, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null)
                => new RNN(inputSize, hiddenSize, numLayers, nonLinearity, bias, batchFirst, dropout, bidirectional, device, dtype);

            public static GRU GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device device = null, ScalarType? dtype = null)
                => new GRU(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype);

            public static LSTM LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null)
                => new LSTM(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype);

            public static InstanceNorm3d InstanceNorm3d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null)
                => new InstanceNorm3d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static InstanceNorm1d InstanceNorm1d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null)
                => new InstanceNorm1d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null)
                => new BatchNorm1d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1E-05, bool affine = true, Device? device = null, ScalarType? dtype = null)
                => new GroupNorm(num_groups, num_channels, eps, affine, device, dtype);

            public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null)
                => new BatchNorm2d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static InstanceNorm2d InstanceNorm2d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null)
                => new InstanceNorm2d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static LocalResponseNorm LocalResponseNorm(long size, double alpha = 0.0001, double beta = 0.75, double k = 1)
                => new LocalResponseNorm(size, alpha, beta, k);

            public static BatchNorm3d BatchNorm3d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null)
                => new BatchNorm3d(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new LayerNorm(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new LayerNorm(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv1d(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv1d(in_channels, out_channels, kernel_size, padding, stride, dilation, padding_mode, groups, bias, device, dtype);

            public static ConvTranspose1d ConvTranspose1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new ConvTranspose1d(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv3d(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv3d(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv3d(in_channels, out_channels, kernel_size, padding, stride, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv3d(in_channels, out_channels, kernel_size, padding, stride, dilation, padding_mode, groups, bias, device, dtype);

            public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, padding_mode, groups, bias, device, dtype);

            public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? output_padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new ConvTranspose2d(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new ConvTranspose2d(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv2d(in_channels, out_channels, kernel_size, padding, stride, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
                => new Conv2d(in_channels, out_channels, kernel_size, padding, stride, dilation, padding_mode, groups, bias, device, dtype);

            public static AvgPool1d AvgPool1d(long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true)
                => new AvgPool1d(kernel_size, stride, padding, ceil_mode, count_include_pad);

            public static AvgPool3d AvgPool3d(long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool3d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AvgPool3d AvgPool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool3d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AvgPool3d AvgPool3d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool3d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AdaptiveMaxPool1d AdaptiveMaxPool1d(long output_size) => new AdaptiveMaxPool1d(output_size);
            public static AdaptiveMaxPool2d AdaptiveMaxPool2d(long[] output_size) => new AdaptiveMaxPool2d(output_size);
            public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long[] output_size) => new AdaptiveAvgPool3d(output_size);
            public static AdaptiveAvgPool3d AdaptiveAvgPool3d((long, long, long) output_size) => new AdaptiveAvgPool3d(output_size);
            public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long output_size) => new AdaptiveAvgPool3d(output_size);
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new AdaptiveAvgPool2d(output_size);
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new AdaptiveAvgPool2d(output_size);
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new AdaptiveAvgPool2d(output_size);

            public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                => new MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode);

            public static MaxPool2d MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false)
                => new MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode);

            public static MaxPool2d MaxPool2d(long[] kernel_size, long[] stride = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                => new MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode);

            public static AvgPool2d AvgPool2d(long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool2d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool2d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => new AvgPool2d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static AdaptiveAvgPool1d AdaptiveAvgPool1d(long output_size) => new AdaptiveAvgPool1d(output_size);
            public static AdaptiveMaxPool3d AdaptiveMaxPool3d(long[] output_size) => new AdaptiveMaxPool3d(output_size);

            public static MaxPool1d MaxPool1d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                => new MaxPool1d(kernel_size, stride, padding, dilation, ceil_mode);

            public static MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                => new MaxPool3d(kernel_size, stride, padding, dilation, ceil_mode);

            public static MaxPool3d MaxPool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, bool ceil_mode = false)
                => new MaxPool3d(kernel_size, stride, padding, dilation, ceil_mode);

            public static MaxPool3d MaxPool3d(long[] kernel_size, long[] stride = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false)
                => new MaxPool3d(kernel_size, stride, padding, dilation, ceil_mode);

            public static ReflectionPad1d ReflectionPad1d(long padding) => new ReflectionPad1d(padding);
            public static ReflectionPad1d ReflectionPad1d((long, long) padding) => new ReflectionPad1d(padding);
            public static ReflectionPad3d ReflectionPad3d(long padding) => new ReflectionPad3d(padding);
            public static ReflectionPad3d ReflectionPad3d((long, long, long, long, long, long) padding) => new ReflectionPad3d(padding);
            public static ReplicationPad3d ReplicationPad3d(long padding) => new ReplicationPad3d(padding);
            public static ReplicationPad3d ReplicationPad3d((long, long, long, long, long, long) padding) => new ReplicationPad3d(padding);
            public static ReplicationPad2d ReplicationPad2d(long padding) => new ReplicationPad2d(padding);
            public static ReplicationPad2d ReplicationPad2d((long, long, long, long) padding) => new ReplicationPad2d(padding);
            public static ConstantPad2d ConstantPad2d(long padding, double value) => new ConstantPad2d(padding, value);
            public static ConstantPad2d ConstantPad2d((long, long, long, long) padding, double value) => new ConstantPad2d(padding, value);
            public static ConstantPad1d ConstantPad1d(long padding, double value) => new ConstantPad1d(padding, value);
            public static ConstantPad1d ConstantPad1d((long, long) padding, double value) => new ConstantPad1d(padding, value);
            public static ConstantPad3d ConstantPad3d(long padding, double value) => new ConstantPad3d(padding, value);
            public static ConstantPad3d ConstantPad3d((long, long, long, long, long, long) padding, double value) => new ConstantPad3d(padding, value);
            public static ReplicationPad1d ReplicationPad1d(long padding) => new ReplicationPad1d(padding);
            public static ReplicationPad1d ReplicationPad1d((long, long) padding) => new ReplicationPad1d(padding);
            public static ReflectionPad2d ReflectionPad2d(long padding) => new ReflectionPad2d(padding);
            public static ReflectionPad2d ReflectionPad2d((long, long, long, long) padding) => new ReflectionPad2d(padding);
            public static ZeroPad2d ZeroPad2d(long padding) => new ZeroPad2d(padding);
            public static ZeroPad2d ZeroPad2d((long, long, long, long) padding) => new ZeroPad2d(padding);
            public static Softplus Softplus(double beta = 1, double threshold = 20) => new Softplus(beta, threshold);
            public static SELU SELU(bool inplace = false) => new SELU(inplace);
            public static LogSoftmax LogSoftmax(long dim) => new LogSoftmax(dim);
            public static Tanhshrink Tanhshrink() => new Tanhshrink();
            public static Tanhshrink Tanhshrink(bool inplace = false) => new Tanhshrink(inplace);
            public static Softshrink Softshrink(double lambda = 0.5) => new Softshrink(lambda);
            public static RReLU RReLU(double lower = 0.125, double upper = 0.3333333333333333, bool inplace = false) => new RReLU(lower, upper, inplace);
            public static Hardsigmoid Hardsigmoid(bool inplace = false) => new Hardsigmoid(inplace);
            public static Softmax Softmax(long dim) => new Softmax(dim);
            public static SiLU SiLU() => new SiLU();
            public static SiLU SiLU(bool inplace) => new SiLU(inplace);
            public static Softmin Softmin(long dim) => new Softmin(dim);
            public static GLU GLU(long dim = -1) => new GLU(dim);
            public static Tanh Tanh() => new Tanh();
            public static Tanh Tanh(bool inplace = false) => new Tanh(inplace);
            public static ELU ELU(double alpha = 1, bool inplace = false) => new ELU(alpha, inplace);
            public static LogSigmoid LogSigmoid() => new LogSigmoid();
            public static ReLU6 ReLU6(bool inplace = false) => new ReLU6(inplace);
            public static Hardshrink Hardshrink(double lambda = 0.5) => new Hardshrink(lambda);

            public static PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null)
                => new PReLU(num_parameters, init, device, dtype);

            public static ReLU ReLU(bool inplace = false) => new ReLU(inplace);
            public static Hardtanh Hardtanh(double min_val = -1, double max_val = 1, bool inplace = false) => new Hardtanh(min_val, max_val, inplace);
            public static Softmax2d Softmax2d() => new Softmax2d();
            public static CELU CELU(double alpha = 1, bool inplace = false) => new CELU(alpha, inplace);
            public static Hardswish Hardswish(bool inplace = false) => new Hardswish(inplace);
            public static GELU GELU() => new GELU();
            public static GELU GELU(bool inplace) => new GELU(inplace);
            public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new GELU(approximate, inplace);
            public static Threshold Threshold(double threshold, double value, bool inplace = false) => new Threshold(threshold, value, inplace);
            public static Softsign Softsign() => new Softsign();
            public static Softsign Softsign(bool inplace) => new Softsign(inplace);
            public static Sigmoid Sigmoid() => new Sigmoid();
            public static Sigmoid Sigmoid(bool inplace) => new Sigmoid(inplace);
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new LeakyReLU(negative_slope, inplace);
            public static Mish Mish() => new Mish();
            public static Mish Mish(bool inplace) => new Mish(inplace);
        }
    }
}
