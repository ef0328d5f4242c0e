// Optimizers: groups, learning rates, state. The update of each stands in its own file, after the paper that its library documentation names.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public interface ILearningRateController
            {
                double LearningRate { get; set; }
                double InitialLearningRate { get; set; }
            }

            public interface IMomentum
            {
                double Momentum { get; set; }
            }

            public interface IBetas
            {
                (double, double) Betas { get; set; }
            }

            public abstract class Optimizer : IDisposable
            {
                protected Optimizer(nint handle) { }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing) { }

                public virtual void zero_grad()
                {
                    foreach (var p in Held)
                    {
                        p.Use();
                        p._grad?._storage.Set(0);
                    }
                }

                public virtual void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);
                public virtual Tensor step(Func<Tensor> closure = null) => null;
                /// <summary>An optimizer that is native in the library makes new objects for the tensors that it holds, at each call.</summary>
                public virtual IEnumerable<Parameter> parameters() => Held.Select(p => new Parameter(p) { _grad = p._grad });
                internal IEnumerable<Parameter> Held => _parameter_groups.SelectMany(g => g.Parameters);
                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;
                protected IList<ParamGroup> _parameter_groups= new List<Modules.ParamGroup>();
                public class StateDictionary
                {
                    internal StateDictionary(IEnumerable<Modules.ParamGroup> groups, IEnumerable<OptimizerState> states)
                    {
                        Options = groups.Select(g => g.Options).ToList();
                        State = states.ToList();
                        var next = 0;
                        StateIndexRef = groups.Select(g => g.Parameters.Select(_ => next++).ToList()).ToList();
                    }

                    public List<OptimizerOptions> Options { get; private set; }
                    public List<OptimizerState> State { get; private set; }
                    public List<List<int>> StateIndexRef { get; private set; }
                }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    public class OptimizerOptions
    {
        public double? LearningRate { get; set; }
        public double InitialLearningRate { get; set; }

        public virtual void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(InitialLearningRate);
            writer.Write(LearningRate ?? 0);
        }

        public virtual void LoadStateDict(BinaryReader reader) { (InitialLearningRate, LearningRate) = (reader.ReadDouble(), reader.ReadDouble()); }
        public virtual void LoadStateDict(OptimizerOptions source) { (InitialLearningRate, LearningRate) = (source.InitialLearningRate, source.LearningRate); }
    }

    public abstract class OptimizerState
    {
        protected Parameter _parameter;
        protected OptimizerState(Parameter parameter) { _parameter = parameter; }

        System.Reflection.FieldInfo[] Fields() => GetType().GetFields();

        internal IEnumerable<Tensor> Tensors() => Fields().Select(f => f.GetValue(this)).OfType<Tensor>();

        internal Tensor Zeros() => Tensor.Hidden(_parameter._shape, _parameter._dtype, _parameter._device, new Storage(_parameter.numel(), 0));

        internal void Release()
        {
            foreach (var t in Tensors()) t.Dispose();
        }

        internal void Move(Device device)
        {
            foreach (var f in Fields())
                if (f.GetValue(this) is Tensor t) f.SetValue(this, Tensor.Hidden(t._shape, t._dtype, device, t._storage.Copy()));
        }

        internal void Copy(OptimizerState source)
        {
            foreach (var f in Fields())
                f.SetValue(this, f.GetValue(source) is Tensor t ? Tensor.Hidden(t._shape, _parameter._dtype, _parameter._device, t._storage.Copy()) : f.GetValue(source));
        }

        internal void Write(BinaryWriter writer)
        {
            foreach (var f in Fields())
                switch (f.GetValue(this))
                {
                    case long n: writer.Write(n); break;
                    case double x: writer.Write(x); break;
                    case var t:
                        writer.Write(t is not null);
                        writer.Flush();
                        if (t is not null) TensorFile.Write((Tensor)t, writer.BaseStream);
                        break;
                }
        }

        internal void Read(BinaryReader reader)
        {
            foreach (var f in Fields())
                f.SetValue(this, f.FieldType == typeof(long) ? reader.ReadInt64() : f.FieldType == typeof(double) ? reader.ReadDouble()
                    : reader.ReadBoolean() ? Kernel.Compose<Tensor>(() => TensorFile.Read(reader.BaseStream).to(_parameter._dtype, _parameter._device)) : (object)null);
        }

        public abstract void SaveStateDict(BinaryWriter writer);
        public abstract void LoadStateDict(BinaryReader reader);
        public abstract void LoadStateDict(OptimizerState source);
        public virtual bool ApproximatelyEquals(OptimizerState other) =>
            GetType() == other.GetType() && Fields().All(f => f.GetValue(this) is Tensor a ? f.GetValue(other) is Tensor b && a.allclose(b) : Equals(f.GetValue(this), f.GetValue(other)));
        public abstract void Initialize(OptimizerOptions options);
        public virtual void to(Device device) { }
    }

    public class ParamGroup : optim.ILearningRateController
    {
        public IEnumerable<Parameter> Parameters { get; set; }
        public OptimizerOptions Options { get; set; }
        public double LearningRate { get => Options.LearningRate ?? 0; set => Options.LearningRate = value; }
        public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
    }

    public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
    {
        public ParamGroup() { }
        public ParamGroup(IEnumerable<Parameter> parameters, TOptions options = null) { (Parameters, base.Options) = (parameters, options); }
        public TOptions Options { get => (TOptions)base.Options; set => base.Options = value; }
    }

    public abstract class OptimizerHelper : optim.Optimizer
    {
        internal TOptions Default<TOptions>() where TOptions : OptimizerOptions => (TOptions)_defaults;
        internal void Begin(OptimizerOptions defaults, IEnumerable<ParamGroup> groups)
        {
            _defaults = defaults;
            foreach (var group in groups) add_param_group(group);
        }
        internal void Track(ParamGroup group, Func<Parameter, OptimizerState> make)
        {
            foreach (var p in group.Parameters)
            {
                var state = make(p);
                state.Initialize(group.Options);
                _state[p.Handle] = state;
            }
        }

        /// <summary>Shows each parameter that has a gradient to the update rule of the method.</summary>
        /// <param name="decay">How much of the parameter is added to its gradient.</param>
        /// <param name="rule">Changes the state and the elements of the parameter; may write to the gradient's, which are a copy.</param>
        internal void Update<TState>(ParamGroup group, bool? maximize, double? decay, Action<TState, double[], double[]> rule) where TState : OptimizerState
        {
            foreach (var p in group.Parameters)
            {
                p.Use();
                if (p._grad is null) continue;
                var state = (TState)_state[p.Handle];
                Kernel.SameDevice(state.Tensors().Select(t => t._shape.Length == 0 ? null : t).Prepend(p).ToArray());
                var g = (double[])p._grad.Read().Clone();
                p._storage.Update(x =>
                {
                    for (var i = 0; i < g.Length; i++) g[i] = (maximize == true ? -g[i] : g[i]) + (decay ?? 0) * x[i];
                    rule(state, x, g);
                    Kernel.Fit(p._dtype, x);
                });
                foreach (var t in state.Tensors()) Kernel.Fit(t._dtype, t._storage.Read());
            }
        }

        public OptimizerHelper() : base(IntPtr.Zero) { }
        public void save_state_dict(string location) { using var writer = new BinaryWriter(File.Create(location)); save_state_dict(writer); }
        public void load_state_dict(string location) { using var reader = new BinaryReader(File.OpenRead(location)); load_state_dict(reader); }
        public void save_state_dict(BinaryWriter writer)
        {
            foreach (var g in _parameter_groups) g.Options.SaveStateDict(writer);
            foreach (var s in _state.values()) s.SaveStateDict(writer);
        }

        public void load_state_dict(BinaryReader reader)
        {
            foreach (var g in _parameter_groups) g.Options.LoadStateDict(reader);
            foreach (var s in _state.values()) s.LoadStateDict(reader);
        }

        public virtual void load_state_dict(optim.Optimizer.StateDictionary state_dict)
        {
            if (state_dict.Options.Count != _parameter_groups.Count || state_dict.State.Count != _state.Count) throw new ArgumentException("Mismatched number of parameter groups or parameters.", nameof(state_dict));
            for (var i = 0; i < _parameter_groups.Count; i++) _parameter_groups[i].Options.LoadStateDict(state_dict.Options[i]);
            foreach (var (own, other) in _state.values().Zip(state_dict.State, (a, b) => (a, b)).ToArray()) own.LoadStateDict(other);
        }

        public virtual optim.Optimizer.StateDictionary state_dict() => new StateDictionary(_parameter_groups, _parameter_groups.SelectMany(g => g.Parameters).Select(p => _state[p.Handle]));
        public void to(Device device) { foreach (var s in _state.values()) s.to(device); }
        public override void zero_grad() => base.zero_grad();

        protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
        {
            Tensor loss = null;
            if (loss_closure is not null)
                using (enable_grad()) loss = loss_closure();
            using (no_grad())
            using (NewDisposeScope())
            {
                foreach (var group in _parameter_groups) body(group as T);
                loss?.MoveToOuterDisposeScope();
            }
            return loss;
        }

        public override IEnumerable<Parameter> parameters() => Held;

        public override void add_param_group(ParamGroup param_group)
        {
            param_group.Options ??= (OptimizerOptions)Activator.CreateInstance(_defaults.GetType());
            foreach (var field in param_group.Options.GetType().GetFields())
                if (field.GetValue(param_group.Options) is null) field.SetValue(param_group.Options, field.GetValue(_defaults));
            param_group.Options.LearningRate ??= _defaults.LearningRate;
            if (param_group.Options.InitialLearningRate == 0) param_group.Options.InitialLearningRate = param_group.Options.LearningRate ?? 0;
            base.add_param_group(param_group);
        }

        protected OptimizerOptions _defaults;
        protected OrderedDict<nint, OptimizerState> _state= new();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
                => new RMSProp(Groups.Plain(parameters), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
                => new RMSProp(Groups.Plain(parameters), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
                => new RMSProp(Groups.Plain(parameters), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new AdamW(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new AdamW(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new AdamW(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static NAdam NAdam(IEnumerable<Parameter> named_parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004)
                => new NAdam(Groups.Plain(named_parameters), lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static NAdam NAdam(IEnumerable<(string name, Parameter parameter)> named_parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004)
                => new NAdam(Groups.Plain(named_parameters), lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static NAdam NAdam(IEnumerable<NAdam.ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, double momentum_decay = 0.004)
                => new NAdam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                => new SGD(Groups.Plain(parameters), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                => new SGD(Groups.Plain(parameters), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                => new SGD(Groups.Plain(parameters), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static Adamax Adamax(IEnumerable<Parameter> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new Adamax(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static Adamax Adamax(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new Adamax(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static Adamax Adamax(IEnumerable<Adamax.ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new Adamax(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static LBFGS LBFGS(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1E-05, double tolerance_change = 1E-09, long history_size = 100)
                => new LBFGS(Groups.Plain(parameters), lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);

            public static LBFGS LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1E-05, double tolerance_change = 1E-09, long history_size = 100)
                => new LBFGS(Groups.Plain(parameters), lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);

            public static RAdam RAdam(IEnumerable<Parameter> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new RAdam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static RAdam RAdam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new RAdam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static RAdam RAdam(IEnumerable<RAdam.ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0)
                => new RAdam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay);

            public static ASGD ASGD(IEnumerable<Parameter> parameters, double lr = 0.001, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0, bool maximize = false)
                => new ASGD(Groups.Plain(parameters), lr, lambd, alpha, t0, weight_decay, maximize);

            public static ASGD ASGD(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0, bool maximize = false)
                => new ASGD(Groups.Plain(parameters), lr, lambd, alpha, t0, weight_decay, maximize);

            public static ASGD ASGD(IEnumerable<ParamGroup<ASGD.Options>> parameters, double lr = 0.001, double lambd = 0.0001, double alpha = 0.75, double t0 = 1000000, double weight_decay = 0, bool maximize = false)
                => new ASGD(Groups.Plain(parameters), lr, lambd, alpha, t0, weight_decay, maximize);

            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new Adam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new Adam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<Adam.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new Adam(Groups.Plain(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adagrad Adagrad(IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
                => new Adagrad(Groups.Plain(parameters), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
                => new Adagrad(Groups.Plain(parameters), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<Adagrad.ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
                => new Adagrad(Groups.Plain(parameters), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false)
                => new Adadelta(Groups.Plain(parameters), lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false)
                => new Adadelta(Groups.Plain(parameters), lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<Adadelta.ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1E-06, double weight_decay = 0, bool maximize = false)
                => new Adadelta(Groups.Plain(parameters), lr, rho, eps, weight_decay, maximize);

            public static Rprop Rprop(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false)
                => new Rprop(Groups.Plain(parameters), lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false)
                => new Rprop(Groups.Plain(parameters), lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<Rprop.ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1E-06, double max_step = 50, bool maximize = false)
                => new Rprop(Groups.Plain(parameters), lr, etaminus, etaplus, min_step, max_step, maximize);
        }
    }
}
