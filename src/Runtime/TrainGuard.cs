using TrainLint.Runtime.Checks;
using TrainLint.Runtime.Log;
using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime;

/// <summary>
/// Watches a training run and says what no compiler can know: tensors on different devices, NaN and where it comes from, gradients that do not
/// arrive, parameters that do not change. A healthy run reports nothing.
/// <code>
/// using var guard = TrainGuard.Watch(model, optimizer);
/// foreach (var (x, y) in batches)
/// {
///     guard.Batch(x, y);
///     var loss = functional.cross_entropy(model.call(x), y);
///     optimizer.zero_grad();
///     guard.Loss(loss);
///     loss.backward();
///     optimizer.step();
///     guard.Step();
/// }
/// </code>
/// It changes nothing of the run: it records no graph, leaves modes, devices, gradients and random numbers alone, frees what it makes and takes its
/// hooks away. An exception inside it is reported once and switches the check off that threw. One guard belongs to one training loop; calls from
/// several threads are taken one after the other.
/// </summary>
public sealed partial class TrainGuard : IDisposable
{
    private readonly object _gate = new();
    private readonly Run _run;
    private readonly Reporter _reporter;
    private readonly Part _whole = new(null, "the guard");
    private readonly Part _logging = new(null, "the log");
    private readonly Part _scalars = new(null, "the summary writer");
    private readonly Part _inspecting = new(null, "the inspection of gradients and updates");
    private readonly Part _observing = new(null, "the observation of activations");
    private readonly List<Part> _checks =
    [
        new(new PlacementCheck(), "placement"), new(new OptimizerCheck(), "the optimizer's parameters"), new(new LabelCheck(), "labels"), new(new FiniteCheck(), "finite values"),
        new(new InputCheck(), "the scale of inputs"), new(new ModeCheck(), "modes"), new(new GradientCheck(), "gradients"), new(new UpdateCheck(), "updates"),
        new(new ActivationCheck(), "activations"), new(new LossCheck(), "the course of the loss"), new(new EpochCheck(), "epochs"),
        new(new LearningRateCheck(), "learning rates"), new(new MemoryCheck(), "live tensors"),
    ];

    private readonly RunLog? _log;
    private Snapshot? _before;
    private ActivationRecord? _record;
    private bool _started;
    private bool _looked;
    private bool _wantsAll;
    private bool _disposed;

    private TrainGuard(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, TrainGuardOptions options)
    {
        _log = options.LogFile is { } file ? new RunLog(file) : null;
        _reporter = new(options, finding => _log?.Finding(finding));
        _run = new(model, optimizers, options, _reporter);
    }

    /// <summary>Watches the training of a model. Nothing is looked at before the first batch, so that the model may still be moved.</summary>
    /// <param name="model">The model, as a whole.</param>
    /// <param name="optimizer">The optimizer that trains it.</param>
    /// <param name="options">How to watch; defaults where it is left out.</param>
    /// <returns>The guard, to be disposed at the end of the training.</returns>
    /// <exception cref="IOException">The log file cannot be written.</exception>
    public static TrainGuard Watch(nn.Module model, optim.Optimizer optimizer, TrainGuardOptions? options = null) =>
        Watch(model, [optimizer ?? throw new ArgumentNullException(nameof(optimizer))], options);

    /// <summary>The same for a model that several optimizers train together; call <see cref="Step"/> once, after all of them.</summary>
    /// <param name="model">The model, as a whole.</param>
    /// <param name="optimizers">The optimizers that train it.</param>
    /// <param name="options">How to watch; defaults where it is left out.</param>
    /// <returns>The guard, to be disposed at the end of the training.</returns>
    /// <exception cref="IOException">The log file cannot be written.</exception>
    public static TrainGuard Watch(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, TrainGuardOptions? options = null) =>
        new(model ?? throw new ArgumentNullException(nameof(model)), optimizers ?? throw new ArgumentNullException(nameof(optimizers)), options ?? new());

    /// <summary>What was found so far.</summary>
    public TrainReport Report
    {
        get
        {
            lock (_gate)
                return new(_reporter.Findings, _run.Step - 1, _run.Epoch);
        }
    }

    /// <summary>Looks at a training batch before the forward pass: devices, types, NaN, class indices. Its tensors must live until <see cref="Step"/> to be examined after a NaN.</summary>
    /// <param name="input">The input as the model gets it, its first dimension the batch.</param>
    /// <param name="target">The target as the loss gets it; null where there is none.</param>
    public void Batch(Tensor input, Tensor? target = null) => Batch([input], target);

