// Attention and transformers: the shapes.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
    {
        readonly nn.Module<Tensor, Tensor> projection, outward;
        internal MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null) : base(nameof(MultiheadAttention))
        {
            if (embedded_dim % num_heads != 0) throw new ArgumentException("embedded_dim must be divisible by num_heads");
            register_module("in_proj", projection = new Linear(embedded_dim, 3 * embedded_dim, bias));
            register_module("out_proj", outward = new Linear(embedded_dim, embedded_dim, bias));
        }

        public override Tuple<Tensor, Tensor> forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
            => Tuple.Create(outward.call(query), need_weights ? Kernel.Label(query._shape.Length == 2 ? new[] { query._shape[0], key._shape[0] } : new[] { query._shape[1], query._shape[0], key._shape[0] }, query, key) : null);

        public Tuple<Tensor, Tensor> call(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null)
            => base.call(query, key, value, key_padding_mask, need_weights, attn_mask);
    }

    public sealed class TransformerEncoderLayer : nn.Module<Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor, Tensor>
    {
        internal TransformerEncoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(TransformerEncoderLayer))
        {
            register_module("self_attn", new MultiheadAttention(d_model, nhead, dropout));
            register_module("linear1", new Linear(d_model, dim_feedforward));
            register_module("dropout", new Dropout(dropout));
            register_module("linear2", new Linear(dim_feedforward, d_model));
            register_module("norm1", new LayerNorm(d_model));
            register_module("norm2", new LayerNorm(d_model));
        }

        public Tensor call(Tensor src, Tensor src_mask, Tensor src_key_padding_mask) => base.call(src);
        public Tensor call(Tensor src, Tensor src_mask) => base.call(src);
        public override Tensor forward(Tensor src) => Kernel.Label(src.shape, parameters().Prepend(src).ToArray());
    }

    public sealed class TransformerEncoder : nn.Module<Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor>
    {
        internal TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) : base(nameof(TransformerEncoder))
        {
            register_module("layers", new ModuleList<TransformerEncoderLayer>(Enumerable.Repeat(encoder_layer, 1).ToArray()));
        }

        public override Tensor forward(Tensor src, Tensor src_mask, Tensor src_key_padding_mask)
            => Kernel.Label(src.shape, parameters().Prepend(src).ToArray());

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
        internal TransformerDecoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(TransformerDecoderLayer))
        {
            register_module("self_attn", new MultiheadAttention(d_model, nhead, dropout));
            register_module("multihead_attn", new MultiheadAttention(d_model, nhead, dropout));
            register_module("linear1", new Linear(d_model, dim_feedforward));
            register_module("dropout", new Dropout(dropout));
            register_module("linear2", new Linear(dim_feedforward, d_model));
        }

        public override Tensor forward(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask, Tensor tgt_key_padding_mask, Tensor memory_key_padding_mask)
            => Kernel.Label(tgt.shape, parameters().Prepend(memory).Prepend(tgt).ToArray());

        public Tensor call(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);
    }

    public sealed class TransformerDecoder : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
    {
        internal TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers) : base(nameof(TransformerDecoder))
        {
            register_module("layers", new ModuleList<TransformerDecoderLayer>(decoder_layer));
        }

        public override Tensor forward(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => Kernel.Label(tgt.shape, parameters().Prepend(memory).Prepend(tgt).ToArray());

        public Tensor call(Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            => base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);
    }

    public sealed class Transformer : nn.Module<Tensor, Tensor, Tensor>
    {
        internal Transformer(long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048, double dropout = 0.1, nn.Activations activation = nn.Activations.ReLU) : base(nameof(Transformer))
        {
            register_module("encoder", new TransformerEncoder(new TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, activation), num_encoder_layers));
            register_module("decoder", new TransformerDecoder(new TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, activation), num_decoder_layers));
        }

        public Tensor call(Tensor src, Tensor tgt, Tensor src_mask, Tensor? tgt_mask = null, Tensor? memory_mask = null, Tensor? src_key_padding_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
            => base.call(src, tgt);

        public override Tensor forward(Tensor src, Tensor tgt) => Kernel.Label(tgt.shape, parameters().Prepend(tgt).Prepend(src).ToArray());
    }
}
