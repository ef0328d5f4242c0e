using TorchSharp;
using Wardrobe.Data;
using Wardrobe.Experiments;
using Wardrobe.Models;
using Wardrobe.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.utils.data;

var command = args.Length > 0 ? args[0] : "train";
var folder = args.Length > 1 ? args[1] : "data";
var device = cuda.is_available() ? CUDA : CPU;
Report.Circumstances(folder);
manual_seed(20);

using var trainLoader = DataLoader(new FashionDataset(folder, "train"), 128, device: device);
using var testLoader = DataLoader(new FashionDataset(folder, "t10k"), 512, device: device);

switch (command)
{
    case "baseline":
        Baseline.Run(trainLoader, testLoader, device);
        break;
    case "search":
        LearningRateSearch.Run(trainLoader, testLoader, device);
        break;
    case "pretrain":
        Pretraining.Run(trainLoader, testLoader, device);
        break;
    case "finetune":
        FineTuning.Run(trainLoader, testLoader, device);
        break;
    case "distill":
        Distillation.Run(trainLoader, testLoader, device);
        break;
    case "train":
        using (var model = new ConvNet(FashionDataset.Classes.Length))
        {
            model.to(device);
            var trainer = new Trainer(model, trainLoader, testLoader, epochs: FashionDataset.IsIn(folder) ? 20 : 4);
            trainer.Fit();
            Report.Print(model, testLoader);
        }

        break;
    default:
        Console.Error.WriteLine($"Unknown command '{command}': train, baseline, search, pretrain, finetune or distill.");
        return 1;
}

return 0;
