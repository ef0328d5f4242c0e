// Sequential, lists and dictionaries of modules and parameters.

using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        internal Sequential() : base(nameof(Sequential)) { }
        internal static Sequential Of(IEnumerable<(string, nn.Module<Tensor, Tensor>)> modules)
        {
            var made = new Sequential();
            foreach (var (n, m) in modules) made.Add(n ?? made.Count.ToString(CultureInfo.InvariantCulture), m);
            return made;
        }
        internal void Add(nn.IModule<Tensor, Tensor> module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        internal void Add(string name, nn.IModule<Tensor, Tensor> module) => register_module(name, (nn.Module)module);
        static int Bound(int? at, int fallback, int count) => at is not { } i ? fallback : i < 0 ? i + count : i;

        public Sequential append(string name, nn.IModule<Tensor, Tensor> module) { Add(name, module); return this; }
        public Sequential append(nn.IModule<Tensor, Tensor> module) { Add(module); return this; }
        protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }

        public override Tensor forward(Tensor tensor)
        {
            if (_internal_submodules.Count == 0) return tensor.alias();
            var now = tensor;
            foreach (var m in _internal_submodules.values())
            {
                var next = ((nn.IModule<Tensor, Tensor>)m).call(now);
                // As in the library, what lies between two modules does not outlive the call.
                if (!ReferenceEquals(now, tensor) && !ReferenceEquals(now, next)) now.Dispose();
                now = next;
            }
            return now;
        }

        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.IModule<Tensor, Tensor> this[int index] => (nn.IModule<Tensor, Tensor>)_internal_submodules[index].Item2;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public Sequential this[(int? start, int? end) index] {
            get
            {
                var slice = new Sequential();
                for (var i = Bound(index.start, 0, Count); i < Bound(index.end, Count, Count); i++) slice.Add(_internal_submodules[i].Item1, this[i]);
                return slice;
            }
        }
    }

    public abstract class Sequential<T, TResult> : nn.Module<T, TResult>
    {
        public Sequential<T, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public abstract class Sequential<T1, T2, TResult> : nn.Module<T1, T2, TResult>
    {
        public Sequential<T1, T2, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T1, T2, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public abstract class Sequential<T1, T2, T3, TResult> : nn.Module<T1, T2, T3, TResult>
    {
        public Sequential<T1, T2, T3, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T1, T2, T3, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public abstract class Sequential<T1, T2, T3, T4, TResult> : nn.Module<T1, T2, T3, T4, TResult>
    {
        public Sequential<T1, T2, T3, T4, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T1, T2, T3, T4, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public abstract class Sequential<T1, T2, T3, T4, T5, TResult> : nn.Module<T1, T2, T3, T4, T5, TResult>
    {
        public Sequential<T1, T2, T3, T4, T5, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T1, T2, T3, T4, T5, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public abstract class Sequential<T1, T2, T3, T4, T5, T6, TResult> : nn.Module<T1, T2, T3, T4, T5, T6, TResult>
    {
        public Sequential<T1, T2, T3, T4, T5, T6, TResult> append(string name, nn.Module module) { Add(name, module); return this; }
        protected internal void Add(string name, nn.Module sm) => register_module(name, sm);
        public Sequential<T1, T2, T3, T4, T5, T6, TResult> append(nn.Module module) { Add(module); return this; }
        protected internal void Add(nn.Module module) => Add(_internal_submodules.Count.ToString(CultureInfo.InvariantCulture), module);
        protected Sequential(params (string name, nn.Module submodule)[] modules) : base(nameof(Sequential)) { foreach (var (n, m) in modules) Add(n, m); }
        protected Sequential(params nn.Module[] modules) : base(nameof(Sequential)) { foreach (var m in modules) Add(m); }
        public int Count => _internal_submodules.Count;

        [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
        public nn.Module this[int index] => _internal_submodules[index].Item2;
    }

    public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
    {
        readonly List<T> list = new();
        IEnumerator IEnumerable.GetEnumerator() => list.GetEnumerator();

        public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => list.AddRange(modules);

        protected override void RegisterComponents()
        {
            if (_internal_submodules.Count > 0) return;
            for (var i = 0; i < list.Count; i++) register_module(i.ToString(CultureInfo.InvariantCulture), list[i]);
        }

        public T this[int index] { get => list[index]; set => list[index] = value; }
        public int Count => list.Count;
        public bool IsReadOnly => false;
        public void Add(T item) => list.Add(item);
        public void append(params T[] parameters) => list.AddRange(parameters);
        public void Clear() => list.Clear();
        public bool Contains(T item) => list.Contains(item);
        public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
        public void extend(IEnumerable<T> modules) => list.AddRange(modules);
        public IEnumerator<T> GetEnumerator() => list.GetEnumerator();
        public int IndexOf(T item) => list.IndexOf(item);
        public void Insert(int index, T item) => list.Insert(index, item);
        public bool Remove(T item) => list.Remove(item);
        public void RemoveAt(int index) => list.RemoveAt(index);
    }

    public class ParameterList : nn.Module, IList<Parameter>
    {
        readonly List<Parameter> list = new();
        IEnumerator IEnumerable.GetEnumerator() => list.GetEnumerator();

        public ParameterList(params Parameter[] parameters) : base(nameof(ParameterList)) => list.AddRange(parameters);

        protected override void RegisterComponents()
        {
            if (_internal_params.Count > 0) return;
            for (var i = 0; i < list.Count; i++) register_parameter(i.ToString(CultureInfo.InvariantCulture), list[i]);
        }

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            => list.Select((p, i) => (i.ToString(CultureInfo.InvariantCulture), p));

        public Parameter this[int index] { get => list[index]; set => list[index] = value; }
        public int Count => list.Count;
        public bool IsReadOnly => false;
        public void Add(Parameter item) => list.Add(item);
        public void extend(IEnumerable<Parameter> parameters) => list.AddRange(parameters);
        public void append(params Parameter[] parameters) => list.AddRange(parameters);
        public void Clear() => list.Clear();
        public bool Contains(Parameter item) => list.Contains(item);
        public void CopyTo(Parameter[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
        public IEnumerator<Parameter> GetEnumerator() => list.GetEnumerator();
        public int IndexOf(Parameter item) => list.IndexOf(item);
        public void Insert(int index, Parameter item) => list.Insert(index, item);
        public bool Remove(Parameter item) => list.Remove(item);
        public void RemoveAt(int index) => list.RemoveAt(index);
    }

    public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IList<(string, T)> where T : nn.Module
    {
        readonly OrderedDict<string, T> dict = new();
        internal ModuleDict((string, T)[] modules) : base(nameof(ModuleDict<T>))
        {
            foreach (var m in modules) dict.Add(m);
        }
        IEnumerator IEnumerable.GetEnumerator() => dict.GetEnumerator();
        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)dict).GetEnumerator();

        public ModuleDict() : base(nameof(ModuleDict<T>)) { }
        public void clear() => dict.Clear();
        public IEnumerator<(string, T)> items() => dict.GetEnumerator();
        public IEnumerable<string> keys() => dict.keys();

        protected override void RegisterComponents()
        {
            if (_internal_submodules.Count > 0) return;
            foreach (var (key, value) in dict) register_module(key, value);
        }

        public IEnumerable<T> values() => dict.values();
        public (string, T) this[int index] { get => dict[index]; set => dict[index] = value; }
        public bool IsReadOnly => false;
        public ICollection<string> Keys => dict.Keys;
        public ICollection<T> Values => dict.Values;
        public int Count => dict.Count;
        public T this[string key] { get => dict[key]; set => dict[key] = value; }
        public void Add((string, T) item) => dict.Add(item);
        public void Add(string key, T value) => dict.Add(key, value);
        public void Add(KeyValuePair<string, T> item) => dict.Add(item);
        public bool Contains((string, T) item) => dict.Contains(item);
        public void CopyTo((string, T)[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
        public int IndexOf((string, T) item) => dict.IndexOf(item);
        public void Insert(int index, (string, T) item) => dict.Insert(index, item);
        public bool Remove((string, T) item) => dict.Remove(item);
        public void RemoveAt(int index) => dict.RemoveAt(index);
        public bool ContainsKey(string key) => dict.ContainsKey(key);
        public bool Remove(string key) => dict.Remove(key);
        public bool TryGetValue(string key, out T value) => dict.TryGetValue(key, out value);
        public void Clear() => dict.Clear();
        public bool Contains(KeyValuePair<string, T> item) => dict.Contains(item);
        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
        public bool Remove(KeyValuePair<string, T> item) => dict.Remove(item);
        public IEnumerator<(string, T)> GetEnumerator() => dict.GetEnumerator();
    }

    public class ParameterDict : nn.Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
    {
        readonly OrderedDict<string, Parameter> dict = new();
        internal ParameterDict((string, Parameter)[] parameters) : base(nameof(ParameterDict))
        {
            foreach (var p in parameters) dict.Add(p);
        }
        IEnumerator IEnumerable.GetEnumerator() => dict.GetEnumerator();
        IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() => ((IEnumerable<KeyValuePair<string, Parameter>>)dict).GetEnumerator();

        public ParameterDict() : base(nameof(ParameterDict)) { }
        public void clear() => dict.Clear();
        public IEnumerator<(string, Parameter)> items() => dict.GetEnumerator();
        public IEnumerable<string> keys() => dict.keys();

        protected override void RegisterComponents()
        {
            if (_internal_params.Count > 0) return;
            foreach (var (key, value) in dict) register_parameter(key, value);
        }

        public IEnumerable<Parameter> values() => dict.values();
        public (string, Parameter) this[int index] { get => dict[index]; set => dict[index] = value; }
        public bool IsReadOnly => false;
        public ICollection<string> Keys => dict.Keys;
        public ICollection<Parameter> Values => dict.Values;
        public int Count => dict.Count;
        public Parameter this[string key] { get => dict[key]; set => dict[key] = value; }
        public void Add((string, Parameter) item) => dict.Add(item);
        public void Add(string key, Parameter value) => dict.Add(key, value);
        public void Add(KeyValuePair<string, Parameter> item) => dict.Add(item);
        public bool Contains((string, Parameter) item) => dict.Contains(item);
        public void CopyTo((string, Parameter)[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
        public int IndexOf((string, Parameter) item) => dict.IndexOf(item);
        public void Insert(int index, (string, Parameter) item) => dict.Insert(index, item);
        public bool Remove((string, Parameter) item) => dict.Remove(item);
        public void RemoveAt(int index) => dict.RemoveAt(index);
        public bool ContainsKey(string key) => dict.ContainsKey(key);
        public bool Remove(string key) => dict.Remove(key);
        public bool TryGetValue(string key, out Parameter value) => dict.TryGetValue(key, out value);
        public void Clear() => dict.Clear();
        public bool Contains(KeyValuePair<string, Parameter> item) => dict.Contains(item);
        public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
        public bool Remove(KeyValuePair<string, Parameter> item) => dict.Remove(item);
        public IEnumerator<(string, Parameter)> GetEnumerator() => dict.GetEnumerator();
    }
}