    /// <summary>The same for a model of several inputs.</summary>
    /// <param name="inputs">The inputs in the order of forward.</param>
    /// <param name="target">The target as the loss gets it; null where there is none.</param>
    public void Batch(IReadOnlyList<Tensor> inputs, Tensor? target = null)
    {
        Watching(() =>
        {
            _looked = false;
            Begin();
            _run.Inputs = [.. inputs.Where(input => input is not null && !input.IsInvalid)];
            var labels = target is { IsInvalid: false } ? target : null;
            Each(check => check.Batch(_run, _run.Inputs, labels));
            Observe();
        });
    }

    /// <summary>Looks at the loss, before backward().</summary>
    /// <param name="loss">The loss, a tensor of one element.</param>
    /// <param name="output">The model's output, its first dimension the batch; enables the check for a constant output.</param>
    public void Loss(Tensor loss, Tensor? output = null)
    {
        Watching(() =>
        {
            StopObserving();
            Begin();
            // A loss without a value (META, or one per sample) is nothing to follow.
            if (loss is null || loss.IsInvalid || loss.numel() != 1 || !Reading.IsReadable(loss))
                return;
            var value = Reading.Value(loss);
            _run.Losses.Add(value);
            Each(check => check.Loss(_run, value, output is { IsInvalid: false } ? output : null));
        });
    }

    /// <summary>Looks at gradients, updates, modes, learning rates and memory; to be called directly after optimizer.step(), before gradients are cleared.</summary>
    public void Step()
    {
        Watching(() =>
        {
            StopObserving();
            Start(again: false);
            _run.LearningRates = [.. _run.Optimizers.SelectMany(optimizer => optimizer.ParamGroups).Select(group => group.LearningRate)];
            if (_run.IsInspected || _before is not null)
                Try(_inspecting, _ => Inspect());
            try
            {
                Each(check => check.Step(_run));
                if (_log is not null && (_run.Step % Math.Max(1, _run.Options.LogEvery) == 0 || _run.Inspection is not null))
                    Try(_logging, _ => _log.Step(_run));
                Try(_scalars, _ => Scalars());
            }
            finally
            {
                // The step is over, also where an error is thrown.
                _run.Step++;
                _looked = false;
                _run.Losses.Clear();
                _run.Labels.Clear();
                _run.Inputs = [];
                _run.Inspection = null;
                _run.Activations = [];
                _before?.Dispose();
                _before = null;
            }
        });
    }

    /// <summary>Ends an epoch.</summary>
    /// <param name="validationLoss">The loss on data that does not train, comparable from epoch to epoch; lower is better.</param>
    public void Validation(double validationLoss) => EndEpoch(validationLoss);

    /// <summary>Ends an epoch.</summary>
    /// <param name="validationLoss">The loss on data that does not train, a tensor of one element.</param>
    public void Validation(Tensor validationLoss)
    {
        var value = double.NaN;
        Watching(() => value = validationLoss is { IsInvalid: false } && Reading.IsReadable(validationLoss) ? Reading.Value(validationLoss) : double.NaN);
        EndEpoch(value);
    }

    /// <summary>Ends an epoch that is not validated.</summary>
    public void Epoch() => EndEpoch(double.NaN);

    /// <summary>Looks once more at where the model, the options' tensors and these tensors lie.</summary>
    /// <param name="tensors">Tensors that are to meet the model.</param>
    public void CheckPlacement(params Tensor[] tensors)
    {
        Watching(() =>
        {
            Start(again: true);
            _checks[0].Check!.Batch(_run, [.. tensors.Where(tensor => tensor is { IsInvalid: false })], null);
        });
    }

    /// <summary>For inference, one call before the model's: throws where tensors and model lie on different devices, and names them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tensors">What it will be given.</param>
    /// <exception cref="TrainGuardException">A part of the model, or a tensor, lies elsewhere than most of the model.</exception>
    public static void CheckPlacement(nn.Module model, params Tensor[] tensors)
    {
        if (model is null)
            throw new ArgumentNullException(nameof(model));
        using var quiet = new Quiet();
        var map = ModelMap.Of(model);
        var misplaced = Placement.Within(map).ToList();
        if (map.Place is { } home)
        {
            for (var i = 0; i < tensors.Length; i++)
            {
                if (Placement.Of(tensors.Length == 1 ? "input" : $"input {i + 1}", tensors[i], home) is { } found)
                    misplaced.Add(found);
            }
        }

        if (misplaced.Count > 0)
            throw new TrainGuardException(new(FindingTypes.DeviceMismatch.Id, FindingLevel.Error, string.Join("; ", misplaced.Select(found => found.Message)), misplaced[0].Subject, null, null, 0));
    }

