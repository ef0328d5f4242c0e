using System.Collections.Immutable;

namespace TrainLint.Analyzers.Evidence;

/// <summary>One point of the checklist for a training loop.</summary>
/// <param name="Key">Its name; the texts of the report go by it.</param>
/// <param name="Section">The section that it belongs to.</param>
/// <param name="Companion">The call of the runtime companion that sees it in a run; null where a run tells no more than the code.</param>
/// <param name="Rules">The rules that find it broken.</param>
internal sealed record ChecklistPoint(string Key, Section Section, string? Companion, ImmutableArray<string> Rules);

/// <summary>The points of the checklist, in its order. Every rule about training belongs to exactly one.</summary>
internal static class Checklist
{
    private const string Watch = "TrainGuard.Watch";
    private const string Batch = "TrainGuard.Batch";
    private const string Loss = "TrainGuard.Loss";
    private const string Step = "TrainGuard.Step";
    private const string Validation = "TrainGuard.Validation";
    private const string Placement = "TrainGuard.CheckPlacement";

    public static ImmutableArray<ChecklistPoint> Points { get; } =
    [
        Point("rate.size", Section.LearningRate, Step, "TL0101", "TL0102", "TL0107"),
        Point("rate.schedule", Section.LearningRate, Step, "TL0103", "TL0104", "TL0105", "TL0106"),
        Point("data.scale", Section.Data, Batch, "TL0201", "TL0202"),
        Point("data.transforms", Section.Data, null, "TL0203", "TL0204"),
        Point("data.separate", Section.Data, null, "TL0205"),
        Point("data.classes", Section.Data, Batch, "TL0206"),
        Point("data.batch", Section.Data, Batch, "TL0207", "TL0208"),
        Point("model.registered", Section.Model, Watch, "TL0301", "TL0302", "TL0303", "TL0304", "TL0314", "TL0315", "TL0316", "TL0317", "TL0318"),
        Point("model.sizes", Section.Model, null, "TL0305"),
        Point("model.layers", Section.Model, Step, "TL0306", "TL0307", "TL0308", "TL0310", "TL0311", "TL0319"),
        Point("model.output", Section.Model, Loss, "TL0309"),
        Point("model.used", Section.Model, Step, "TL0312", "TL0313"),
        Point("loss.input", Section.Loss, Loss, "TL0401", "TL0402", "TL0403", "TL0404", "TL0413", "TL0414", "TL0417"),
        Point("loss.target", Section.Loss, Batch, "TL0405", "TL0406", "TL0407", "TL0408", "TL0416"),
        Point("loss.graph", Section.Loss, Step, "TL0409", "TL0410"),
        Point("loss.scale", Section.Loss, Loss, "TL0411", "TL0412", "TL0415"),
        Point("optimizer.parameters", Section.Optimizer, Watch, "TL0503", "TL0505", "TL0508", "TL0509", "TL0510"),
        Point("optimizer.kept", Section.Optimizer, null, "TL0504"),
        Point("optimizer.clipping", Section.Optimizer, Step, "TL0501", "TL0507"),
        Point("optimizer.gradients", Section.Optimizer, Loss, "TL0502", "TL0506"),
        Point("batches.order", Section.Batches, Batch, "TL0601", "TL0604", "TL0605"),
        Point("batches.size", Section.Batches, Batch, "TL0602", "TL0603"),
        Point("batches.kept", Section.Batches, null, "TL0606"),
        Point("step.gradients", Section.TrainingStep, Step, "TL0701", "TL0702", "TL0703", "TL0704"),
        Point("step.mode", Section.TrainingStep, Step, "TL0705", "TL0706"),
        Point("step.placement", Section.TrainingStep, Placement, "TL0707", "TL0708", "TL0710"),
        Point("step.results", Section.TrainingStep, null, "TL0709"),
        Point("evaluation.exists", Section.Evaluation, Validation, "TL0805"),
        Point("evaluation.mode", Section.Evaluation, null, "TL0801"),
        Point("evaluation.gradients", Section.Evaluation, null, "TL0802"),
        Point("evaluation.data", Section.Evaluation, null, "TL0803"),
        Point("evaluation.best", Section.Evaluation, null, "TL0804"),
        Point("start.seed", Section.Initialization, null, "TL0901", "TL0902"),
        Point("start.weights", Section.Initialization, Loss, "TL0903", "TL0904"),
        Point("watch.loss", Section.Monitoring, Loss, "TL1001"),
        Point("watch.values", Section.Monitoring, null, "TL1002"),
        Point("memory.scope", Section.Resources, Step, "TL1101", "TL1103", "TL1105", "TL1106", "TL1108"),
        Point("memory.guards", Section.Resources, null, "TL1104", "TL1107"),
        Point("memory.sums", Section.Resources, Step, "TL1102", "TL1109"),
        Point("library.version", Section.Resources, null, "TL1110"),
    ];

    /// <summary>The point that a rule belongs to; null for what is no rule about training.</summary>
    public static ChecklistPoint? Of(string rule) => Points.FirstOrDefault(p => p.Rules.Contains(rule));

    private static ChecklistPoint Point(string key, Section section, string? companion, params string[] rules) => new(key, section, companion, rules.ToImmutableArray());
}
