using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>What lies where it must not: the tensor, and a sentence that names it, both devices and the line to add.</summary>
internal sealed record Misplaced(string Subject, string Message);

/// <summary>Where the tensors of a step lie, against where the model lies.</summary>
internal static class Placement
{
    private const int Named = 3;

    /// <summary>The parts of a model that are not where most of it is, one finding per device.</summary>
    public static IEnumerable<Misplaced> Within(ModelMap map)
    {
        if (map.Place is not { } home)
            yield break;
        foreach (var group in map.Places.Where(entry => entry.Place != home).GroupBy(entry => entry.Place))
        {
            var away = group.Select(entry => entry.Name).ToArray();
            var parts = Parts(away, map).ToArray();
            var rest = map.Places.Count(entry => entry.Place == home);
            var kind = map.Buffers.Count == 0 ? "parameters" : "parameters and buffers";
            yield return new(parts[0],
                $"{Join(parts)} {(parts.Length == 1 ? "is" : "are")} on {group.Key}, the other {rest} {kind} on {home}: "
                + $"call model.to(\"{home}\") once the model is complete, before the optimizer is made");
        }
    }

    /// <summary>A tensor that meets the model and is not where the model is; null where all is well.</summary>
    /// <param name="name">What the user calls it.</param>
    /// <param name="tensor">The tensor. One without dimensions may stay on the CPU: the library lets it meet all others.</param>
    /// <param name="home">Where the model is.</param>
    public static Misplaced? Of(string name, Tensor tensor, Place home)
    {
        var place = Place.Of(tensor);
        if (place == home || (tensor.dim() == 0 && place.Type == TorchSharp.DeviceType.CPU))
            return null;
        return new(name, $"the {name} is on {place}, the model on {home}: pass {Identifier(name)}.to(\"{home}\")");
    }

    /// <summary>The state of an optimizer (momenta, averages) that stayed behind when the parameters moved.</summary>
    public static Misplaced? OfState(optim.Optimizer optimizer, ModelMap map)
    {
        if (optimizer is not OptimizerHelper helper || map.Place is not { } home || map.Places.Any(entry => entry.Place != home))
            return null;
        // The state's fields differ by optimizer and version; all that hold tensors are meant.
        foreach (var state in helper.state_dict().State)
        {
            foreach (var field in state.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                if (field.GetValue(state) is Tensor tensor and not Parameter && !tensor.IsInvalid && tensor.dim() > 0 && Place.Of(tensor) is var place && place != home)
                {
                    return new("optimizer",
                        $"the state of {optimizer.GetType().Name} ({field.Name}) is on {place}, the model on {home}: call optimizer.to(torch.device(\"{home}\")), or make the optimizer after model.to(...)");
                }
            }
        }

        return null;
    }

    /// <summary>The paths that stand for some tensors: a whole submodule where all of it is away.</summary>
    private static IEnumerable<string> Parts(IReadOnlyCollection<string> away, ModelMap map)
    {
        var set = new HashSet<string>(away);
        return away.Select(path => Prefixes(path).FirstOrDefault(prefix => map.Places.Count(entry => IsBelow(entry.Name, prefix)) > 1
            && map.Places.All(entry => !IsBelow(entry.Name, prefix) || set.Contains(entry.Name))) ?? path).Distinct();
    }

    private static IEnumerable<string> Prefixes(string path)
    {
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
            yield return path.Substring(0, dot);
    }

    private static bool IsBelow(string path, string prefix) => path.StartsWith(prefix + ".", StringComparison.Ordinal);

    private static string Join(string[] names) => names.Length <= Named
        ? string.Join(", ", names)
        : string.Join(", ", names.Take(Named)) + $" and {names.Length - Named} more";

    /// <summary>A name that could stand in code.</summary>
    private static string Identifier(string name)
    {
        var words = name.Split(' ');
        return words[0] + string.Concat(words.Skip(1).Where(word => word.Length > 0 && char.IsLetterOrDigit(word[0])).Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
    }
}
