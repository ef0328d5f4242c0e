// A dictionary that keeps the order of its entries.

using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp.Utils
{
    public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
    {
        readonly List<(TKey Key, TValue Value)> list = new();
        readonly Dictionary<TKey, TValue> map = new();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => list.Select(p => new KeyValuePair<TKey, TValue>(p.Key, p.Value)).GetEnumerator();

        public void clear() { map.Clear(); list.Clear(); }
        public IEnumerator<(TKey, TValue)> items() => list.Select(p => (p.Key, p.Value)).GetEnumerator();
        public IEnumerable<TKey> keys() => list.Select(p => p.Key);
        public IEnumerable<TValue> values() => list.Select(p => p.Value);

        public (TKey, TValue) this[int index] {
            get => list[index];
            set { map.Remove(list[index].Key); list[index] = value; map[value.Item1] = value.Item2; }
        }

        public bool IsReadOnly => false;
        public ICollection<TKey> Keys => list.Select(p => p.Key).ToList();
        public ICollection<TValue> Values => list.Select(p => p.Value).ToList();
        public int Count => list.Count;

        public TValue this[TKey key] {
            get => map[key];
            set
            {
                var at = list.FindIndex(p => p.Key.Equals(key));
                if (at < 0) list.Add((key, value));
                else list[at] = (key, value);
                map[key] = value;
            }
        }

        public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);
        public void Add(TKey key, TValue value) { map.Add(key, value); list.Add((key, value)); }
        public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);
        public bool Contains((TKey, TValue) item) => map.ContainsKey(item.Item1);
        public void CopyTo((TKey, TValue)[] array, int arrayIndex) { foreach (var p in list) array[arrayIndex++] = p; }
        public int IndexOf((TKey, TValue) item) => list.FindIndex(p => p.Key.Equals(item.Item1));
        public void Insert(int index, (TKey, TValue) item) { map.Add(item.Item1, item.Item2); list.Insert(index, item); }
        public bool Remove((TKey, TValue) item) => Remove(item.Item1);
        public void RemoveAt(int index) => Remove(list[index].Key);
        public bool ContainsKey(TKey key) => map.ContainsKey(key);
        public bool Remove(TKey key) { list.RemoveAll(p => p.Key.Equals(key)); return map.Remove(key); }
        public bool TryGetValue(TKey key, out TValue value) => map.TryGetValue(key, out value);
        public void Clear() { map.Clear(); list.Clear(); }
        public bool Contains(KeyValuePair<TKey, TValue> item) => map.ContainsKey(item.Key);
        public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) { foreach (var p in list) array[arrayIndex++] = new KeyValuePair<TKey, TValue>(p.Key, p.Value); }
        public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);
        public IEnumerator<(TKey, TValue)> GetEnumerator() => list.Select(p => (p.Key, p.Value)).GetEnumerator();
    }
}
