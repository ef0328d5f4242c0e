// Transforms and data sets of torchvision, which the library keeps in an assembly of its own.

using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torchvision
    {
        public interface ITransform : nn.IModule<Tensor, Tensor>
        {
        }

        sealed class Transform : ITransform
        {
            readonly Func<Tensor, Tensor> apply;

            internal Transform(Func<Tensor, Tensor> apply) => this.apply = apply;

            public Tensor call(Tensor input) => apply(input);
        }

        public static partial class transforms
        {
            public static ITransform Compose(params ITransform[] transforms) => new Transform(x => transforms.Aggregate(x, (t, next) => next.call(t)));
            public static ITransform ConvertImageDtype(ScalarType dtype) => new Transform(x => x.to(dtype) / 255);
            public static ITransform Normalize(double[] means, double[] stdevs, ScalarType dtype = ScalarType.Float32, Device? device = null) => new Transform(x => (x - means[0]) / stdevs[0]);
            public static ITransform Resize(int size) => new Transform(x => x);
            public static ITransform CenterCrop(int size) => new Transform(x => x);
            public static ITransform ColorJitter(float brightness = 0, float contrast = 0, float saturation = 0, float hue = 0) => new Transform(x => x);
            public static ITransform RandomHorizontalFlip(double p = 0.5) => new Transform(x => x);
            public static ITransform RandomResizedCrop(int height, int width, double scaleMin = 0.08, double scaleMax = 1, double ratioMin = 0.75, double ratioMax = 1.3333333333333) => new Transform(x => x);
            public static ITransform RandomApply(ITransform[] transforms, double p = 0.5) => Compose(transforms);
            public static ITransform Randomize(ITransform transform, double p = 0.1) => transform;
        }

        public static partial class io
        {
            public enum ImageReadMode
            {
                UNCHANGED = 0,
                GRAY = 1,
                GRAY_ALPHA = 2,
                RGB = 3,
                RGB_ALPHA = 4,
            }

            public abstract class Imager
            {
                public abstract Tensor DecodeImage(byte[] data, ImageReadMode mode = ImageReadMode.UNCHANGED);
            }

            public static Tensor read_image(string filename, ImageReadMode mode = ImageReadMode.UNCHANGED, Imager imager = null) => torch.zeros(3, 28, 28, dtype: ScalarType.Byte);
        }

        public static partial class datasets
        {
            sealed class Images : utils.data.Dataset
            {
                readonly ITransform transform;

                internal Images(ITransform transform) => this.transform = transform;

                public override long Count => 16;

                public override Dictionary<string, Tensor> GetTensor(long index)
                {
                    var image = torch.zeros(1, 28, 28);
                    return new() { ["data"] = transform is null ? image : transform.call(image), ["label"] = torch.tensor(index % 10) };
                }
            }

            public static utils.data.Dataset MNIST(string root, bool train, bool download = false, ITransform target_transform = null) => new Images(target_transform);
            public static utils.data.Dataset FashionMNIST(string root, bool train, bool download = false, ITransform target_transform = null) => new Images(target_transform);
            public static utils.data.Dataset CIFAR10(string root, bool train, bool download = false, ITransform target_transform = null) => new Images(target_transform);
        }
    }
}
