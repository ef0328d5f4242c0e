// The summary writer, which writes no file and remembers scalars.

using System.Collections.Generic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Utils.tensorboard.Enums
{
    public enum HistogramBinSelector : byte
    {
        Doane = 0,
        Rice = 1,
        Scott = 2,
        Sqrt = 3,
        Stone = 4,
        Sturges = 5,
        Tensorflow = 6,
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class utils
        {
            public static class tensorboard
            {
                public static SummaryWriter SummaryWriter(string log_dir = null, string filename_suffix = null, bool createRunName = false)
                    => new SummaryWriter(log_dir, filename_suffix, createRunName);
            }
        }
    }
}

namespace TorchSharp.Modules
{
    public class SummaryWriter
    {
        internal SummaryWriter(string log_dir = null, string filename_suffix = null, bool createRunName = false) => LogDir = log_dir ?? "runs";
        public string LogDir { get; }
        internal List<(string tag, float value, int step)> Scalars { get; } = new();
        public void add_scalar(string tag, float scalar_value, int global_step, long? walltime = null) => Scalars.Add((tag, scalar_value, global_step));
        public void add_scalars(string main_tag, IDictionary<string, float> tag_scalar_dict, int global_step, long? walltime = null) { }
        public void add_scalars(string main_tag, IList<(string, float)> tag_scalar_dict, int global_step, long? walltime = null) { }
        public void add_histogram(string tag, Tensor values, int global_step, Utils.tensorboard.Enums.HistogramBinSelector bins = Utils.tensorboard.Enums.HistogramBinSelector.Tensorflow, long? walltime = null, long? max_bins = null) { }
        public void add_img(string tag, Tensor img_tensor, int global_step, long? walltime = null, string dataformats = "CHW") { }
        public void add_img(string tag, string file_name, int global_step, long? walltime = null) { }
        public void add_video(string tag, Tensor vid_tensor, int global_step, int fps = 4, long? walltime = null) { }
        public void add_text(string tag, string text_string, int global_step, long? walltime = null) { }
    }
}
