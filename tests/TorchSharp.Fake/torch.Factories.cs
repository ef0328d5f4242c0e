// Making tensors.

using System;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public static partial class torch
    {
        public static void save(Tensor t, string location) => t.save(location);
        public static Tensor load(string location) => Tensor.Load(location);

        public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Rng.Gauss(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad, null);

        public static Tensor randint_like(Tensor input, long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Rng.Integers(low, high, input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad, null);

        public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Rng.Uniform(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad, null);

        public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
            => Rng.Permutation(n, dtype, device, requires_grad, generator);

        public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Steps(start, stop, step, dtype, device, requires_grad);

        public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Steps(start, stop, 1, dtype, device, requires_grad);

        public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Steps(0, stop, 1, dtype, device, requires_grad);

        public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        {
            var n = columns < 0 ? rows : columns;
            var t = zeros(rows, n, dtype, device);
            for (long i = 0; i < Math.Min(rows, n); i++) t.Materialize()[i * n + i] = 1;
            return t.requires_grad_(requires_grad);
        }

        public static Tensor from_array(Array rawArray, Device? device = null) => Elements.Make(rawArray, null, null, device, false);

        public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Make(Enumerable.Range(0, (int)steps).Select(i => steps == 1 ? start : start + i * (end - start) / (steps - 1)).ToArray(), null, dtype ?? Defaults.Dtype, device, requires_grad);

        public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) => Elements.Make(scalar, null, device, requires_grad);

        public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<int> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<int> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(int[] rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(int[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(int[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(int[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) => data.to(dtype ?? data.dtype, device ?? data.device);

        public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Make(scalar, dtype, device, requires_grad);

        public static Tensor tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<double> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<double> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<double> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(double[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(double[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(double[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(short scalar, Device? device = null, bool requires_grad = false) => Elements.Make(scalar, null, device, requires_grad);

        public static Tensor tensor(short[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<short> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<short> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<short> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<short> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(short[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(short[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(short[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) => Elements.Make(scalar, null, device, requires_grad);

        public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<byte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<byte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<byte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(byte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(byte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Make(scalar, dtype, device, requires_grad);

        public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(size, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(int size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(int rows, int columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(int dim0, int dim1, int dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full(int dim0, int dim1, int dim2, int dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, value, dtype ?? Elements.TypeOf(value), device, requires_grad);

        public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(input.shape, value, dtype ?? input.dtype, device ?? input.device, requires_grad);

        public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
            => Elements.Make(scalar, dtype, device, requires_grad);

        public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(dataArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<long> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<long> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<long> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(long[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(long[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(long[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(low, high, size.Shape, dtype, device, requires_grad, generator);

        public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(0, high, size.Shape, dtype, device, requires_grad, generator);

        public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(0, high, size, dtype, device, requires_grad, generator);

        public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(low, high, size, dtype, device, requires_grad, generator);

        public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(low, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator);

        public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Integers(0, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator);

        public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(size, dtype, device, requires_grad, generator);

        public static Tensor rand(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { size }, dtype, device, requires_grad, generator);

        public static Tensor rand(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { rows, columns }, dtype, device, requires_grad, generator);

        public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator);

        public static Tensor rand(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator);

        public static Tensor rand(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { size }, dtype, device, requires_grad, generator);

        public static Tensor rand(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { rows, columns }, dtype, device, requires_grad, generator);

        public static Tensor rand(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator);

        public static Tensor rand(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Uniform(new long[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator);

        public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(size, dtype, device, requires_grad, generator);

        public static Tensor randn(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { size }, dtype, device, requires_grad, generator);

        public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { rows, columns }, dtype, device, requires_grad, generator);

        public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator);

        public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator);

        public static Tensor randn(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { size }, dtype, device, requires_grad, generator);

        public static Tensor randn(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { rows, columns }, dtype, device, requires_grad, generator);

        public static Tensor randn(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator);

        public static Tensor randn(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
            => Rng.Gauss(new long[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator);

        public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(size, 0, dtype, device, requires_grad);

        public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 0, dtype, device, requires_grad);

        public static Tensor empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 0, dtype, device, requires_grad);

        public static Tensor empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 0, dtype, device, requires_grad);

        public static Tensor empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 0, dtype, device, requires_grad);

        public static Tensor empty(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 0, dtype, device, requires_grad);

        public static Tensor empty(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 0, dtype, device, requires_grad);

        public static Tensor empty(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 0, dtype, device, requires_grad);

        public static Tensor empty(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 0, dtype, device, requires_grad);

        public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(input.shape, 0, dtype ?? input.dtype, device ?? input.device, requires_grad);

        public static Tensor tensor(sbyte scalar, Device? device = null, bool requires_grad = false) => Elements.Make(scalar, null, device, requires_grad);

        public static Tensor tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<sbyte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<sbyte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<sbyte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(sbyte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(sbyte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(sbyte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(size, 0, dtype, device, requires_grad);

        public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 0, dtype, device, requires_grad);

        public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 0, dtype, device, requires_grad);

        public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 0, dtype, device, requires_grad);

        public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 0, dtype, device, requires_grad);

        public static Tensor zeros(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 0, dtype, device, requires_grad);

        public static Tensor zeros(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 0, dtype, device, requires_grad);

        public static Tensor zeros(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 0, dtype, device, requires_grad);

        public static Tensor zeros(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 0, dtype, device, requires_grad);

        public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(input.shape, 0, dtype ?? input.dtype, device ?? input.device, requires_grad);

        public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) => Elements.Make(scalar, null, device, requires_grad);

        public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(IList<float> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { rows, columns }, dtype, device, requires_grad);

        public static Tensor tensor(IList<float> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2 }, dtype, device, requires_grad);

        public static Tensor tensor(IList<float> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad);

        public static Tensor tensor(float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(float[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor tensor(float[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Make(rawArray, null, dtype, device, requires_grad);

        public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(size, 1, dtype, device, requires_grad);

        public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 1, dtype, device, requires_grad);

        public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 1, dtype, device, requires_grad);

        public static Tensor ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 1, dtype, device, requires_grad);

        public static Tensor ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 1, dtype, device, requires_grad);

        public static Tensor ones(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { size }, 1, dtype, device, requires_grad);

        public static Tensor ones(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { rows, columns }, 1, dtype, device, requires_grad);

        public static Tensor ones(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2 }, 1, dtype, device, requires_grad);

        public static Tensor ones(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(new long[] { dim0, dim1, dim2, dim3 }, 1, dtype, device, requires_grad);

        public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
            => Elements.Full(input.shape, 1, dtype ?? input.dtype, device ?? input.device, requires_grad);
    }
}
