using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>What the rules about layers that follow each other share.</summary>
internal static class LayerChains
{
    private const int LongestText = 48;

    /// <summary>What goes through layers where the operation stands.</summary>
    public static LayerReport Of(OperationReport operation) =>
        operation.Torch.Is(operation.Operation.Type, TorchType.Module) ? operation.Program.LayersAround(operation.Owner, operation.Cancellation) : LayerReport.Empty;

    /// <summary>The part as the type itself sees it: a layer, or the module of its own that the layer is in.</summary>
    public static Part Seen(Part part)
    {
        while (part.Home is { Syntax: not (TypeDeclarationSyntax or CompilationUnitSyntax) } home) part = home;
        return part;
    }

    /// <summary>The layer as it is made, on one line and not too long.</summary>
    public static string Text(SyntaxNode node)
    {
        var text = node.ToString();
        return text.Length > LongestText || text.IndexOf('\n') >= 0 ? GradientSteps.Text(node) : text;
    }

    /// <summary>Whether nobody but the next layer sees what comes out of the pass.</summary>
    public static bool IsSeenOnlyBy(LayerPass next) => next.Input.Uses.Count <= 1 && next.Input.Way.All(u => u.Count <= 1);
}
