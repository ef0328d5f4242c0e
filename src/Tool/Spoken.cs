using System.Globalization;

namespace TrainLint.Tool;

/// <summary>The language that the tool speaks. Numbers are written the same way in all.</summary>
internal static class Spoken
{
    public static CultureInfo Culture
    {
        get => CultureInfo.CurrentUICulture;
        set => CultureInfo.CurrentUICulture = value;
    }
}