    /// <summary>Ends the watch: removes hooks, frees copies, closes the log. Later calls do nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _record?.Dispose();
            _before?.Dispose();
            Try(_logging, _ => _log?.End(new(_reporter.Findings, _run.Step - 1, _run.Epoch)));
            _log?.Dispose();
            _disposed = true;
        }
    }

    private void EndEpoch(double validation)
    {
        Watching(() =>
        {
            // Until the first Loss or Step after it, nothing of the new epoch has begun.
            Start(again: false);
            Each(check => check.Epoch(_run, validation));
            _run.Epoch++;
            Try(_logging, _ => _log?.Epoch(_run, validation));
            if (!double.IsNaN(validation))
                Try(_scalars, _ => _run.Options.SummaryWriter?.add_scalar("validation", (float)validation, (int)_run.Epoch));
        });
    }

    /// <summary>Runs a part of the watch on its own: one at a time, without a trace, and never to the harm of the run.</summary>
    private void Watching(Action watch)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            Try(_whole, _ =>
            {
                using var quiet = new Quiet();
                watch();
            });
        }
    }

    /// <summary>The start of a step: what is to be compared with its end.</summary>
    private void Begin()
    {
        Start(again: false);
        if (_before is not null || !(_run.IsInspected || _wantsAll))
            return;
        Try(_inspecting, _ =>
        {
            var fresh = _run.Step > 1 && !ModelMap.Of(_run.Model).IsSameAs(_run.Map);
            if (fresh)
                Start(again: true);
            _before = new(_run.Trained(), _wantsAll ? long.MaxValue : _run.Options.UpdateSample);
            _wantsAll = false;
        });
    }

    /// <summary>Looks at the model as a whole: before the first step, and when something moved, which is seen at each batch; without batches, once per step.</summary>
    private void Start(bool again)
    {
        var isKnown = _started && !again && (_looked || _run.IsCurrent());
        _looked = true;
        if (isKnown)
            return;
        _run.TakeMap();
        if (!_started)
            Try(_logging, _ => _log?.Start(_run));
        _started = true;
        Each(check => check.Model(_run));
    }

    private void Inspect()
    {
        var inspection = Inspection.Of(_run.Trained(), _before);
        _run.Inspection = inspection;
        // A sample that did not move is no proof: the next step is compared in full.
        _wantsAll = inspection.SeemsUnchanged && _run.LearningRates.Any(rate => rate > 0);
    }

    private void Observe()
    {
        if (!_run.IsInspected || _record is not null)
            return;
        Try(_observing, part => _record = new(_run.Model, exception => Fail(part, exception)));
    }

    private void StopObserving()
    {
        if (_record is null)
            return;
        _run.Activations = _observing.IsOff ? [] : _record.Seen;
        _record.Dispose();
        _record = null;
    }

    private void Scalars()
    {
        if (_run.Options.SummaryWriter is not { } writer)
            return;
        var step = (int)_run.Step;
        if (_run.Losses.Count > 0)
            writer.add_scalar("loss", (float)_run.Losses[0], step);
        for (var i = 0; i < _run.LearningRates.Count; i++)
            writer.add_scalar($"learning_rate/{i}", (float)_run.LearningRates[i], step);
        if (_run.Inspection is not { HasGradients: true } inspection)
            return;
        writer.add_scalar("gradient_norm", (float)inspection.GradientNorm, step);
        foreach (var entry in Inspection.ByLayer(inspection.Gradients))
            writer.add_scalar("gradients/" + entry.Key, (float)entry.Value, step);
        foreach (var entry in Inspection.ByLayer(inspection.Updates))
            writer.add_scalar("updates/" + entry.Key, (float)entry.Value, step);
    }

    private void Each(Action<Check> action)
    {
        foreach (var part in _checks)
            Try(part, part => action(part.Check!));
    }

    private void Try(Part part, Action<Part> action)
    {
        if (part.IsOff)
            return;
        try
        {
            action(part);
        }
        catch (TrainGuardException)
        {
            throw;
        }
        catch (Exception exception)
        {
            Fail(part, exception);
        }
    }

    private void Fail(Part part, Exception exception)
    {
        part.IsOff = true;
        // The library appends its own call stack.
        var reason = exception.Message.Split('\n')[0].Trim();
        _reporter.Report(FindingTypes.CheckSwitchedOff, $"{part.Name} threw {exception.GetType().Name} ({reason}) and is switched off; the run goes on", part.Name, step: _run.Step);
    }

    /// <summary>A part of the guard that can fail on its own.</summary>
    private sealed class Part(Check? check, string name)
    {
        public Check? Check { get; } = check;

        public string Name { get; } = name;

        public bool IsOff { get; set; }
    }
}
