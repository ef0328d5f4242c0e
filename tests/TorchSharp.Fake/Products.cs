// Matrix products.

using System.Threading.Tasks;

namespace TorchSharp
{
    internal static class Products
    {
        /// <summary>Below this many multiplications a second thread costs more than it brings.</summary>
        const long WorthThreads = 1 << 18;

        /// <summary>c += a·b with a of n rows and m columns, b of m rows and p columns, all in row order from the given offsets.</summary>
        internal static void AddProduct(double[] a, int fromA, double[] b, int fromB, double[] c, int fromC, int n, int m, int p)
        {
            var pairs = (n + 1) / 2;
            if (pairs > 1 && (long)n * m * p > WorthThreads) Parallel.For(0, pairs, Pair);
            else for (var i = 0; i < pairs; i++) Pair(i);

            // Two rows and four columns of a at a time: each element of b that is loaded serves twice.
            unsafe void Pair(int i)
            {
                fixed (double* x = a, y = b, z = c)
                {
                    var both = 2 * i + 1 < n;
                    double* r = x + fromA + 2L * i * m, s = both ? r + m : r, sum = z + fromC + 2L * i * p, other = sum + p;
                    for (var k = 0; k < m; k += 4)
                    {
                        var left = m - k;
                        double r0 = r[k], r1 = left > 1 ? r[k + 1] : 0, r2 = left > 2 ? r[k + 2] : 0, r3 = left > 3 ? r[k + 3] : 0;
                        double s0 = s[k], s1 = left > 1 ? s[k + 1] : 0, s2 = left > 2 ? s[k + 2] : 0, s3 = left > 3 ? s[k + 3] : 0;
                        double* y0 = y + fromB + (long)k * p, y1 = left > 1 ? y0 + p : y0, y2 = left > 2 ? y1 + p : y0, y3 = left > 3 ? y2 + p : y0;
                        if (both)
                            for (var j = 0; j < p; j++)
                            {
                                double v0 = y0[j], v1 = y1[j], v2 = y2[j], v3 = y3[j];
                                sum[j] += r0 * v0 + r1 * v1 + (r2 * v2 + r3 * v3);
                                other[j] += s0 * v0 + s1 * v1 + (s2 * v2 + s3 * v3);
                            }
                        else
                            for (var j = 0; j < p; j++) sum[j] += r0 * y0[j] + r1 * y1[j] + (r2 * y2[j] + r3 * y3[j]);
                    }
                }
            }
        }

        internal static double[] Transpose(double[] a, int from, int rows, int columns)
        {
            var t = new double[rows * columns];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++) t[j * rows + i] = a[from + i * columns + j];
            return t;
        }
    }
}
