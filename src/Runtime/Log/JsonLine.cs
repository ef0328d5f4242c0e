using System.Globalization;
using System.Text;

namespace TrainLint.Runtime.Log;

/// <summary>One object of JSON on one line. Numbers as in all cultures; NaN and the infinities, which JSON has no numbers for, as the strings NaN, Infinity and -Infinity.</summary>
internal sealed class JsonLine
{
    private readonly StringBuilder _text = new("{");
    private bool _first = true;

    public JsonLine Add(string name, string? value)
    {
        Name(name);
        Text(value);
        return this;
    }

    public JsonLine Add(string name, bool value)
    {
        Name(name);
        _text.Append(value ? "true" : "false");
        return this;
    }

    public JsonLine Add(string name, long value)
    {
        Name(name);
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public JsonLine Add(string name, double? value)
    {
        Name(name);
        Number(value);
        return this;
    }

    public JsonLine Add(string name, IEnumerable<double> values)
    {
        Name(name);
        List(values, Number);
        return this;
    }

    public JsonLine Add(string name, IEnumerable<long> values)
    {
        Name(name);
        List(values, value => _text.Append(value.ToString(CultureInfo.InvariantCulture)));
        return this;
    }

    public JsonLine Add(string name, IEnumerable<JsonLine> values)
    {
        Name(name);
        List(values, value => _text.Append(value));
        return this;
    }

    public JsonLine Add(string name, JsonLine value)
    {
        Name(name);
        _text.Append(value);
        return this;
    }

    public override string ToString() => _text + "}";

    private void Name(string name)
    {
        if (!_first)
            _text.Append(',');
        _first = false;
        Text(name);
        _text.Append(':');
    }

    private void List<T>(IEnumerable<T> values, Action<T> write)
    {
        _text.Append('[');
        var first = true;
        foreach (var value in values)
        {
            if (!first)
                _text.Append(',');
            first = false;
            write(value);
        }

        _text.Append(']');
    }

    private void Number(double value) => Number((double?)value);

    private void Number(double? value) => _text.Append(value switch
    {
        null => "null",
        double.NaN => "\"NaN\"",
        double.PositiveInfinity => "\"Infinity\"",
        double.NegativeInfinity => "\"-Infinity\"",
        { } number => number.ToString("R", CultureInfo.InvariantCulture),
    });

    private void Text(string? value)
    {
        if (value is null)
        {
            _text.Append("null");
            return;
        }

        _text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                _text.Append('\\').Append(c);
            else if (c < ' ' || c is '\u2028' or '\u2029' || char.IsSurrogate(c))
                _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                _text.Append(c);
        }

        _text.Append('"');
    }
}
