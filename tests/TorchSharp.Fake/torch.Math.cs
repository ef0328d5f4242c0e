// The functions of torch: the tensor methods of the same name, and what joins several tensors.

using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public static partial class torch
    {
        public static bool is_tensor(object obj) => obj is Tensor;
        public static Tensor abs(Tensor input) => input.abs();
        public static Tensor abs_(Tensor input) => input.abs_();
        public static Tensor absolute(Tensor input) => input.absolute();
        public static Tensor acos(Tensor input) => input.acos();
        public static Tensor acos_(Tensor input) => input.acos_();
        public static Tensor add(Tensor left, Tensor right) => left.add(right);
        public static Tensor add(Tensor left, Scalar right) => left.add(right);
        public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);
        public static Tensor add(Tensor left, Scalar right, Scalar alpha) => left.add(right, alpha);
        public static Tensor add_(Tensor left, Tensor right) => left.add_(right);
        public static Tensor add_(Tensor left, Scalar right) => left.add_(right);
        public static Tensor add_(Tensor left, Tensor right, Scalar alpha) => left.add_(right, alpha);
        public static Tensor add_(Tensor left, Scalar right, Scalar alpha) => left.add_(right, alpha);
        public static Tensor addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcdiv(tensor1, tensor2, value);
        public static Tensor addcdiv_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcdiv_(tensor1, tensor2, value);
        public static Tensor addcmul(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcmul(tensor1, tensor2, value);
        public static Tensor addcmul_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcmul_(tensor1, tensor2, value);
        public static Tensor argmax(Tensor input) => input.argmax();
        public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);
        public static Tensor asin(Tensor input) => input.asin();
        public static Tensor asin_(Tensor input) => input.asin_();
        public static Tensor atan(Tensor input) => input.atan();
        public static Tensor atan_(Tensor input) => input.atan_();
        public static Tensor atan2(Tensor input, Tensor other) => input.atan2(other);
        public static Tensor bitwise_not(Tensor input) => input.bitwise_not();
        public static Tensor bitwise_and(Tensor left, Tensor right) => left.bitwise_and(right);
        public static Tensor bitwise_or(Tensor left, Tensor right) => left.bitwise_or(right);
        public static Tensor bitwise_xor(Tensor left, Tensor right) => left.bitwise_xor(right);
        public static Tensor ceil(Tensor input) => input.ceil();
        public static Tensor ceil_(Tensor input) => input.ceil_();
        public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);
        public static Tensor clamp_(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp_(min, max);
        public static Tensor clamp(Tensor input, Tensor? min = null, Tensor? max = null) => input.clamp(min, max);
        public static Tensor clamp_(Tensor input, Tensor? min = null, Tensor? max = null) => input.clamp_(min, max);
        public static Tensor clip(Tensor input, Scalar? min = null, Scalar? max = null) => input.clip(min, max);
        public static Tensor cos(Tensor input) => input.cos();
        public static Tensor cos_(Tensor input) => input.cos_();
        public static Tensor cosh(Tensor input) => input.cosh();
        public static Tensor cosh_(Tensor input) => input.cosh_();
        public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
        public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
        public static Tensor div_(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);
        public static Tensor div_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);
        public static Tensor divide(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.divide(right, rounding_mode);
        public static Tensor divide(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.divide(right, rounding_mode);
        public static Tensor divide_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.divide_(right, rounding_mode);
        public static Tensor erf(Tensor input) => input.erf();
        public static Tensor erf_(Tensor input) => input.erf_();
        public static Tensor exp(Tensor input) => input.exp();
        public static Tensor exp_(Tensor input) => input.exp_();
        public static Tensor exp2(Tensor input) => input.exp2();
        public static Tensor exp2_(Tensor input) => input.exp2_();
        public static Tensor expm1(Tensor input) => input.expm1();
        public static Tensor expm1_(Tensor input) => input.expm1_();
        public static Tensor floor(Tensor input) => input.floor();
        public static Tensor floor_(Tensor input) => input.floor_();
        public static Tensor floor_divide(Tensor input, Tensor other) => input.floor_divide(other);
        public static Tensor floor_divide_(Tensor input, Tensor other) => input.floor_divide_(other);
        public static Tensor fmod(Tensor left, Tensor right) => left.fmod(right);
        public static Tensor frac(Tensor input) => input.frac();
        public static Tensor frac_(Tensor input) => input.frac_();
        public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => input.lerp(end, weight);
        public static Tensor log(Tensor input) => input.log();
        public static Tensor log_(Tensor input) => input.log_();
        public static Tensor log10(Tensor input) => input.log10();
        public static Tensor log10_(Tensor input) => input.log10_();
        public static Tensor log1p(Tensor input) => input.log1p();
        public static Tensor log1p_(Tensor input) => input.log1p_();
        public static Tensor log2(Tensor input) => input.log2();
        public static Tensor log2_(Tensor input) => input.log2_();
        public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);
        public static Tensor logical_not(Tensor input) => input.logical_not();
        public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);
        public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);
        public static Tensor logit(Tensor input, double? eps = null) => input.logit(eps);
        public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
        public static Tensor mul(Tensor left, Scalar right) => left.mul(right);
        public static Tensor mul_(Tensor left, Tensor right) => left.mul_(right);
        public static Tensor mul_(Tensor left, Scalar right) => left.mul_(right);
        public static Tensor multiply(Tensor left, Tensor right) => left.multiply(right);
        public static Tensor multiply(Tensor left, Scalar right) => left.multiply(right);
        public static Tensor nan_to_num(Tensor input, double nan = 0, double? posinf = null, double? neginf = null) => input.nan_to_num(nan, posinf, neginf);
        public static Tensor neg(Tensor input) => input.neg();
        public static Tensor neg_(Tensor input) => input.neg_();
        public static Tensor negative(Tensor input) => input.negative();
        public static Tensor positive(Tensor input) => input.positive();
        public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);
        public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);
        public static Tensor pow_(Tensor left, Tensor exponent) => left.pow_(exponent);
        public static Tensor pow_(Tensor left, Scalar exponent) => left.pow_(exponent);
        public static Tensor reciprocal(Tensor input) => input.reciprocal();
        public static Tensor reciprocal_(Tensor input) => input.reciprocal_();
        public static Tensor remainder(Tensor left, Tensor right) => left.remainder(right);
        public static Tensor remainder(Tensor left, Scalar right) => left.remainder(right);
        public static Tensor remainder_(Tensor left, Tensor right) => left.remainder_(right);
        public static Tensor remainder_(Tensor left, Scalar right) => left.remainder_(right);
        public static Tensor round(Tensor input, long decimals = 0) => input.round(decimals);
        public static Tensor round_(Tensor input, long decimals = 0) => input.round_(decimals);
        public static Tensor rsqrt(Tensor input) => input.rsqrt();
        public static Tensor rsqrt_(Tensor input) => input.rsqrt_();
        public static Tensor sigmoid(Tensor input) => input.sigmoid();
        public static Tensor sigmoid_(Tensor input) => input.sigmoid_();
        public static Tensor sign(Tensor input) => input.sign();
        public static Tensor sign_(Tensor input) => input.sign_();
        public static Tensor sin(Tensor input) => input.sin();
        public static Tensor sin_(Tensor input) => input.sin_();
        public static Tensor sinh(Tensor input) => input.sinh();
        public static Tensor sinh_(Tensor input) => input.sinh_();
        public static Tensor sqrt(Tensor input) => input.sqrt();
        public static Tensor sqrt_(Tensor input) => input.sqrt_();
        public static Tensor square(Tensor input) => input.square();
        public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
        public static Tensor sub(Tensor left, Scalar right) => left.sub(right);
        public static Tensor sub_(Tensor left, Tensor right) => left.sub_(right);
        public static Tensor sub_(Tensor left, Scalar right) => left.sub_(right);
        public static Tensor subtract(Tensor left, Tensor right) => left.subtract(right);
        public static Tensor subtract(Tensor left, Scalar right) => left.subtract(right);
        public static Tensor subtract_(Tensor left, Tensor right) => left.subtract_(right);
        public static Tensor subtract_(Tensor left, Scalar right) => left.subtract_(right);
        public static Tensor tan(Tensor input) => input.tan();
        public static Tensor tan_(Tensor input) => input.tan_();
        public static Tensor tanh(Tensor input) => input.tanh();
        public static Tensor tanh_(Tensor input) => input.tanh_();
        public static Tensor trunc(Tensor input) => input.trunc();
        public static Tensor trunc_(Tensor input) => input.trunc_();
        public static Tensor broadcast_to(Tensor input, params long[] shape) => input.broadcast_to(shape);
        public static Tensor cumprod(Tensor input, long dim, ScalarType? dtype = null) => input.cumprod(dim, dtype);
        public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);
        public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);
        public static Tensor ravel(Tensor input) => input.ravel();
        public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);
        public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);
        public static Tensor squeeze(Tensor input, long? dim = null) => input.squeeze(dim);
        public static Tensor squeeze_(Tensor input, long? dim = null) => input.squeeze_(dim);
        public static Tensor scatter_add_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add_(dim, index, src);
        public static Tensor clamp_max(Tensor input, Scalar max) => input.clamp_max(max);
        public static Tensor clamp_max_(Tensor input, Scalar max) => input.clamp_max_(max);
        public static Tensor clamp_min(Tensor input, Scalar min) => input.clamp_min(min);
        public static Tensor clamp_min_(Tensor input, Scalar min) => input.clamp_min_(min);
        public static Tensor unflatten(Tensor input, long dim, params long[] sizes) => input.unflatten(dim, sizes);
        public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

        public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null)
            => input.multinomial(num_samples, replacement, generator);

        public static bool allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false)
            => tensor.allclose(target, rtol, atol, equal_nan);

        public static Tensor argsort(Tensor input, long dim = -1, bool descending = false) => input.argsort(dim, descending);
        public static Tensor eq(Tensor left, Tensor right) => left.eq(right);
        public static Tensor equal(Tensor tensor, Tensor target) => tensor.equal(target);
        public static Tensor ge(Tensor left, Tensor right) => left.ge(right);
        public static Tensor greater_equal(Tensor tensor, Tensor target) => tensor.greater_equal(target);
        public static Tensor gt(Tensor left, Tensor right) => left.gt(right);
        public static Tensor greater(Tensor tensor, Tensor target) => tensor.greater(target);

        public static Tensor isclose(Tensor tensor, Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false)
            => tensor.isclose(other, rtol, atol, nanEqual);

        public static Tensor isfinite(Tensor tensor) => tensor.isfinite();
        public static Tensor isinf(Tensor tensor) => tensor.isinf();
        public static Tensor isnan(Tensor input) => input.isnan();
        public static Tensor le(Tensor left, Tensor right) => left.le(right);
        public static Tensor less_equal(Tensor tensor, Tensor target) => tensor.less_equal(target);
        public static Tensor lt(Tensor left, Tensor right) => left.lt(right);
        public static Tensor less(Tensor tensor, Tensor target) => tensor.less(target);
        public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
        public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);
        public static Tensor ne(Tensor left, Tensor right) => left.ne(right);
        public static Tensor not_equal(Tensor tensor, Tensor target) => tensor.not_equal(target);

        public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false)
            => input.sort(dim, descending, stable);

        public static (Tensor values, Tensor indices) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true)
            => tensor.topk(k, dim, largest, sorted);

        public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Kernel.Cat(tensors.ToArray(), dim);
        public static Tensor cat(Tensor[] tensors, long dim = 0) => Kernel.Cat(tensors, dim);
        public static Tensor concat(IList<Tensor> tensors, long dim = 0) => Kernel.Cat(tensors.ToArray(), dim);
        public static Tensor concat(Tensor[] tensors, long dim = 0) => Kernel.Cat(tensors, dim);
        public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);
        public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
        public static Tensor hstack(IList<Tensor> tensors) => Kernel.Cat(tensors.ToArray(), tensors[0]._shape.Length > 1 ? 1 : 0);
        public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
        public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
        public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);
        public static Tensor nonzero(Tensor input) => input.nonzero();
        public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);
        public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);
        public static Tensor select(Tensor input, long dim, long index) => input.select(dim, index);
        public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);
        public static Tensor scatter_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_(dim, index, src);
        public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);
        public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) => tensor.split(split_size_or_sections, dim);
        public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Kernel.Compose(() => Kernel.Stack(tensors, dim));
        public static Tensor swapaxes(Tensor input, long axis0, long axis1) => input.swapaxes(axis0, axis1);
        public static Tensor swapdims(Tensor input, long dim0, long dim1) => input.swapdims(dim0, dim1);
        public static Tensor t(Tensor input) => input.t();
        public static Tensor tile(Tensor input, long[] dims) => input.tile(dims);
        public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);
        public static Tensor[] unbind(Tensor input, long dim = 0) => input.unbind(dim);
        public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);
        public static Tensor unsqueeze_(Tensor input, long dim) => input.unsqueeze_(dim);

        public static Tensor vstack(IList<Tensor> tensors)
            => Kernel.Compose(() => Kernel.Cat(tensors.Select(t => t._shape.Length < 2 ? Kernel.Reshape(t, new[] { 1, t.numel() }) : t).ToArray(), 0));

        public static Tensor where(Tensor condition, Tensor x, Tensor y) => Kernel.Compose(() =>
        {
            if (condition.dtype != ScalarType.Bool) throw Kernel.Error($"where expected condition to be a boolean tensor, but got a tensor with dtype {Kernel.NameOf(condition.dtype)}");
            // An infinite or undefined element that is not chosen must not leak into the result.
            var chosen = Kernel.Zip(x, condition, (v, c) => c != 0 ? v : 0, (_, c) => c, (_, _) => 0, dtype: x.dtype);
            var other = Kernel.Zip(y, condition, (v, c) => c != 0 ? 0 : v, (_, c) => 1 - c, (_, _) => 0, dtype: y.dtype);
            return chosen + other;
        });

        public static Tensor addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f)
            => input.addbmm(batch1, batch2, beta, alpha);

        public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);
        public static Tensor addmv(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmv(mat1, mat2, beta, alpha);

        public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f)
            => input.baddbmm(batch1, batch2, beta, alpha);

        public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
        public static Tensor dot(Tensor input, Tensor other) => input.dot(other);
        public static Tensor inner(Tensor input, Tensor vec2) => input.inner(vec2);
        public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);
        public static Tensor mm(Tensor input, Tensor target) => input.mm(target);
        public static Tensor mv(Tensor input, Tensor target) => input.mv(target);
        public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);
        public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
        public static Tensor vdot(Tensor input, Tensor target) => input.vdot(target);
        public static Tensor amax(Tensor input, long[] dims) => input.amax(dims);
        public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);
        public static Tensor prod(Tensor input, ScalarType? type = null) => input.prod(type);
        public static Tensor prod(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.prod(dim, keepdim, type);
        public static Tensor std(Tensor input, bool unbiased = true) => input.std(unbiased);

        public static Tensor std(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => input.std(dimensions, unbiased, keepdim, type);

        public static Tensor std(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => input.std(dimensions, unbiased, keepdim, type);

        public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);
        public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);
        public static Tensor var(Tensor input, bool unbiased = true) => input.var(unbiased);

        public static Tensor var(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => input.var(dimensions, unbiased, keepdim, type);

        public static Tensor var(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => input.var(dimensions, unbiased, keepdim, type);

        public static Tensor count_nonzero(Tensor input, long[]? dims = null) => input.count_nonzero(dims);
        public static Tensor isposinf(Tensor tensor) => tensor.isposinf();
        public static Tensor isneginf(Tensor tensor) => tensor.isneginf();
        public static (Tensor min, Tensor max) aminmax(Tensor input, long? dim = null, bool keepdim = false) => input.aminmax(dim, keepdim);
        public static Tensor bincount(Tensor input, Tensor? weights = null, long minlength = 0) => input.bincount(weights, minlength);
        public static Tensor histc(Tensor input, long bins = 100, long min = 0, long max = 0) => input.histc(bins, min, max);

        public static (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(Tensor input, bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
            => input.unique(sorted, return_inverse, return_counts, dim);

        public static Tensor max(Tensor input) => input.max();
        public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);
        public static Tensor max(Tensor input, Tensor other) => input.max(other);
        public static Tensor mean(Tensor input) => input.mean();
        public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) => input.mean(dimensions, keepdim, type);
        public static Tensor min(Tensor input) => input.min();
        public static (Tensor values, Tensor indexes) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);
        public static Tensor min(Tensor input, Tensor other) => input.min(other);
        public static Tensor norm(Tensor input) => input.norm();
        public static Tensor norm(Tensor input, int dimension, bool keepdim = false, float p = 2f) => input.norm(dimension, keepdim, p);
        public static Tensor norm(Tensor input, float p = 2f) => input.norm(p);
        public static class special
        {
            public static Tensor erf(Tensor input) => input.erf();
            public static Tensor expit(Tensor input) => input.sigmoid();
            public static Tensor expm1(Tensor input) => input.expm1();
            public static Tensor exp2(Tensor input) => input.exp2();
            public static Tensor logit(Tensor input) => input.logit();
            public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);
            public static Tensor sigmoid(Tensor input) => input.sigmoid();
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
        }
    }
}
