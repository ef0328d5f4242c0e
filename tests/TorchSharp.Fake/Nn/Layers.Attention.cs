// Attention and transformers ("Attention is all you need", Vaswani et al., 2017), with the normalization after each block.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
    {
        readonly long heads;
        readonly double dropout;
        internal MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null) : base(nameof(MultiheadAttention))
        {
            if (embedded_dim % num_heads != 0) throw new ArgumentException("embedded_dim must be divisible by num_heads");
            if (add_bias_kv || add_zero_attn) throw new NotSupportedException("The stand-in for TorchSharp has no add_bias_kv and no add_zero_attn.");
            (heads, this.dropout) = (num_heads, dropout);
            if ((kdim ?? embedded_dim) == embedded_dim && (vdim ?? embedded_dim) == embedded_dim) register_parameter("in_proj_weight", Glorot(3 * embedded_dim, embedded_dim));
            else
            {
                register_parameter("q_proj_weight", Glorot(embedded_dim, embedded_dim));
                register_parameter("k_proj_weight", Glorot(embedded_dim, kdim ?? embedded_dim));
                register_parameter("v_proj_weight", Glorot(embedded_dim, vdim ?? embedded_dim));
            }
            if (bias) register_parameter("in_proj_bias", Init.Constant(0, null, null, 3 * embedded_dim));
            register_module("out_proj", new Linear(embedded_dim, embedded_dim, bias));
            if (bias) get_parameter("out_proj.bias")._storage.Set(0);
        }

        static Parameter Glorot(long rows, long columns) => Init.Uniform(Math.Sqrt(6.0 / (rows + columns)), null, null, rows, columns);

        public override Tuple<Tensor, Tensor> forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
        {
            var (output, weights) = Kernel.Compose(() => Attend(query, key, value, key_padding_mask, attn_mask));
            return Tuple.Create(output.Show(), need_weights ? weights.Show() : null);
        }

        /// <summary>Inputs [steps, batch, features]; without a batch [steps, features].</summary>
        (Tensor Output, Tensor Weights) Attend(Tensor query, Tensor key, Tensor value, Tensor padding, Tensor mask)
        {
            if (query._shape.Length == 2)
            {
                var (one, seen) = Attend(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1), padding?.unsqueeze(0), mask);
                return (one.squeeze(1), seen.squeeze(0));
            }
            var parameters = named_parameters(false).ToDictionary(p => p.name, p => (Tensor)p.parameter);
            var weights = parameters.TryGetValue("in_proj_weight", out var whole) ? whole.chunk(3) : new[] { parameters["q_proj_weight"], parameters["k_proj_weight"], parameters["v_proj_weight"] };
            var biases = parameters.TryGetValue("in_proj_bias", out var bias) ? bias.chunk(3) : new Tensor[3];
            // [batch, heads, steps, features of a head]
            Tensor Heads(Tensor x, int i) => nn.functional.linear(x, weights[i], biases[i]).reshape(x._shape[0], x._shape[1], heads, -1).permute(1, 2, 0, 3);
            Tensor q = Heads(query, 0), k = Heads(key, 1), v = Heads(value, 2);
            var scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(q._shape[3]);
            if (mask is not null)
            {
                if (mask._shape.Length == 3) mask = mask.reshape(-1, heads, mask._shape[1], mask._shape[2]);
                scores = Hide(scores, mask);
            }
            if (padding is not null) scores = Hide(scores, padding.unsqueeze(1).unsqueeze(1));
            var attention = scores.softmax(-1);
            var mixed = nn.functional.dropout(attention, dropout, training).matmul(v).permute(2, 0, 1, 3).reshape(query._shape[0], query._shape[1], -1);
            return (((nn.Module<Tensor, Tensor>)named_children().Single().module).call(mixed), attention.mean(new[] { 1L }));
        }

        static Tensor Hide(Tensor scores, Tensor mask) => mask.dtype == ScalarType.Bool ? scores.masked_fill(mask, double.NegativeInfinity) : scores + mask;

        public Tuple<Tensor, Tensor> call(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null)
            => base.call(query, key, value, key_padding_mask, need_weights, attn_mask);
    }

    /// <summary>What encoder and decoder layers consist of.</summary>
    internal sealed class TransformerBlocks
    {
        readonly nn.Module<Tensor, Tensor> linear1, linear2, dropout;
        readonly nn.Module<Tensor, Tensor>[] norms, dropouts;
        readonly nn.Activations activation;

        internal TransformerBlocks(nn.Module owner, int blocks, long d_model, long dim_feedforward, double dropout, nn.Activations activation)
        {
            this.activation = activation;
            owner.register_module("linear1", linear1 = new Linear(d_model, dim_feedforward));
            owner.register_module("dropout", this.dropout = new Dropout(dropout));
            owner.register_module("linear2", linear2 = new Linear(dim_feedforward, d_model));
            (norms, dropouts) = (new nn.Module<Tensor, Tensor>[blocks], new nn.Module<Tensor, Tensor>[blocks]);
            for (var i = 0; i < blocks; i++)
            {
                owner.register_module($"norm{i + 1}", norms[i] = new LayerNorm(d_model));
                owner.register_module($"dropout{i + 1}", dropouts[i] = new Dropout(dropout));
            }
        }

        /// <summary>The input plus what a block makes of it, normalized.</summary>
        internal Tensor Add(int i, Tensor x, Tensor made) => norms[i].call(x + dropouts[i].call(made));

        internal Tensor Feed(Tensor x)
        {
            var inner = linear1.call(x);
            return linear2.call(dropout.call(activation == nn.Activations.GELU ? inner.gelu() : inner.relu()));
        }
    }

    public sealed class TransformerEncoderLayer : nn.Module<Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor, Tensor>
    {
        readonly Func<TransformerEncoderLayer> again;
        readonly TransformerBlocks blocks;
        readonly MultiheadAttention attention;
        internal TransformerEncoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(TransformerEncoderLayer))
        {
            again = () => new TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, activation);
            register_module("self_attn", attention = new MultiheadAttention(d_model, nhead, dropout));
            blocks = new TransformerBlocks(this, 2, d_model, dim_feedforward, dropout, activation);
        }

        internal TransformerEncoderLayer Again() => again();

        Tensor Run(Tensor src, Tensor mask, Tensor padding) => Kernel.Compose(() =>
        {
            var x = blocks.Add(0, src, attention.call(src, src, src, padding, false, mask).Item1);
            return blocks.Add(1, x, blocks.Feed(x));
        });

        public Tensor call(Tensor src, Tensor src_mask, Tensor src_key_padding_mask) => Run(src, src_mask, src_key_padding_mask);
        public Tensor call(Tensor src, Tensor src_mask) => Run(src, src_mask, null);
        public override Tensor forward(Tensor src) => Run(src, null, null);
    }

    public sealed class TransformerEncoder : nn.Module<Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor>
    {
        readonly ModuleList<TransformerEncoderLayer> layers;
        internal TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) : base(nameof(TransformerEncoder))
        {
            layers = new ModuleList<TransformerEncoderLayer>(Enumerable.Range(0, (int)num_layers).Select(_ => encoder_layer.Again()).ToArray());
            register_module("layers", layers);
        }

        public override Tensor forward(Tensor src, Tensor src_mask, Tensor src_key_padding_mask)
            => Kernel.Compose(() => layers.Aggregate(src, (x, layer) => layer.call(x, src_mask, src_key_padding_mask)));

        public Tensor call(Tensor src, Tensor src_mask) => base.call(src, src_mask, null);
        public Tensor call(Tensor src) => base.call(src, null, null);
        public enum Activations
        {
            ReLU = 0,
            GELU = 1,
        }
    }

    public sealed class TransformerDecoderLayer : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>
    {
        readonly Func<TransformerDecoderLayer> again;
        readonly TransformerBlocks blocks;
        readonly MultiheadAttention own, memories;
        internal TransformerDecoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(TransformerDecoderLayer))
        {
            again = () => new TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, activation);
            register_module("self_attn", own = new MultiheadAttention(d_model, nhead, dropout));
            register_module("multihead_attn", memories = new MultiheadAttention(d_model, nhead, dropout));
            blocks = new TransformerBlocks(this, 3, d_model, dim_feedforward, dropout, activation);
        }

        internal TransformerDecoderLayer Again() => again();

        public override Tensor forward(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask, Tensor tgt_key_padding_mask, Tensor memory_key_padding_mask) => Kernel.Compose(() =>
        {
            var x = blocks.Add(0, tgt, own.call(tgt, tgt, tgt, tgt_key_padding_mask, false, tgt_mask).Item1);
            x = blocks.Add(1, x, memories.call(x, memory, memory, memory_key_padding_mask, false, memory_mask).Item1);
            return blocks.Add(2, x, blocks.Feed(x));
        });

        public Tensor call(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);
    }

    public sealed class TransformerDecoder : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
    {
        readonly ModuleList<TransformerDecoderLayer> layers;
        internal TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers) : base(nameof(TransformerDecoder))
        {
            layers = new ModuleList<TransformerDecoderLayer>(Enumerable.Range(0, (int)num_layers).Select(_ => decoder_layer.Again()).ToArray());
            register_module("layers", layers);
        }

        public override Tensor forward(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => Kernel.Compose(() => layers.Aggregate(tgt, (x, layer) => layer.call(x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)));

        public Tensor call(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);
    }

    public sealed class Transformer : nn.Module<Tensor, Tensor, Tensor>
    {
        readonly TransformerEncoder encoder;
        readonly TransformerDecoder decoder;
        internal Transformer(long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(Transformer))
        {
            register_module("encoder", encoder = new TransformerEncoder(new TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, activation), num_encoder_layers));
            register_module("decoder", decoder = new TransformerDecoder(new TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, activation), num_decoder_layers));
        }

        Tensor Run(Tensor src, Tensor tgt, Tensor src_mask, Tensor tgt_mask, Tensor memory_mask, Tensor src_padding, Tensor tgt_padding, Tensor memory_padding) =>
            Kernel.Compose(() => decoder.call(tgt, encoder.call(src, src_mask, src_padding), tgt_mask, memory_mask, tgt_padding, memory_padding));

        public Tensor call(Tensor src, Tensor tgt, Tensor src_mask, Tensor? tgt_mask = null, Tensor? memory_mask = null, Tensor? src_key_padding_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
            => Run(src, tgt, src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask);

        public override Tensor forward(Tensor src, Tensor tgt) => Run(src, tgt, null, null, null, null, null, null);
    }
}
