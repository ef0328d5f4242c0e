#if NETSTANDARD2_0
namespace System.Runtime.CompilerServices
{
    /// <summary>What the compiler needs for `init`.</summary>
    internal static class IsExternalInit;
}
#endif
