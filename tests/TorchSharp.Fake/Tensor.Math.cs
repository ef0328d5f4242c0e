// Arithmetic on tensors.

using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public partial class Tensor
        {
            static Func<double, double, double> Division(RoundingMode mode) => mode switch
            {
                RoundingMode.floor => (a, b) => Math.Floor(a / b),
                RoundingMode.trunc => (a, b) => Math.Truncate(a / b),
                _ => (a, b) => a / b,
            };

            Tensor Sums(long[] dims, bool keepdim, ScalarType? type) => Kernel.Sums(this, dims, keepdim, _ => 1, type ?? (is_floating_point() ? dtype : ScalarType.Int64), "sum");
            static readonly Func<double, double, double> One = (_, _) => 1, MinusOne = (_, _) => -1, Zero = (_, _) => 0, Left = (a, _) => a, Right = (_, b) => b;
            static IEnumerable<int> Order(double[] v, bool descending) => descending ? Enumerable.Range(0, v.Length).OrderByDescending(i => v[i]) : Enumerable.Range(0, v.Length).OrderBy(i => v[i]);
            /// <summary>Puts the gradient of a sorted line back to where its elements came from.</summary>
            static Func<double[], double[], double[], double[]> Unordered(bool descending) => (v, _, g) =>
            {
                var back = new double[v.Length];
                foreach (var (i, k) in Order(v, descending).Take(g.Length).Select((i, k) => (i, k))) back[i] = g[k];
                return back;
            };

            public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
            public static Tensor operator +(Tensor left, Scalar right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(Scalar left, Tensor right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(Tensor left, int right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(Tensor left, long right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(Tensor left, float right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(Tensor left, double right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(int left, Tensor right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(long left, Tensor right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(float left, Tensor right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator +(double left, Tensor right) => Kernel.Zip(left, right, (a, b) => a + b, One, One, true);
            public static Tensor operator *(Tensor left, Tensor right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(Tensor left, Scalar right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);
            public static Tensor operator *(Tensor left, int right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(Tensor left, long right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(Tensor left, float right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(Tensor left, double right) => Kernel.Zip(left, right, (a, b) => a * b, Right, Left, linear: true);
            public static Tensor operator *(int left, Tensor right) => right.mul(left);
            public static Tensor operator *(long left, Tensor right) => right.mul(left);
            public static Tensor operator *(float left, Tensor right) => right.mul(left);
            public static Tensor operator *(double left, Tensor right) => right.mul(left);
            public static Tensor operator -(Tensor left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Tensor left, Scalar right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Scalar left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Tensor left, int right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Tensor left, long right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Tensor left, float right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(Tensor left, double right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(int left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(long left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(float left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator -(double left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b, One, MinusOne, true);
            public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
            public static Tensor operator /(Tensor left, Scalar right) => left.div(right);
            public static Tensor operator /(Scalar left, Tensor right) => Kernel.Zip(left, right, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b), dtype: Kernel.FloatOf(right.dtype));
            public static Tensor operator /(Tensor left, int right) => left.div(right);
            public static Tensor operator /(Tensor left, long right) => left.div(right);
            public static Tensor operator /(Tensor left, float right) => left.div(right);
            public static Tensor operator /(Tensor left, double right) => left.div(right);
            public static Tensor operator /(int left, Tensor right) => Kernel.Zip(left, right, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b), dtype: Kernel.FloatOf(right.dtype));
            public static Tensor operator /(long left, Tensor right) => Kernel.Zip(left, right, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b), dtype: Kernel.FloatOf(right.dtype));
            public static Tensor operator /(float left, Tensor right) => Kernel.Zip(left, right, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b), dtype: Kernel.FloatOf(right.dtype));
            public static Tensor operator /(double left, Tensor right) => Kernel.Zip(left, right, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b), dtype: Kernel.FloatOf(right.dtype));
            public static Tensor operator %(Tensor left, Tensor right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator %(Tensor left, Scalar right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator %(Tensor left, int right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator %(Tensor left, long right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator %(Tensor left, float right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator %(Tensor left, double right) => Kernel.Zip(left, right, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);
            public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);
            public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);
            public static Tensor operator ~(Tensor left) => left.bitwise_not();
            public Tensor matmul(Tensor target) => Kernel.MatMul(this, target);
            public Tensor mm(Tensor target) => Kernel.MatMul(this, target);
            public Tensor mv(Tensor target) => Kernel.MatMul(this, target);
            public Tensor vdot(Tensor target) => Kernel.MatMul(this, target);
            public Tensor dot(Tensor target) => Kernel.MatMul(this, target);
            public Tensor asin() => Kernel.Map(this, Math.Asin, dx: v => 1 / Math.Sqrt(1 - v * v));
            public Tensor asin_() => Assign(() => asin());
            public Tensor acos() => Kernel.Map(this, Math.Acos, dx: v => -1 / Math.Sqrt(1 - v * v));
            public Tensor acos_() => Assign(() => acos());
            public Tensor atan() => Kernel.Map(this, Math.Atan, dx: v => 1 / (1 + v * v));
            public Tensor atan_() => Assign(() => atan());
            public Tensor atan2(Tensor other) => Kernel.Zip(this, other, Math.Atan2, (a, b) => b / (a * a + b * b), (a, b) => -a / (a * a + b * b));
            public Tensor cos() => Kernel.Map(this, Math.Cos, dx: v => -Math.Sin(v));
            public Tensor cos_() => Assign(() => cos());
            public Tensor sin() => Kernel.Map(this, Math.Sin, dx: Math.Cos);
            public Tensor sin_() => Assign(() => sin());
            public Tensor tan() => Kernel.Map(this, Math.Tan, dy: y => 1 + y * y);
            public Tensor tan_() => Assign(() => tan());
            public Tensor sinh() => Kernel.Map(this, Math.Sinh, dx: Math.Cosh);
            public Tensor sinh_() => Assign(() => sinh());
            public Tensor cosh() => Kernel.Map(this, Math.Cosh, dx: Math.Sinh);
            public Tensor cosh_() => Assign(() => cosh());
            public Tensor tanh() => Kernel.Map(this, Math.Tanh, dy: y => 1 - y * y);
            public Tensor tanh_() => Assign(() => tanh());
            public Tensor abs() => Kernel.Map(this, Math.Abs, dx: v => Math.Sign(v), dtype: dtype);
            public Tensor absolute() => Kernel.Map(this, Math.Abs, dx: v => Math.Sign(v), dtype: dtype);
            public Tensor abs_() => Assign(() => abs());
            public Tensor add(Tensor target) => Kernel.Zip(this, target, (a, b) => a + b, One, One, true);
            public Tensor add(Tensor target, Scalar alpha) => Kernel.Zip(this, target, (a, b) => a + alpha.Value * b, One, (_, _) => alpha.Value, true);
            public Tensor add(Scalar scalar) => Kernel.Zip(this, scalar, (a, b) => a + b, One, One, true);
            public Tensor add(Scalar scalar, Scalar alpha) => Kernel.Zip(this, scalar, (a, b) => a + alpha.Value * b, One, (_, _) => alpha.Value, true);
            public Tensor add_(Tensor target) => Assign(() => add(target));
            public Tensor add_(Tensor target, Scalar alpha) => Assign(() => add(target, alpha));
            public Tensor add_(Scalar scalar) => Assign(() => add(scalar));
            public Tensor add_(Scalar scalar, Scalar alpha) => Assign(() => add(scalar, alpha));
            public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) => Kernel.Compose(() => mul(beta).add(batch1.bmm(batch2).sum(0L), alpha));
            public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Kernel.Compose(() => add(tensor1.div(tensor2), value));
            public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Kernel.Compose(() => add(tensor1.div(tensor2)));
            public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Assign(() => addcdiv(tensor1, tensor2, value));
            public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Assign(() => addcdiv(tensor1, tensor2));
            public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Kernel.Compose(() => add(tensor1.mul(tensor2), value));
            public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Assign(() => addcmul(tensor1, tensor2, value));
            public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => Kernel.Compose(() => mul(beta).add(mat1.mm(mat2), alpha));
            public Tensor addmv(Tensor mat, Tensor vec, float beta = 1f, float alpha = 1f) => Kernel.Compose(() => mul(beta).add(mat.mv(vec), alpha));
            public Tensor bitwise_and(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a & (long)b);
            public Tensor bitwise_not() => dtype == ScalarType.Bool ? logical_not() : Kernel.Map(this, v => ~(long)v, slope: 0, dtype: dtype);
            public Tensor bitwise_or(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a | (long)b);
            public Tensor bitwise_xor(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a ^ (long)b);
            public Tensor ceil() => Kernel.Map(this, Math.Ceiling, slope: 0, dtype: dtype);
            public Tensor ceil_() => Assign(() => ceil());

            public Tensor cumsum(long dim, ScalarType? type = null)
                => Kernel.Lines(this, dim, Kernel.Running, (_, _, g) => { Array.Reverse(g); g = Kernel.Running(g); Array.Reverse(g); return g; }, type);

            public Tensor cumprod(long dim, ScalarType? type = null)
                => Kernel.Lines(this, dim, v => { double s = 1; return Array.ConvertAll(v, x => s *= x); }, dtype: type);

            public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
                => Kernel.Zip(this, target, Division(rounding_mode), rounding_mode == RoundingMode.None ? (_, b) => 1 / b : Zero, rounding_mode == RoundingMode.None ? (a, b) => -a / (b * b) : Zero, linear: true, dtype: rounding_mode == RoundingMode.None ? Kernel.FloatOf(Kernel.Promote(dtype, target.dtype)) : null);

            public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
                => Kernel.Zip(this, target, Division(rounding_mode), rounding_mode == RoundingMode.None ? (_, b) => 1 / b : Zero, rounding_mode == RoundingMode.None ? (a, b) => -a / (b * b) : Zero, linear: true, dtype: rounding_mode == RoundingMode.None ? Kernel.FloatOf(Kernel.Promote(dtype, target.dtype)) : null);

            public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
                => Kernel.Zip(this, target, Division(rounding_mode), rounding_mode == RoundingMode.None ? (_, b) => 1 / b : Zero, rounding_mode == RoundingMode.None ? (a, b) => -a / (b * b) : Zero, linear: true, dtype: rounding_mode == RoundingMode.None ? Kernel.FloatOf(Kernel.Promote(this, target)) : null);

            public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
                => Kernel.Zip(this, target, Division(rounding_mode), rounding_mode == RoundingMode.None ? (_, b) => 1 / b : Zero, rounding_mode == RoundingMode.None ? (a, b) => -a / (b * b) : Zero, linear: true, dtype: rounding_mode == RoundingMode.None ? Kernel.FloatOf(Kernel.Promote(this, target)) : null);

            public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Assign(() => div(target, rounding_mode));
            public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Assign(() => divide(target, rounding_mode));
            public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Assign(() => div(target, rounding_mode));
            public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Assign(() => divide(target, rounding_mode));
            public Tensor exp() => Kernel.Map(this, Math.Exp, dy: y => y);
            public Tensor exp_() => Assign(() => exp());
            public Tensor exp2() => Kernel.Map(this, v => Math.Pow(2, v), dy: y => y * Math.Log(2));
            public Tensor exp2_() => Assign(() => exp2());
            public Tensor expm1() => Kernel.Map(this, v => Math.Abs(v) < 1e-5 ? v + v * v / 2 : Math.Exp(v) - 1, dy: y => y + 1);
            public Tensor expm1_() => Assign(() => expm1());
            public Tensor floor() => Kernel.Map(this, Math.Floor, slope: 0, dtype: dtype);
            public Tensor floor_() => Assign(() => floor());
            public Tensor floor_divide(Tensor other) => Kernel.Zip(this, other, (a, b) => Math.Floor(a / b), Zero, Zero, true);
            public Tensor floor_divide(Scalar other) => Kernel.Zip(this, other, (a, b) => Math.Floor(a / b), Zero, Zero, true);
            public Tensor floor_divide_(Tensor other) => Assign(() => floor_divide(other));
            public Tensor floor_divide_(Scalar other) => Assign(() => floor_divide(other));
            public Tensor fmod(Tensor target) => Kernel.Zip(this, target, (a, b) => a % b, One, (a, b) => -Math.Truncate(a / b));
            public Tensor frac() => Kernel.Map(this, v => v - Math.Truncate(v), slope: 1, dtype: dtype);
            public Tensor frac_() => Assign(() => frac());
            public Tensor log() => Kernel.Map(this, Math.Log, dx: v => 1 / v);
            public Tensor log_() => Assign(() => log());
            public Tensor logsumexp(long dim, bool keepdim = false) => Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.LogSumExp, (v, y) => Array.ConvertAll(v, x => Math.Exp(x - y)));
            public Tensor log_softmax(long dim, ScalarType? dtype = null) => Kernel.LogSoftmax(this, dim, dtype);
            public Tensor log10() => Kernel.Map(this, Math.Log10, dx: v => 1 / (v * Math.Log(10)));
            public Tensor log10_() => Assign(() => log10());
            public Tensor log1p() => Kernel.Map(this, v => Math.Abs(v) < 1e-5 ? v - v * v / 2 : Math.Log(1 + v), dx: v => 1 / (1 + v));
            public Tensor log1p_() => Assign(() => log1p());
            public Tensor log2() => Kernel.Map(this, v => Math.Log(v) / Math.Log(2), dx: v => 1 / (v * Math.Log(2)));
            public Tensor log2_() => Assign(() => log2());
            public Tensor logical_and(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a & (long)b);
            public Tensor logical_not() => Kernel.Test(this, v => v == 0);
            public Tensor logical_or(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a | (long)b);
            public Tensor logical_xor(Tensor other) => Kernel.Zip(this, other, (a, b) => (long)a ^ (long)b);
            public Tensor logit(double? eps = null) => Kernel.Map(this, v => Math.Log(v / (1 - v)), dx: v => 1 / (v * (1 - v)));
            public Tensor mul(Tensor target) => Kernel.Zip(this, target, (a, b) => a * b, Right, Left, linear: true);
            public Tensor multiply(Tensor target) => Kernel.Zip(this, target, (a, b) => a * b, Right, Left, linear: true);
            public Tensor mul(Scalar target) => Kernel.Zip(this, target, (a, b) => a * b, Right, Left, linear: true);
            public Tensor multiply(Scalar target) => Kernel.Zip(this, target, (a, b) => a * b, Right, Left, linear: true);
            public Tensor mul_(Tensor target) => Assign(() => mul(target));
            public Tensor mul_(Scalar target) => Assign(() => mul(target));
            public static Tensor operator -(Tensor tensor) => tensor.neg();
            public Tensor neg() => Kernel.Map(this, v => -v, slope: -1, dtype: dtype);
            public Tensor negative() => Kernel.Map(this, v => -v, slope: -1, dtype: dtype);
            public Tensor neg_() => Assign(() => neg());
            public Tensor pow(Tensor exponent) => Kernel.Zip(this, exponent, Math.Pow, (a, b) => b == 0 ? 0 : b * Math.Pow(a, b - 1), (a, b) => a == 0 && b >= 0 ? 0 : Math.Pow(a, b) * Math.Log(a));
            public Tensor pow_(Tensor exponent) => Assign(() => pow(exponent));
            public Tensor pow(Scalar exponent) => Kernel.Zip(this, exponent, Math.Pow, (a, b) => b == 0 ? 0 : b * Math.Pow(a, b - 1), (a, b) => a == 0 && b >= 0 ? 0 : Math.Pow(a, b) * Math.Log(a));
            public Tensor pow_(Scalar exponent) => Assign(() => pow(exponent));
            public Tensor reciprocal() => Kernel.Map(this, v => 1 / v, dy: y => -y * y);
            public Tensor reciprocal_() => Assign(() => reciprocal());
            public Tensor remainder(Tensor target) => Kernel.Zip(this, target, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public Tensor remainder_(Tensor target) => Assign(() => remainder(target));
            public Tensor remainder(Scalar scalar) => Kernel.Zip(this, scalar, (a, b) => a - b * Math.Floor(a / b), One, (a, b) => -Math.Floor(a / b));
            public Tensor remainder_(Scalar scalar) => Assign(() => remainder(scalar));

            public Tensor round(long decimals = 0)
                => Kernel.Map(this, v => Math.Round(v * Math.Pow(10, decimals), MidpointRounding.ToEven) / Math.Pow(10, decimals), slope: 0, dtype: dtype);

            public Tensor round_(long decimals = 0) => Assign(() => round(decimals));
            public Tensor rsqrt() => Kernel.Map(this, v => 1 / Math.Sqrt(v), dy: y => -y * y * y / 2);
            public Tensor rsqrt_() => Assign(() => rsqrt());
            public Tensor square() => Kernel.Map(this, v => v * v, dx: v => 2 * v, dtype: dtype);
            public Tensor sqrt() => Kernel.Map(this, Math.Sqrt, dy: y => 0.5 / y);
            public Tensor sqrt_() => Assign(() => sqrt());
            public Tensor sign() => Kernel.Map(this, v => Math.Sign(v), slope: 0, dtype: dtype);
            public Tensor sign_() => Assign(() => sign());
            public Tensor sub(Tensor target) => Kernel.Zip(this, target, (a, b) => a - b, One, MinusOne, true);
            public Tensor sub(Scalar target) => Kernel.Zip(this, target, (a, b) => a - b, One, MinusOne, true);
            public Tensor subtract(Scalar target) => Kernel.Zip(this, target, (a, b) => a - b, One, MinusOne, true);
            public Tensor subtract(Tensor target) => Kernel.Zip(this, target, (a, b) => a - b, One, MinusOne, true);
            public Tensor subtract_(Scalar target) => Assign(() => subtract(target));
            public Tensor subtract_(Tensor target) => Assign(() => subtract(target));
            public Tensor sub_(Tensor target) => Assign(() => sub(target));
            public Tensor sub_(Scalar target) => Assign(() => sub(target));
            public Tensor trunc() => Kernel.Map(this, Math.Truncate, slope: 0, dtype: dtype);
            public Tensor trunc_() => Assign(() => trunc());
            public Tensor all() => Kernel.Reduce(this, null, false, v => Kernel.Bit(v.All(x => x != 0)), dtype: ScalarType.Bool);

            public Tensor all(long dim, bool keepdim = false)
                => Kernel.Reduce(this, new[] { dim }, keepdim, v => Kernel.Bit(v.All(x => x != 0)), dtype: ScalarType.Bool);

            public Tensor amax(params long[] dims) => Kernel.Reduce(this, dims, false, Kernel.Max, Kernel.ToAll);
            public Tensor amin(params long[] dims) => Kernel.Reduce(this, dims, false, Kernel.Min, Kernel.ToAll);
            public Tensor any() => Kernel.Reduce(this, null, false, v => Kernel.Bit(v.Any(x => x != 0)), dtype: ScalarType.Bool);

            public Tensor any(long dim, bool keepdim = false)
                => Kernel.Reduce(this, new[] { dim }, keepdim, v => Kernel.Bit(v.Any(x => x != 0)), dtype: ScalarType.Bool);

            public Tensor argmax() => Kernel.Reduce(this, null, false, Kernel.ArgMax, dtype: ScalarType.Int64);
            public Tensor argmax(long dim, bool keepdim = false) => Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.ArgMax, dtype: ScalarType.Int64);
            public Tensor argmin() => Kernel.Reduce(this, null, false, Kernel.ArgMin, dtype: ScalarType.Int64);
            public Tensor argmin(long dim, bool keepdim = false) => Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.ArgMin, dtype: ScalarType.Int64);

            public Tensor argsort(long dim = -1, bool descending = false)
                => Kernel.Lines(this, dim, v => Order(v, descending).Select(i => (double)i).ToArray(), dtype: ScalarType.Int64);

            public Tensor count_nonzero(long[]? dims = null) => Kernel.Reduce(this, dims, false, v => v.Count(x => x != 0), dtype: ScalarType.Int64);
            public Tensor positive() => Kernel.Map(this, v => v, slope: 1, dtype: dtype);
            public Tensor softmax(long dim, ScalarType? dtype = null) => Kernel.Softmax(this, dim, dtype);

            public Tensor softplus(double beta = 1, double threshold = 20)
                => Kernel.Map(this, v => v * beta > threshold ? v : Math.Log(1 + Math.Exp(v * beta)) / beta, dx: v => v * beta > threshold ? 1 : Kernel.Sigmoid(v * beta));

            public Tensor relu() => Kernel.Map(this, v => v > 0 || double.IsNaN(v) ? v : 0, dy: y => y <= 0 ? 0 : 1, dtype: dtype);
            public Tensor relu_() => Assign(() => relu());
            public Tensor relu6() => Kernel.Map(this, v => Math.Min(Math.Max(v, 0), 6), dx: v => v > 0 && v < 6 ? 1 : 0, dtype: dtype);
            public Tensor relu6_() => Assign(() => relu6());
            public Tensor celu(Scalar alpha) => Kernel.Map(this, v => Math.Max(0, v) + Math.Min(0, alpha.Value * (Math.Exp(v / alpha.Value) - 1)), dx: v => v > 0 ? 1 : Math.Exp(v / alpha.Value));
            public Tensor celu_(Scalar alpha) => Assign(() => celu(alpha));
            public Tensor elu(double alpha = 1) => Kernel.Map(this, v => v > 0 ? v : alpha * (Math.Exp(v) - 1), dx: v => v > 0 ? 1 : alpha * Math.Exp(v));
            public Tensor elu_(double alpha = 1) => Assign(() => elu(alpha));
            public Tensor gelu() => Kernel.Map(this, v => v * 0.5 * (1 + Kernel.Erf(v / Math.Sqrt(2))), dx: v => 0.5 * (1 + Kernel.Erf(v / Math.Sqrt(2))) + v * Math.Exp(-v * v / 2) / Math.Sqrt(2 * Math.PI));
            public Tensor gelu(GELU.Approximate approximate) => approximate == GELU.Approximate.none ? gelu() : Kernel.Compose(() => mul(0.5).mul(add(pow(3).mul(0.044715)).mul(Math.Sqrt(2 / Math.PI)).tanh().add(1)));
            public Tensor gelu_() => Assign(() => gelu());
            public Tensor gelu_(GELU.Approximate approximate) => Assign(() => gelu(approximate));
            public Tensor hardsigmoid() => Kernel.Map(this, v => Math.Min(Math.Max(v / 6 + 0.5, 0), 1), dx: v => v > -3 && v < 3 ? 1.0 / 6 : 0);
            public Tensor hardsigmoid_() => Assign(() => hardsigmoid());
            public Tensor hardswish() => Kernel.Map(this, v => v * Math.Min(Math.Max(v + 3, 0), 6) / 6, dx: v => v < -3 ? 0 : v <= 3 ? v / 3 + 0.5 : 1);
            public Tensor hardswish_() => Assign(() => hardswish());

            public Tensor isclose(Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false)
                => Kernel.Compare(this, other, (a, b) => a == b || Math.Abs(a - b) <= atol + rtol * Math.Abs(b) || nanEqual && double.IsNaN(a) && double.IsNaN(b));

            public Tensor isinf() => Kernel.Test(this, v => double.IsInfinity(v));
            public Tensor isfinite() => Kernel.Test(this, v => !double.IsNaN(v) && !double.IsInfinity(v));
            public Tensor isposinf() => Kernel.Test(this, double.IsPositiveInfinity);
            public Tensor isneginf() => Kernel.Test(this, double.IsNegativeInfinity);

            public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false)
                => (Kernel.Reduce(this, dim is { } d ? new[] { d } : null, keepdim, Kernel.Min, Kernel.ToAll), Kernel.Reduce(this, dim is { } e ? new[] { e } : null, keepdim, Kernel.Max, Kernel.ToAll));

            public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => (std(unbiased), mean());

            public Tensor bincount(Tensor? weights, long minlength = 0)
            {
                if (_shape.Length != 1 || Kernel.IsFloat(dtype) || Read().Any(v => v < 0)) throw Kernel.Error("bincount only supports 1-d non-negative integral inputs.");
                var counts = new double[Math.Max(minlength, (long)Read().DefaultIfEmpty(-1).Max() + 1)];
                for (var i = 0; i < numel(); i++) counts[(long)At(i)] += weights?.At(i) ?? 1;
                return Kernel.Make(new long[] { counts.Length }, weights is null ? ScalarType.Int64 : ScalarType.Float64, device, counts);
            }

            public Tensor histc(long bins = 100, long min = 0, long max = 0)
            {
                var (low, high) = min == 0 && max == 0 ? (Kernel.Min(Read()), Kernel.Max(Read())) : (min, (double)max);
                if (low == high) (low, high) = (low - 1, high + 1);
                var counts = new double[bins];
                foreach (var v in Read())
                    if (v >= low && v <= high) counts[Math.Min((long)((v - low) / (high - low) * bins), bins - 1)]++;
                return Kernel.Make(new[] { bins }, dtype, device, counts);
            }

            public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
            {
                if (dim is not null) throw new NotSupportedException("The stand-in for TorchSharp has no unique() along a dimension.");
                var groups = Read().GroupBy(v => v).OrderBy(g => g.Key).ToArray();
                var place = groups.Select((g, i) => (g.Key, i)).ToDictionary(p => p.Key, p => (double)p.i);
                return (Kernel.Make(new long[] { groups.Length }, dtype, device, Array.ConvertAll(groups, g => g.Key)),
                    return_inverse ? Kernel.Make(_shape, ScalarType.Int64, device, Array.ConvertAll(Read(), v => place[v])) : null,
                    return_counts ? Kernel.Make(new long[] { groups.Length }, ScalarType.Int64, device, Array.ConvertAll(groups, g => (double)g.Count())) : null);
            }

            public Tensor isnan() => Kernel.Test(this, v => double.IsNaN(v));
            public Tensor leaky_relu(Scalar negative_slope) => Kernel.Map(this, v => v > 0 ? v : v * negative_slope.Value, dx: v => v > 0 ? 1 : negative_slope.Value);
            public Tensor leaky_relu_(Scalar negative_slope) => Assign(() => leaky_relu(negative_slope));
            public Tensor selu() => Kernel.Map(this, v => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * (Math.Exp(v) - 1)), dx: v => 1.0507009873554805 * (v > 0 ? 1 : 1.6732632423543772 * Math.Exp(v)));
            public Tensor selu_() => Assign(() => selu());
            public Tensor silu() => Kernel.Map(this, v => v / (1 + Math.Exp(-v)), dx: v => Kernel.Sigmoid(v) * (1 + v * (1 - Kernel.Sigmoid(v))));
            public Tensor silu_() => Assign(() => silu());
            public Tensor log_sigmoid() => Kernel.Map(this, v => Math.Min(v, 0) - Math.Log(1 + Math.Exp(-Math.Abs(v))), dx: v => Kernel.Sigmoid(-v));
            public Tensor lerp(Tensor end, Tensor weight) => Kernel.Compose(() => add(end.sub(this).mul(weight)));
            public Tensor lerp_(Tensor end, Tensor weight) => Assign(() => lerp(end, weight));
            public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) => Kernel.Compose(() => mul(beta).add(batch1.bmm(batch2), alpha));
            public Tensor bmm(Tensor batch2) => Kernel.MatMul(this, batch2);

            public Tensor clamp(Scalar? min = null, Scalar? max = null)
                => Kernel.Map(this, v => Math.Max(min?.Value ?? double.NegativeInfinity, Math.Min(max?.Value ?? double.PositiveInfinity, v)), dx: v => v >= (min?.Value ?? double.NegativeInfinity) && v <= (max?.Value ?? double.PositiveInfinity) ? 1 : 0, dtype: dtype);

            public Tensor clamp(Tensor? min = null, Tensor? max = null) => Kernel.Compose(() => { var t = min is null ? this : maximum(min); return max is null ? t : t.minimum(max); });

            public Tensor clip(Scalar? min = null, Scalar? max = null)
                => Kernel.Map(this, v => Math.Max(min?.Value ?? double.NegativeInfinity, Math.Min(max?.Value ?? double.PositiveInfinity, v)), dx: v => v >= (min?.Value ?? double.NegativeInfinity) && v <= (max?.Value ?? double.PositiveInfinity) ? 1 : 0, dtype: dtype);

            public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Assign(() => clamp(min, max));
            public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Assign(() => clamp(min, max));
            public Tensor clamp_max(Scalar max) => clamp(null, max);
            public Tensor clamp_max_(Scalar max) => Assign(() => clamp_max(max));
            public Tensor clamp_min(Scalar min) => clamp(min, null);
            public Tensor clamp_min_(Scalar min) => Assign(() => clamp_min(min));
            public Tensor erf() => Kernel.Map(this, Kernel.Erf, dx: v => 2 / Math.Sqrt(Math.PI) * Math.Exp(-v * v));
            public Tensor erf_() => Assign(() => erf());
            public Tensor eq(Tensor target) => Kernel.Compare(this, target, (a, b) => a == b);
            public Tensor equal(Tensor target) => Kernel.Compose(() => eq(target).all());
            public Tensor eq(Scalar target) => Kernel.Compare(this, target, (a, b) => a == b);

            public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false)
                => Kernel.Compose<Tensor>(() => isclose(target, rtol, atol, equal_nan).all()).ToScalar().Value != 0;

            public Tensor ge(Tensor target) => Kernel.Compare(this, target, (a, b) => a >= b);
            public Tensor greater_equal(Tensor target) => Kernel.Compare(this, target, (a, b) => a >= b);
            public Tensor ge(Scalar target) => Kernel.Compare(this, target, (a, b) => a >= b);
            public Tensor gt(Tensor target) => Kernel.Compare(this, target, (a, b) => a > b);
            public Tensor greater(Tensor target) => Kernel.Compare(this, target, (a, b) => a > b);
            public Tensor gt(Scalar target) => Kernel.Compare(this, target, (a, b) => a > b);
            public Tensor le(Tensor target) => Kernel.Compare(this, target, (a, b) => a <= b);
            public Tensor less_equal(Tensor target) => Kernel.Compare(this, target, (a, b) => a <= b);
            public Tensor le(Scalar target) => Kernel.Compare(this, target, (a, b) => a <= b);
            public Tensor lt(Tensor target) => Kernel.Compare(this, target, (a, b) => a < b);
            public Tensor less(Tensor target) => Kernel.Compare(this, target, (a, b) => a < b);
            public Tensor lt(Scalar target) => Kernel.Compare(this, target, (a, b) => a < b);

            public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
                => (Kernel.Lines(this, dim, v => Order(v, largest).Take(k).Select(i => v[i]).ToArray(), Unordered(largest), null, k), Kernel.Lines(this, dim, v => Order(v, largest).Take(k).Select(i => (double)i).ToArray(), null, ScalarType.Int64, k));

            public Tensor max() => Kernel.Reduce(this, null, false, Kernel.Max, Kernel.ToAll);
            public Tensor maximum(Tensor other) => Kernel.Zip(this, other, Math.Max, (a, b) => a > b ? 1 : a == b ? 0.5 : 0, (a, b) => b > a ? 1 : a == b ? 0.5 : 0);
            public Tensor max(Tensor other) => maximum(other);

            public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
                => (Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.Max, Kernel.ToFirst), argmax(dim, keepdim));

            public Tensor mean() => mean(null, false, null);

            public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
            {
                if (!Kernel.IsFloat(type ?? dtype)) throw Kernel.Error("mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype.");
                return Kernel.Sums(this, dimensions, keepdim, n => 1.0 / n, type);
            }

            public Tensor median() => Kernel.Reduce(this, null, false, v => v.OrderBy(x => x).ElementAt((v.Length - 1) / 2), Kernel.ToFirst);
            public Tensor min() => Kernel.Reduce(this, null, false, Kernel.Min, Kernel.ToAll);
            public Tensor min(Tensor other) => minimum(other);
            public Tensor minimum(Tensor other) => Kernel.Zip(this, other, Math.Min, (a, b) => a < b ? 1 : a == b ? 0.5 : 0, (a, b) => b < a ? 1 : a == b ? 0.5 : 0);

            public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
                => (Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.Min, Kernel.ToFirst), argmin(dim, keepdim));

            public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
                => (Kernel.Lines(this, dim, v => Order(v, descending).Select(i => v[i]).ToArray(), Unordered(descending)), argsort(dim, descending));

            public Tensor ne(Tensor target) => Kernel.Compare(this, target, (a, b) => a != b);
            public Tensor not_equal(Tensor target) => Kernel.Compare(this, target, (a, b) => a != b);
            public Tensor ne(Scalar target) => Kernel.Compare(this, target, (a, b) => a != b);
            public Tensor norm(float p = 2f) => Kernel.Reduce(this, null, false, v => Kernel.Norm(v, p), (v, y) => Kernel.NormSlopes(v, y, p));
            public Tensor norm(int dim, bool keepdim = false, float p = 2f) => Kernel.Reduce(this, new long[] { dim }, keepdim, v => Kernel.Norm(v, p), (v, y) => Kernel.NormSlopes(v, y, p));
            public Tensor outer(Tensor vec2) => Kernel.Compose(() => Kernel.Reshape(this, new[] { numel(), 1 }).mul(vec2));
            public Tensor inner(Tensor vec2) => Kernel.MatMul(this, vec2);
            public Tensor sigmoid() => Kernel.Map(this, Kernel.Sigmoid, dy: y => y * (1 - y));
            public Tensor sigmoid_() => Assign(() => sigmoid());
            public Tensor std(bool unbiased = true) => Kernel.Reduce(this, null, false, v => Math.Sqrt(Kernel.Var(v, unbiased)), (v, y) => Kernel.VarSlopes(v, unbiased, 2 * y));
            public Tensor var(bool unbiased = true) => Kernel.Reduce(this, null, false, v => Kernel.Var(v, unbiased), (v, _) => Kernel.VarSlopes(v, unbiased, 1));

            public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
                => Kernel.Reduce(this, dimensions, keepdim, v => Math.Sqrt(Kernel.Var(v, unbiased)), (v, y) => Kernel.VarSlopes(v, unbiased, 2 * y), type);

            public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
                => Kernel.Reduce(this, dimensions, keepdim, v => Kernel.Var(v, unbiased), (v, _) => Kernel.VarSlopes(v, unbiased, 1), type);

            public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
                => Kernel.Reduce(this, new[] { dim }, keepdim, v => Math.Sqrt(Kernel.Var(v, unbiased)), (v, y) => Kernel.VarSlopes(v, unbiased, 2 * y), type);

            public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
                => Kernel.Reduce(this, new[] { dim }, keepdim, v => Kernel.Var(v, unbiased), (v, _) => Kernel.VarSlopes(v, unbiased, 1), type);

            public Tensor prod(ScalarType? type = null) => Kernel.Reduce(this, null, false, Kernel.Product, Kernel.ProductSlopes, type);

            public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null)
                => Kernel.Reduce(this, new[] { dim }, keepdim, Kernel.Product, Kernel.ProductSlopes, type);

            public Tensor sum(ScalarType? type = null) => Sums(null, false, type);
            public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Sums(dim, keepdim, type);
            public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Sums(new[] { dim }, keepdim, type);
            public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => Sums(new[] { dim0, dim1 }, keepdim, type);
            public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => Sums(new[] { dim0, dim1, dim2 }, keepdim, type);

            public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null)
                => Kernel.Map(this, v => double.IsNaN(v) ? nan : double.IsPositiveInfinity(v) ? posinf ?? float.MaxValue : double.IsNegativeInfinity(v) ? neginf ?? -float.MaxValue : v, dx: v => double.IsNaN(v) || double.IsInfinity(v) ? 0 : 1, dtype: dtype);

            public static Tensor operator ==(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a == b);
            public static Tensor operator ==(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a == b);
            public static Tensor operator ==(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a == b);
            public static Tensor operator !=(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a != b);
            public static Tensor operator !=(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a != b);
            public static Tensor operator !=(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a != b);
            public static Tensor operator <(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a < b);
            public static Tensor operator <(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a < b);
            public static Tensor operator <(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a < b);
            public static Tensor operator <=(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a <= b);
            public static Tensor operator <=(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a <= b);
            public static Tensor operator <=(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a <= b);
            public static Tensor operator >(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a > b);
            public static Tensor operator >(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a > b);
            public static Tensor operator >(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a > b);
            public static Tensor operator >=(Tensor left, Tensor right) => Kernel.Compare(left, right, (a, b) => a >= b);
            public static Tensor operator >=(Tensor left, Scalar right) => Kernel.Compare(left, right, (a, b) => a >= b);
            public static Tensor operator >=(Scalar left, Tensor right) => Kernel.Compare(left, right, (a, b) => a >= b);
        }
    }
}
