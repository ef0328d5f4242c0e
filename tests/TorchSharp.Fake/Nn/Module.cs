// The module: what it holds, training or not, and where it lies.

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
        public static partial class nn
        {
            public interface IModule<T, TResult>
            {
                TResult call(T input1);
            }

            public interface IModule<T1, T2, TResult>
            {
                TResult call(T1 input1, T2 input2);
            }

            public interface IModule<T1, T2, T3, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3);
            }

            public interface IModule<T1, T2, T3, T4, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
            }

            public interface IModule<T1, T2, T3, T4, T5, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
            }

            public interface IModule<T1, T2, T3, T4, T5, T6, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);
            }

            public class Module : IDisposable
            {
                bool _training = true;
                bool _registered;
                bool _gone;
                readonly HashSet<string> _transient = new();

                void Fresh(string name)
                {
                    if (_internal_params.ContainsKey(name) || _internal_buffers.ContainsKey(name) || _internal_submodules.ContainsKey(name))
                        throw new InvalidOperationException($"The name '{name}' is already in use in this module.");
                }

                IEnumerable<System.Reflection.FieldInfo> Fields()
                {
                    for (var type = GetType(); type != typeof(Module); type = type.BaseType)
                        foreach (var field in type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly))
                            yield return field;
                }

                Module Convert(ScalarType? dtype, Device device)
                {
                    if (dtype is { } type && !Kernel.IsFloat(type)) throw new ArgumentException($"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype = {type}");
                    RegisterComponents();
                    foreach (var (_, m) in named_children()) m.Convert(dtype, device);
                    _toEpilog(dtype, device, false);
                    if (device is not null) (_deviceType, _deviceIndex) = (device.type, device.index);
                    return this;
                }
                void Swap(Tensor old, Tensor made)
                {
                    foreach (var field in Fields())
                        if (ReferenceEquals(field.GetValue(this), old)) field.SetValue(this, made);
                }

                static bool Differs(Tensor t, ScalarType? dtype, Device device) => dtype is { } type && t.dtype != type || device is not null && !Devices.Same(t.device, device);
                static string Under(string prefix, string name) => string.IsNullOrEmpty(prefix) ? name : prefix + "." + name;

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                    if (_gone || !disposing) return;
                    _gone = true;
                    foreach (var p in _internal_params.values()) p?.Dispose();
                    foreach (var (b, _) in _internal_buffers.values()) b?.Dispose();
                    foreach (var (_, m) in named_children()) m.Dispose();
                }

                protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Convert(dtype, device);

                protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
                    => Convert(null, new Device(deviceType, deviceIndex));

                protected DeviceType _deviceType= DeviceType.CPU;
                protected int _deviceIndex= -1;
                protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Convert(dtype, null);

                protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
                {
                    foreach (var (n, p) in _internal_params.keys().Select(k => (k, _internal_params[k])).ToArray())
                    {
                        if (p is null || !ReplaceParameter(dtype, device, p, out var made)) continue;
                        _internal_params[n] = made;
                        Swap(p, made);
                        p.Dispose();
                    }
                    foreach (var (n, (b, persistent)) in _internal_buffers.keys().Select(k => (k, _internal_buffers[k])).ToArray())
                    {
                        if (b is null || !ReplaceBuffer(dtype, device, b, out var made)) continue;
                        _internal_buffers[n] = (made, persistent);
                        Swap(b, made);
                        b.Dispose();
                    }
                }

                protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
                {
                    result = null;
                    if (!Differs(buffer, Kernel.IsFloat(buffer.dtype) ? dtype : null, device)) return false;
                    result = buffer.to(Kernel.IsFloat(buffer.dtype) ? dtype ?? buffer.dtype : buffer.dtype, device ?? buffer.device).DetachFromDisposeScope();
                    return true;
                }

                protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
                {
                    p = null;
                    if (!Differs(param, dtype, device)) return false;
                    using (no_grad())
                        p = new Parameter(param.to(dtype ?? param.dtype, device ?? param.device), param.requires_grad) { _grad = param._grad?.to(dtype ?? param.dtype, device ?? param.device) };
                    p.DetachFromDisposeScope();
                    return true;
                }

                public Module _to(Tensor other, bool non_blocking) => Convert(other.dtype, other.device);

                public virtual Module apply(Action<Module> fn)
                {
                    foreach (var (_, m) in named_children()) m.apply(fn);
                    fn(this);
                    return this;
                }

                public virtual void train(bool train = true)
                {
                    _training = train;
                    foreach (var (_, m) in named_children()) m.train(train);
                }

                public virtual void eval() => train(false);
                public virtual bool training => _training;

                public virtual void zero_grad(bool set_to_none = true)
                {
                    foreach (var p in parameters())
                    {
                        if (set_to_none || p._grad is null) p._grad = null;
                        else p._grad.Put(torch.zeros_like(p._grad));
                    }
                }

                public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
                {
                    foreach (var (n, (b, persistent)) in _internal_buffers)
                        if (b is not null && (include_nonpersistent || persistent)) yield return (n, b);
                    if (!recurse) yield break;
                    foreach (var (n, m) in named_children())
                        foreach (var (k, b) in m.named_buffers(true, include_nonpersistent)) yield return (n + "." + k, b);
                }

                public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
                    => named_buffers(recurse, include_nonpersistent).Select(p => p.buffer);

                public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

                public virtual IEnumerable<(string name, Module module)> named_modules()
                {
                    foreach (var (n, m) in named_children())
                    {
                        yield return (n, m);
                        foreach (var (k, inner) in m.named_modules()) yield return (n + "." + k, inner);
                    }
                }

                public virtual IEnumerable<Module> modules() => named_modules().Select(p => p.module);
                public virtual IEnumerable<Module> children() => named_children().Select(p => p.module);

                public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
                {
                    destination ??= new Dictionary<string, Tensor>();
                    foreach (var (n, p) in named_parameters()) destination[Under(prefix, n)] = p;
                    foreach (var (n, b) in named_buffers(true, false)) destination[Under(prefix, n)] = b;
                    return destination;
                }

                public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
                {
                    var own = state_dict();
                    List<string> missing = own.Keys.Where(k => !source.ContainsKey(k) && skip?.Contains(k) != true).ToList(), unexpected = source.Keys.Where(k => !own.ContainsKey(k) && skip?.Contains(k) != true).ToList();
                    if (strict && (missing.Count > 0 || unexpected.Count > 0)) throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                    using (no_grad())
                        foreach (var pair in source)
                            if (own.TryGetValue(pair.Key, out var to) && skip?.Contains(pair.Key) != true) to.copy_(pair.Value);
                    return (missing, unexpected);
                }

                public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
                {
                    var seen = new HashSet<Tensor>(SameObject.Comparer);
                    foreach (var (n, p) in _internal_params)
                        if (p is not null && seen.Add(p)) yield return (n, p);
                    if (!recurse) yield break;
                    foreach (var (n, m) in named_children())
                        foreach (var (k, p) in m.named_parameters())
                            if (seen.Add(p)) yield return (n + "." + k, p);
                }

                public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);
                public virtual bool has_buffer(string target) => named_buffers().Any(p => p.name == target);
                public virtual bool has_parameter(string target) => named_parameters().Any(p => p.name == target);
                public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(p => p.name == target).buffer;
                public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(p => p.name == target).parameter;

                public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
                {
                    Fresh(name);
                    tensor?.DetachFromDisposeScope();
                    _internal_buffers.Add(name, (tensor, persistent));
                }

                public virtual void register_parameter(string name, Parameter param)
                {
                    Fresh(name);
                    param?.DetachFromDisposeScope();
                    _internal_params.Add(name, param);
                }

                public void add_module(string name, Module module) => register_module(name, module);

                public virtual void register_module(string name, Module submodule)
                {
                    if (submodule is null || ReferenceEquals(submodule, this)) throw new ArgumentException("A module cannot be registered as a child of itself, nor can null.");
                    Fresh(name);
                    submodule.RegisterComponents();
                    _internal_submodules.Add(name, submodule);
                }

                protected void ConditionallyRegisterParameter(string name, Parameter? value) { if (value is null) _internal_params.Remove(name); else _internal_params[name] = value; }
                protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true) { if (value is null) _internal_buffers.Remove(name); else _internal_buffers[name] = (value, persistent); }
                public virtual string GetName() => name ?? GetType().Name;
                public Module save(string location, IList<string>? skip = null) { using var stream = File.Create(location); return save(stream, skip); }
                public Module save(BinaryWriter writer, IList<string>? skip = null) { save_state_dict(writer, state_dict(), skip); return this; }

                public Module save(Stream stream, IList<string>? skip = null)
                {
                    using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, true);
                    return save(writer, skip);
                }

                public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
                {
                    var kept = sd.Where(p => skip?.Contains(p.Key) != true).ToArray();
                    writer.Write(kept.Length);
                    foreach (var pair in kept)
                    {
                        writer.Write(pair.Key);
                        writer.Flush();
                        TensorFile.Write(pair.Value, writer.BaseStream);
                    }
                }

                public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null) { using var stream = File.OpenRead(location); return load(stream, strict, skip, loadedParameters); }

                public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
                {
                    var read = new Dictionary<string, Tensor>();
                    for (var n = reader.ReadInt32(); n > 0; n--) read[reader.ReadString()] = TensorFile.Read(reader.BaseStream);
                    load_state_dict(read, strict, skip);
                    if (loadedParameters is not null)
                        foreach (var key in read.Keys) loadedParameters[key] = true;
                    return this;
                }

                public Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
                {
                    using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, true);
                    return load(reader, strict, skip, loadedParameters);
                }

                protected Module(string name) { this.name = name; }

                protected virtual void RegisterComponents()
                {
                    if (_registered) return;
                    _registered = true;
                    foreach (var field in Fields())
                    {
                        var value = field.GetValue(this);
                        switch (value)
                        {
                            case Module m when !_internal_submodules.values().Contains(m): register_module(field.Name, m); break;
                            case Parameter p when !_internal_params.values().Any(known => ReferenceEquals(known, p)): register_parameter(field.Name, p); break;
                            case Parameter _: break;
                            case Tensor t when !_internal_buffers.values().Any(b => ReferenceEquals(b.Item1, t)): register_buffer(field.Name, t); break;
                        }
                    }
                }

                protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device? device = null, ScalarType? dtype = null)
                    => (device ?? Defaults.Device, dtype ?? Defaults.Dtype);

                protected void ClearModules() => _internal_submodules.clear();
                protected OrderedDict<string, Module> _internal_submodules= new();
                protected OrderedDict<string, (Tensor, bool)> _internal_buffers= new();
                protected OrderedDict<string, Parameter> _internal_params= new();
                protected string? name;
            }

            public class HookableModule<TPreHook, TPostHook> : Module
            {
                int _hooks;
                string NextKey() => "hook" + _hooks++;

                protected HookableModule(string name) : base(name) { }

                public HookRemover register_forward_hook(TPostHook hook)
                {
                    var key = NextKey();
                    post_hooks[key] = hook;
                    return new HookRemover(this, key);
                }

                public HookRemover register_forward_pre_hook(TPreHook hook)
                {
                    var key = NextKey();
                    pre_hooks[key] = hook;
                    return new HookRemover(this, key);
                }

                public HookRemover register_forward_hook(Action<Module> hook)
                {
                    var key = NextKey();
                    module_post_hooks[key] = hook;
                    return new HookRemover(this, key);
                }

                public HookRemover register_forward_pre_hook(Action<Module> hook)
                {
                    var key = NextKey();
                    module_pre_hooks[key] = hook;
                    return new HookRemover(this, key);
                }

                protected Dictionary<string, TPreHook> pre_hooks= new();
                protected Dictionary<string, TPostHook> post_hooks= new();
                protected Dictionary<string, Action<Module>> module_pre_hooks= new();
                protected Dictionary<string, Action<Module>> module_post_hooks= new();
                public class HookRemover
                {
                    readonly HookableModule<TPreHook, TPostHook> module;
                    readonly string key;

                    public HookRemover(HookableModule<TPreHook, TPostHook> module, string key) { (this.module, this.key) = (module, key); }

                    public void remove()
                    {
                        module.pre_hooks.Remove(key);
                        module.post_hooks.Remove(key);
                        module.module_pre_hooks.Remove(key);
                        module.module_post_hooks.Remove(key);
                    }
                }
            }

            public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T input);

                public TResult call(T input)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input);
                        if (changed is not null) input = changed;
                    }
                    var output = forward(input);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }

            public abstract class Module<T1, T2, TResult> : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2);

                public TResult call(T1 input1, T2 input2)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2);
                        if (changed is not null) (input1, input2) = changed.Value;
                    }
                    var output = forward(input1, input2);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }

            public abstract class Module<T1, T2, T3, TResult> : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>, IModule<T1, T2, T3, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2, T3 input3);

                public TResult call(T1 input1, T2 input2, T3 input3)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3);
                        if (changed is not null) (input1, input2, input3) = changed.Value;
                    }
                    var output = forward(input1, input2, input3);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }

            public abstract class Module<T1, T2, T3, T4, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, (T1, T2, T3, T4)?>, Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, TResult, TResult>>, IModule<T1, T2, T3, T4, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4);
                        if (changed is not null) (input1, input2, input3, input4) = changed.Value;
                    }
                    var output = forward(input1, input2, input3, input4);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }

            public abstract class Module<T1, T2, T3, T4, T5, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, (T1, T2, T3, T4, T5)?>, Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, TResult, TResult>>, IModule<T1, T2, T3, T4, T5, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4, input5);
                        if (changed is not null) (input1, input2, input3, input4, input5) = changed.Value;
                    }
                    var output = forward(input1, input2, input3, input4, input5);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4, input5, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }

            public abstract class Module<T1, T2, T3, T4, T5, T6, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, (T1, T2, T3, T4, T5, T6)?>, Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, TResult, TResult>>, IModule<T1, T2, T3, T4, T5, T6, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6)
                {
                    foreach (var hook in module_pre_hooks.Values.ToArray()) hook(this);
                    foreach (var hook in pre_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4, input5, input6);
                        if (changed is not null) (input1, input2, input3, input4, input5, input6) = changed.Value;
                    }
                    var output = forward(input1, input2, input3, input4, input5, input6);
                    foreach (var hook in post_hooks.Values.ToArray())
                    {
                        var changed = hook(this, input1, input2, input3, input4, input5, input6, output);
                        if (changed is not null) output = changed;
                    }
                    foreach (var hook in module_post_hooks.Values.ToArray()) hook(this);
                    return output;
                }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    public interface IParameterLessModule
    {
    }

    public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }
    }

    public abstract class ParameterLessModule<T1, T2, TResult> : nn.Module<T1, T2, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }
    }

    public abstract class ParameterLessModule<T1, T2, T3, TResult> : nn.Module<T1, T2, T3, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }
    }
}

