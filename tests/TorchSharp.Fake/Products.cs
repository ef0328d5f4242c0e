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
            if (n > 1 && (long)n * m * p > WorthThreads) Parallel.For(0, n, Row);
            else for (var i = 0; i < n; i++) Row(i);

            unsafe void Row(int i)
            {
                fixed (double* x = a, y = b, z = c)
                {
                    double* row = x + fromA + (long)i * m, sum = z + fromC + (long)i * p;
                    var k = 0;
                    for (; k + 3 < m; k += 4)
                    {
                        double x0 = row[k], x1 = row[k + 1], x2 = row[k + 2], x3 = row[k + 3];
                        double* y0 = y + fromB + (long)k * p, y1 = y0 + p, y2 = y1 + p, y3 = y2 + p;
                        for (var j = 0; j < p; j++) sum[j] += x0 * y0[j] + x1 * y1[j] + (x2 * y2[j] + x3 * y3[j]);
                    }
                    for (; k < m; k++)
                    {
                        var x0 = row[k];
                        var y0 = y + fromB + (long)k * p;
                        for (var j = 0; j < p; j++) sum[j] += x0 * y0[j];
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
