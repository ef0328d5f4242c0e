using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.Evaluation;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>Which data a transform is for: the data sets that a pipeline is given to, and what these are read for.</summary>
internal static class Pipelines
{
    private const int MaxSteps = 40;

    private const int MaxNesting = 8;

    /// <summary>The makings of data sets that are given the transform, alone or as part of a pipeline. Ways that cannot be followed are left out.</summary>
    public static IEnumerable<SyntaxNode> DataSetsOf(OperationReport operation, SyntaxNode transform)
    {
        var seen = new HashSet<SyntaxNode>();
        var work = new Queue<SyntaxNode>();
        work.Enqueue(transform);
        while (work.Count > 0 && seen.Count < MaxSteps)
        {
            var node = work.Dequeue();
            if (!seen.Add(node)) continue;
            var model = operation.Program.Model(node.SyntaxTree);
            switch (node.Parent)
            {
                case ParenthesizedExpressionSyntax or CastExpressionSyntax or CollectionElementSyntax or CollectionExpressionSyntax:
                    work.Enqueue(node.Parent);
                    break;
                case InitializerExpressionSyntax { Parent: { } array }:
                    work.Enqueue(array);
                    break;
                case ArgumentSyntax { Parent.Parent: { } call }:
                    var made = model.GetTypeInfo(call, operation.Cancellation).Type;
                    if (operation.Torch.Is(made, TorchType.Dataset)) yield return call;
                    else if (operation.Torch.Is(made, TorchType.Transform)) work.Enqueue(call);
                    break;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } when model.GetDeclaredSymbol(variable, operation.Cancellation) is { } symbol:
                    foreach (var member in operation.Program.Mentioning(symbol))
                    {
                        var root = member.Node is GlobalStatementSyntax ? member.Node.Parent! : member.Node;
                        foreach (var name in root.DescendantNodes().OfType<IdentifierNameSyntax>())
                            if (name.Identifier.ValueText == symbol.Name && SymbolEqualityComparer.Default.Equals(operation.Program.Model(root.SyntaxTree).GetSymbolInfo(name, operation.Cancellation).Symbol, symbol)) work.Enqueue(name);
                    }

                    break;
            }
        }
    }

    /// <summary>Whether the data set is only there to evaluate on: made as the test part, or read by evaluations alone.</summary>
    public static bool IsForEvaluation(OperationReport operation, SyntaxNode dataSet) => Part(operation, dataSet) is { } train ? !train : Role(operation, dataSet) is { Evaluates: true, Trains: false };

    /// <summary>Whether a data set of the library is made as the part for training, or for testing.</summary>
    public static bool? Part(OperationReport operation, SyntaxNode dataSet) =>
        operation.Program.Model(dataSet.SyntaxTree).GetOperation(dataSet, operation.Cancellation) is IInvocationOperation call && TorchSymbols.IsLibrary(call.TargetMethod)
        && call.Arguments.FirstOrDefault(a => a.Parameter?.Name == TorchVocabulary.TrainName) is { Value.ConstantValue: { HasValue: true, Value: bool train } } ? train : null;

    private static DataRole? Role(OperationReport operation, SyntaxNode dataSet)
    {
        if (operation.Around() is not { } body) return null;
        var (trains, evaluates) = (false, false);
        foreach (var use in operation.UsesOf(dataSet))
        {
            if (use.Kind == UseKind.Enumerate) Add(use.Node);
            else if (use.Kind == UseKind.Argument && use.Node.Parent?.Parent is { } loader && operation.Torch.Is(operation.Program.Model(loader.SyntaxTree).GetTypeInfo(loader, operation.Cancellation).Type, TorchType.DataLoader))
                foreach (var read in operation.UsesOf(loader))
                {
                    if (read.Kind == UseKind.Escape) return null;
                    if (read.Kind == UseKind.Enumerate) Add(read.Node);
                }
            else if (use.Kind == UseKind.Escape) return null;
        }

        return new(trains, evaluates);

        void Add(SyntaxNode loop)
        {
            var role = EvaluationData.RoleOf(body, loop);
            (trains, evaluates) = (trains || role.Trains, evaluates || role.Evaluates);
        }
    }

    /// <summary>The transforms that a pipeline consists of, in their order; null where they cannot all be seen.</summary>
    public static List<IInvocationOperation>? Steps(IOperation? pipeline, OperationReport operation, int depth = 0)
    {
        pipeline = pipeline.Unconverted();
        if (depth > MaxNesting) return null;
        switch (pipeline)
        {
            case ILiteralOperation or IDefaultValueOperation:
                return [];
            case ILocalReferenceOperation { Local: var local } when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value } declarator
                && !declarator.Ancestors().OfType<MemberDeclarationSyntax>().First().Parent!.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } && name.Identifier.ValueText == local.Name):
                return Steps(operation.Program.Model(value.SyntaxTree).GetOperation(value, operation.Cancellation), operation, depth + 1);
            case IInvocationOperation { TargetMethod: var method } call when TorchSymbols.IsLibrary(method) && operation.Torch.Is(method.ReturnType, TorchType.Transform):
                if (method.Name != TensorVocabulary.ComposeName) return [call];
                return call.Arguments is [{ Value: IArrayCreationOperation { Initializer: { } initializer } }] ? All(initializer.ElementValues, operation, depth) : null;
            default:
                return null;
        }
    }

    private static List<IInvocationOperation>? All(IEnumerable<IOperation> parts, OperationReport operation, int depth)
    {
        var steps = new List<IInvocationOperation>();
        foreach (var part in parts)
        {
            if (Steps(part, operation, depth + 1) is not { } inner) return null;
            steps.AddRange(inner);
        }

        return steps;
    }

    /// <summary>The constants of an argument that is an array of numbers written out.</summary>
    public static double[]? Numbers(IInvocationOperation call, string parameter)
    {
        if (call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter)?.Value is not { } value) return null;
        value = value.Unconverted();
        var elements = value switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var written } => written,
            ICollectionExpressionOperation collection => collection.Elements,
            _ => default,
        };
        if (elements.IsDefaultOrEmpty) return null;
        var numbers = new List<double>();
        foreach (var element in elements)
        {
            if (element.ConstantValue is not { HasValue: true, Value: IConvertible number }) return null;
            numbers.Add(number.ToDouble(System.Globalization.CultureInfo.InvariantCulture));
        }

        return [.. numbers];
    }
}