namespace TorchSharp
{
    public static class ModuleExtensionMethods
    {
        public static T to<T>(this T module, ScalarType type, bool non_blocking = false) where T : nn.Module { module._to(type, non_blocking); return module; }
        public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false) where T : nn.Module { module._to(device, type, non_blocking); return module; }
        public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module { module._to(deviceType, deviceIndex, non_blocking); return module; }
        public static T to<T>(this T module, Device device, bool non_blocking = false) where T : nn.Module { module._to(device.type, device.index, non_blocking); return module; }

        public static T to<T>(this T module, string device, bool non_blocking = false) where T : nn.Module
            => module.to(new torch.Device(device), non_blocking);

        public static T to<T>(this T module, Tensor other, bool non_blocking = false) where T : nn.Module { module._to(other, non_blocking); return module; }
        public static T cpu<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(torch.CPU, non_blocking);

        public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module
            => module.to(new torch.Device(DeviceType.CUDA, deviceIndex), non_blocking);

        public static T @bool<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Bool, non_blocking);
        public static T @byte<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Byte, non_blocking);
        public static T @char<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Int8, non_blocking);
        public static T @short<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Int16, non_blocking);
        public static T @int<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Int32, non_blocking);
        public static T @long<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Int64, non_blocking);
        public static T half<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float16, non_blocking);
        public static T bfloat16<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.BFloat16, non_blocking);
        public static T @float<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float32, non_blocking);
        public static T @double<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float64, non_blocking);
    }
}
