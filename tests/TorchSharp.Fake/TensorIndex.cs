// What may stand between the brackets of a tensor.

namespace TorchSharp
{
    public static partial class torch
    {
        public struct TensorIndex
        {
            internal enum Kinds { None, Single, Slice, Ellipsis, Bool, By }
            internal Kinds Kind;
            internal long? First, Last, Step;
            internal bool Flag;
            internal Tensor By;

            public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null)
                => new TensorIndex { Kind = Kinds.Slice, First = start, Last = stop, Step = step };

            public static TensorIndex Slice((int? start, int? end) range) => new TensorIndex { Kind = Kinds.Slice, First = range.start, Last = range.end };
            public static TensorIndex Bool(bool value) => new TensorIndex { Kind = Kinds.Bool, Flag = value };
            public static TensorIndex Single(long? index) => new TensorIndex { Kind = Kinds.Single, First = index };
            public static TensorIndex Tensor(Tensor tensor) => new TensorIndex { Kind = Kinds.By, By = tensor };
            public static TensorIndex Ellipsis= new TensorIndex { Kind = Kinds.Ellipsis };
            public static TensorIndex None= new TensorIndex { Kind = Kinds.None };
            public static TensorIndex Null= new TensorIndex { Kind = Kinds.None };
            public static TensorIndex Colon= new TensorIndex { Kind = Kinds.Slice };
            public static implicit operator TensorIndex(long value) => Single(value);
            public static implicit operator Tensor(TensorIndex value) => value.By;
            public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        }
    }
}
