// Parameters and rates, from all the ways in which the factories take them.

using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp
{
    internal static class Groups
    {
        internal static IEnumerable<T> Plain<T>(IEnumerable<T> parameters) => parameters;

        internal static IEnumerable<Parameter> Plain(IEnumerable<(string name, Parameter parameter)> parameters) => parameters.Select(p => p.parameter);

        internal static IEnumerable<ParamGroup> Of<TOptions, TGroup>(IEnumerable<Parameter> parameters) where TOptions : OptimizerOptions where TGroup : ParamGroup, new()
        {
            yield return new TGroup { Parameters = parameters };
        }

        internal static IEnumerable<ParamGroup> Of<TOptions, TGroup>(IEnumerable<TGroup> groups) where TOptions : OptimizerOptions where TGroup : ParamGroup, new() => groups;

        internal static IEnumerable<ParamGroup> Of<TOptions, TGroup>(IEnumerable<ParamGroup<TOptions>> groups) where TOptions : OptimizerOptions, new() where TGroup : ParamGroup, new() => groups;
    }

    internal static class Rates
    {
        internal static double[] Of(double rate) => new[] { rate };

        internal static double[] Of(IEnumerable<double> rates) => rates.ToArray();
    }
}
