// Scopes that dispose what was made inside them.

using System;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public sealed class DisposeScope : IDisposable
    {
        readonly HashSet<IDisposable> live = new(SameObject.Comparer);
        readonly DisposeScopeManager manager;
        internal DisposeScope(DisposeScopeManager manager) => this.manager = manager;
        internal DisposeScope Outer { get; set; }
        internal void Take(IDisposable disposable)
        {
            live.Add(disposable);
            Own(disposable, this);
        }
        static void Own(IDisposable disposable, DisposeScope scope)
        {
            if (disposable is torch.Tensor tensor) tensor._scope = scope;
        }
        void Leave(IDisposable disposable, DisposeScope to)
        {
            if (!live.Remove(disposable)) return;
            Own(disposable, null);
            if (to is null) manager.Count(s => s.DetachedFromScopeCount++);
            else to.Take(disposable);
        }

        public IReadOnlyList<IDisposable> DisposablesView => live.ToArray();
        public int DisposablesCount => live.Count;
        public T MoveToOuter<T>(T disposable) where T : IDisposable { Leave(disposable, Outer); return disposable; }

        public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
            => (MoveToOuter(first), MoveToOuter(second));

        public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
            => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

        public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);
        public void MoveToOuter(IEnumerable<IDisposable> disposables) { foreach (var d in disposables.ToArray()) Leave(d, Outer); }
        public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable { Leave(disposable, scope); return disposable; }

        public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
            => (MoveToOther(scope, first), MoveToOther(scope, second));

        public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
            => (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

        public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);
        public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables) { foreach (var d in disposables.ToArray()) Leave(d, scope); }
        public T Detach<T>(T disposable) where T : IDisposable { Leave(disposable, null); return disposable; }
        public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable => (Detach(first), Detach(second));

        public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
            => (Detach(first), Detach(second), Detach(third));

        public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);
        public void Detach(IEnumerable<IDisposable> disposables) { foreach (var d in disposables.ToArray()) Leave(d, null); }
        
        public void Attach(IDisposable disposable)
        {
            if (disposable is torch.Tensor { _scope: null, _disposed: false }) manager.Count(s => s.AttachedToScopeCount++);
            else if (disposable is torch.Tensor { _scope: { } owner }) owner.live.Remove(disposable);
            Take(disposable);
        }

        public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

        public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
        {
            var list = disposables.ToArray();
            foreach (var d in list) Attach(d);
            return list;
        }

        public void DisposeEverything() => DisposeEverythingBut(Array.Empty<IDisposable>());

        public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
        {
            var kept = new HashSet<IDisposable>(inKeep, SameObject.Comparer);
            foreach (var d in live.ToArray())
                if (!kept.Contains(d)) d.Dispose();
            live.RemoveWhere(d => !kept.Contains(d));
        }

        public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);
        public T DisposeEverythingBut<T>(T keep) where T : IDisposable { DisposeEverythingBut((IEnumerable<IDisposable>)new IDisposable[] { keep }); return keep; }
        public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { DisposeEverythingBut((IEnumerable<IDisposable>)new IDisposable[] { first, second }); return (first, second); }
        public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable { DisposeEverythingBut((IEnumerable<IDisposable>)new IDisposable[] { first, second, third }); return (first, second, third); }

        public void Dispose()
        {
            DisposeEverything();
            manager.Leave(this);
        }

        
        public void MarkAsDisposed(IDisposable disposable)
        {
            manager.Count(s => s.DisposedInScopeCount++);
            live.Remove(disposable);
        }

        public bool Contains(IDisposable disposable) => live.Contains(disposable);
    }

    public class DisposeScopeManager
    {
        [ThreadStatic] static DisposeScopeManager current;
        readonly ThreadDisposeScopeStatistics statistics = new();
        DisposeScope top;
        static DisposeScopeManager Current => current ??= new DisposeScopeManager();
        internal static DisposeScope Top => Current.top;
        internal static DisposeScope Register(IDisposable disposable)
        {
            var manager = Current;
            if (manager.top is null) manager.Count(s => s.CreatedOutsideScopeCount++);
            else manager.Count(s => s.CreatedInScopeCount++);
            manager.top?.Take(disposable);
            return manager.top;
        }
        internal static void DisposedOutside() => Current.Count(s => s.DisposedOutsideScopeCount++);
        internal void Count(Action<LifetimeStatistics> count) => count(statistics.TensorStatistics);
        internal static DisposeScope Enter() => Current.top = new DisposeScope(Current) { Outer = Current.top };
        internal void Leave(DisposeScope scope)
        {
            for (var s = top; s is not null; s = s.Outer)
                if (ReferenceEquals(s, scope))
                {
                    top = scope.Outer;
                    return;
                }
        }

        public static ThreadDisposeScopeStatistics Statistics => Current.statistics;
    }

    public class LifetimeStatistics
    {
        public long CreatedOutsideScopeCount { get; internal set; }
        public long DisposedOutsideScopeCount { get; internal set; }
        public long CreatedInScopeCount { get; internal set; }
        public long DisposedInScopeCount { get; internal set; }
        public long AttachedToScopeCount { get; internal set; }
        public long DetachedFromScopeCount { get; internal set; }
        /// <summary>What this thread's scopes hold.</summary>
        public long ThreadTotalLiveCount => CreatedInScopeCount + AttachedToScopeCount - DetachedFromScopeCount - DisposedInScopeCount;

        public void Reset() =>
            CreatedOutsideScopeCount = DisposedOutsideScopeCount = CreatedInScopeCount = DisposedInScopeCount = AttachedToScopeCount = DetachedFromScopeCount = 0;

        public override string ToString() =>
            $"ThreadTotalLiveCount: {ThreadTotalLiveCount}; CreatedOutsideScopeCount: {CreatedOutsideScopeCount}; DisposedOutsideScopeCount: {DisposedOutsideScopeCount}; CreatedInScopeCount: {CreatedInScopeCount}; DisposedInScopeCount: {DisposedInScopeCount}; AttachedToScopeCount: {AttachedToScopeCount}; DetachedFromScopeCount: {DetachedFromScopeCount}";
    }

    public class ThreadDisposeScopeStatistics
    {
        public LifetimeStatistics TensorStatistics { get; } = new();
        public LifetimeStatistics PackedSequenceStatistics { get; } = new();
        public long CreatedOutsideScopeCount => TensorStatistics.CreatedOutsideScopeCount + PackedSequenceStatistics.CreatedOutsideScopeCount;
        public long DisposedOutsideScopeCount => TensorStatistics.DisposedOutsideScopeCount + PackedSequenceStatistics.DisposedOutsideScopeCount;
        public long CreatedInScopeCount => TensorStatistics.CreatedInScopeCount + PackedSequenceStatistics.CreatedInScopeCount;
        public long DisposedInScopeCount => TensorStatistics.DisposedInScopeCount + PackedSequenceStatistics.DisposedInScopeCount;
        public long AttachedToScopeCount => TensorStatistics.AttachedToScopeCount + PackedSequenceStatistics.AttachedToScopeCount;
        public long DetachedFromScopeCount => TensorStatistics.DetachedFromScopeCount + PackedSequenceStatistics.DetachedFromScopeCount;
        public long ThreadTotalLiveCount => TensorStatistics.ThreadTotalLiveCount + PackedSequenceStatistics.ThreadTotalLiveCount;

        public void Reset()
        {
            TensorStatistics.Reset();
            PackedSequenceStatistics.Reset();
        }

        public override string ToString() => $"TensorStatistics: {TensorStatistics}; PackedSequenceStatistics: {PackedSequenceStatistics}";
    }

    public static partial class torch
    {
        public static DisposeScope NewDisposeScope() => DisposeScopeManager.Enter();
        public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Top;
        public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr) { using (NewDisposeScope()) return expr().MoveToOuterDisposeScope(); }
    }
}
