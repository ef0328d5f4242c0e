// Tensors compare by value, as the library's do. Who wants to know whether two are one and the same asks here.

using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace TorchSharp
{
    internal sealed class SameObject : IEqualityComparer<object>
    {
        internal static readonly SameObject Comparer = new();
        bool IEqualityComparer<object>.Equals(object x, object y) => ReferenceEquals(x, y);
        int IEqualityComparer<object>.GetHashCode(object obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
