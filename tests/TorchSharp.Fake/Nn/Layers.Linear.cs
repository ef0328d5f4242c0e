// Linear layers and embeddings.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias = true, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(Linear))
        {
            (in_features, out_features) = (inputSize, outputSize);
            weight = Init.Uniform(Math.Sqrt(1.0 / inputSize), device, dtype, outputSize, inputSize);
            register_parameter(nameof(weight), weight);
            if (!hasBias) return;
            bias = Init.Uniform(Math.Sqrt(1.0 / inputSize), device, dtype, outputSize);
            register_parameter(nameof(bias), bias);
        }
        internal Linear(Parameter weight, Parameter bias = null) : base(nameof(Linear))
        {
            (in_features, out_features) = (weight.shape[1], weight.shape[0]);
            this.weight = weight;
            register_parameter(nameof(weight), weight);
            if (bias is null) return;
            this.bias = bias;
            register_parameter(nameof(bias), bias);
        }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
        public Parameter? bias { get; set; }
        public Parameter weight { get; set; }
        public long in_features { get; set; }
        public long out_features { get; set; }
    }

    public sealed class Bilinear : nn.Module<Tensor, Tensor, Tensor>
    {
        internal Bilinear(long in1_features, long in2_features, long out_features, bool hasBias = true, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(Bilinear))
        {
            (this.in1_features, this.in2_features, this.out_features) = (in1_features, in2_features, out_features);
            weight = Init.Uniform(Math.Sqrt(1.0 / in1_features), device, dtype, out_features, in1_features, in2_features);
            register_parameter(nameof(weight), weight);
            if (!hasBias) return;
            bias = Init.Uniform(Math.Sqrt(1.0 / in1_features), device, dtype, out_features);
            register_parameter(nameof(bias), bias);
        }

        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.bilinear(input1, input2, weight, bias);

        public Parameter? bias { get; set; }
        public Parameter weight { get; set; }
        public long in1_features { get; set; }
        public long in2_features { get; set; }
        public long out_features { get; set; }
    }

    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity() : base(nameof(Identity))
        { }

        public override Tensor forward(Tensor tensor) => tensor.alias();
    }

    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        readonly long padding;

        /// <param name="padding">The row that no gradient reaches; negative for none.</param>
        internal Embedding(Tensor weight, bool freeze, long padding = -1) : base(nameof(Embedding))
        {
            this.padding = padding;
            this.weight = new Parameter(weight, !freeze);
            register_parameter(nameof(weight), this.weight);
        }

        /// <summary>The row of an index that may count from the end; -1 without one.</summary>
        internal static long Row(long? index, long rows)
        {
            if (index >= rows || index < -rows) throw new ArgumentException("Padding_idx must be within num_embeddings");
            return index is { } i ? i < 0 ? i + rows : i : -1;
        }

        public override Tensor forward(Tensor input) => Kernel.Compose(() => Rows(weight, input, padding));

        /// <summary>For each index its row of the weight.</summary>
        internal static Tensor Rows(Tensor weight, Tensor input, long padding)
        {
            if (input.dtype is not (torch.ScalarType.Int64 or torch.ScalarType.Int32)) throw Kernel.Error($"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {Kernel.NameOf(input.dtype)} instead");
            Kernel.SameDevice(weight, input.reshape(-1));
            foreach (var i in input.Read())
                if (i < 0 || i >= weight._shape[0]) throw Kernel.Error("index out of range in self");
            var rows = Kernel.Index(weight, new[] { torch.TensorIndex.Tensor(input) });
            return padding < 0 ? rows : torch.where(input.eq(padding).unsqueeze(-1), rows.detach(), rows);
        }

        public Parameter? weight { get; set; }
    }

    public sealed class EmbeddingBag : nn.Module<Tensor, Tensor?, Tensor?, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor?, Tensor?, Tensor>
    {
        readonly EmbeddingBagMode mode;

        internal EmbeddingBag(Tensor weight, bool freeze, EmbeddingBagMode mode) : base(nameof(EmbeddingBag))
        {
            this.mode = mode;
            this.weight = new Parameter(weight, !freeze);
            register_parameter(nameof(weight), this.weight);
        }

        /// <summary>Bags are the rows of the input, or without a second dimension the runs that begin at the offsets.</summary>
        public override Tensor forward(Tensor input, Tensor? offsets, Tensor? perSampleWeights) => Kernel.Compose(() =>
        {
            var rows = Embedding.Rows(weight, input.flatten(), -1);
            if (perSampleWeights is not null) rows = rows * perSampleWeights.reshape(-1, 1);
            var starts = offsets is null ? Kernel.Range(0, input.numel(), input._shape[1]) : Array.ConvertAll(offsets.Read(), o => (long)o);
            return Kernel.Stack(starts.Select((start, k) => Bag(rows.narrow(0, start, (k + 1 < starts.Length ? starts[k + 1] : input.numel()) - start))), 0);
        });

        Tensor Bag(Tensor rows) => rows._shape[0] == 0 || mode == EmbeddingBagMode.Sum ? rows.sum(0L) : mode == EmbeddingBagMode.Max ? rows.max(0).values : rows.mean(new[] { 0L });

        public Tensor call(Tensor input, Tensor offsets) => base.call(input, offsets, null);
        public Tensor call(Tensor input) => base.call(input, null, null);
        public Parameter? weight { get; set; }
    }

    public sealed class PixelShuffle : ParameterLessModule<Tensor, Tensor>
    {
        internal PixelShuffle(long upscale_factor) : base(nameof(PixelShuffle))
        { this.upscale_factor = upscale_factor; }

        public override Tensor forward(Tensor input) => nn.functional.pixel_shuffle(input, upscale_factor);
        public long upscale_factor { get; set; }
    }

    public sealed class PixelUnshuffle : ParameterLessModule<Tensor, Tensor>
    {
        internal PixelUnshuffle(long downscale_factor) : base(nameof(PixelUnshuffle))
        { this.downscale_factor = downscale_factor; }

        public override Tensor forward(Tensor input) => nn.functional.pixel_unshuffle(input, downscale_factor);
        public long downscale_factor { get; set; }
    }

    public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Flatten(long start_dim = 1, long end_dim = -1) : base(nameof(Flatten))
        { this.start_dim = start_dim; this.end_dim = end_dim; }

        public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
        public long start_dim { get; set; }
        public long end_dim { get; set; }
    }

    public sealed class Unflatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Unflatten(long dim, long[] unflattened_size) : base(nameof(Unflatten))
        { this.dim = dim; this.unflattened_size = unflattened_size; }

        public override Tensor forward(Tensor tensor) => tensor.unflatten(dim, unflattened_size);
        public long dim { get; set; }
        public long[] unflattened_size { get; set; }
    }

    public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
    {
        long[] sizes;
        double[] scales;

        internal Upsample(long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool? align_corners = null, bool? recompute_scale_factor = null) : base(nameof(Upsample))
        { this.mode = mode; this.align_corners = align_corners; this.recompute_scale_factor = recompute_scale_factor; sizes = size; scales = scale_factor; }

        public override Tensor forward(Tensor input) => Dims.Scaled(input, sizes, scales, mode == UpsampleMode.Nearest, "upsample");
        public bool? recompute_scale_factor { get; set; }
        public UpsampleMode mode { get; private set; }
        public bool? align_corners { get; private set; }
    }

    public sealed class CosineSimilarity : ParameterLessModule<Tensor, Tensor, Tensor>
    {
        internal CosineSimilarity(long dim = 1, double eps = 1E-08) : base(nameof(CosineSimilarity))
        { this.dim = dim; this.eps = eps; }

        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.cosine_similarity(input1, input2, dim, eps);
        public long dim { get; set; }
        public double eps { get; set; }
    }

    public sealed class PairwiseDistance : ParameterLessModule<Tensor, Tensor, Tensor>
    {
        internal PairwiseDistance(double p = 2, double eps = 1E-06, bool keepdim = false) : base(nameof(PairwiseDistance))
        { this.eps = eps; this.keepdim = keepdim; norm = p; }

        public double norm { get; set; }
        public double eps { get; set; }
        public bool keepdim { get; set; }
        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.pairwise_distance(input1, input2, norm, eps, keepdim);
    }
}
