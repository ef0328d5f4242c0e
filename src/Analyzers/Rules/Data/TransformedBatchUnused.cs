using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0207: a batch is transformed into a variable that nobody reads, and the model gets the batch as it was.</summary>
internal sealed class TransformedBatchUnused() : Rule(
    "TL0207",
    Section.Data,
    Level.Warning,
    "The transformed batch is not used",
    "'{0}' is never read: '{1}' still gets '{2}', without the transform",
    "A transform returns its result and leaves the tensor that it is given as it was. The model trains and is tested on raw data, with no complaint.")
{
    private static readonly string[] Words = ["transform", "normal", "augment", "preprocess", "rescale", "resample", "resize", "standard", "whiten"];

    public override IEnumerable<EventKind> Events => [EventKind.Forward];

    public override void InspectBody(BodyReport body)
    {
        List<(VariableDeclaratorSyntax Declarator, ExpressionSyntax Raw)>? unread = null;
        foreach (var pass in body.Events(EventKind.Forward))
        {
            if (pass.Operation is not IInvocationOperation { Instance: { } instance } call || body.Torch.Is(instance.Type, TorchType.Loss) || pass.Node is not InvocationExpressionSyntax { ArgumentList.Arguments: var arguments }) continue;
            foreach (var (declarator, raw) in unread ??= Unread(body))
            {
                if (!IsBefore(declarator, pass.Node)) continue;
                var uses = arguments.SelectMany(a => a.Expression.DescendantNodesAndSelf()).Where(n => SyntaxFactory.AreEquivalent(n, raw)).ToList();
                if (uses.Count == 0 || IsWritten(raw, declarator, pass.Node)) continue;
                body.Report(Descriptor, declarator, uses, null, declarator.Identifier.ValueText, GradientSteps.Text(pass.Node), raw.ToString());
            }
        }
    }

    // The variables of the body that hold what a transform made, with what it was made of, and that nobody reads.
    private static List<(VariableDeclaratorSyntax Declarator, ExpressionSyntax Raw)> Unread(BodyReport body)
    {
        HashSet<string> read = [.. body.Body.Outermost.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Parent is not MemberAccessExpressionSyntax access || access.Name != n).Select(n => n.Identifier.ValueText)];
        var found = new List<(VariableDeclaratorSyntax, ExpressionSyntax)>();
        foreach (var node in body.Body.Syntax.DescendantNodes(n => n == body.Body.Syntax || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            if (node is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax, Initializer.Value: var value } declarator && !read.Contains(declarator.Identifier.ValueText) && Raw(body, value) is { } raw) found.Add((declarator, raw));
        return found;
    }

    // Whether the variable is declared earlier in a block around a pass, up to the loop that it stands in.
    private static bool IsBefore(VariableDeclaratorSyntax declarator, SyntaxNode pass)
    {
        var statement = declarator.Parent!.Parent!;
        for (var n = pass; n is not null and not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax); n = n.Parent)
        {
            if (n.Parent == statement.Parent) return statement.Parent is BlockSyntax && statement.SpanStart < n.SpanStart;
            if (n is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax) return false;
        }

        return false;
    }

    // What is transformed: by arithmetic, by a transform of the companions, by something whose name says so.
    private static ExpressionSyntax? Raw(BodyReport body, ExpressionSyntax value)
    {
        var model = body.Program.Model(value.SyntaxTree);
        ExpressionSyntax? raw;
        switch (value)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression or (int)SyntaxKind.SubtractExpression or (int)SyntaxKind.MultiplyExpression or (int)SyntaxKind.AddExpression } binary:
                raw = Innermost(body, model, binary);
                break;
            case InvocationExpressionSyntax { Expression: var callee } call when model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method:
                var receiver = (callee as MemberAccessExpressionSyntax)?.Expression;
                if (TorchSymbols.IsLibrary(method) && body.Torch.Is(method.ContainingType, TorchType.Tensor)) raw = receiver is not null && (TensorVocabulary.ScalingNames.Contains(method.Name) || IsMoveToDevice(body, method)) ? Innermost(body, model, receiver) : null;
                else raw = IsTransform(body, method, receiver, model) ? call.ArgumentList.Arguments.Select(a => a.Expression).FirstOrDefault(a => body.Torch.Is(model.GetTypeInfo(a, body.Cancellation).Type, TorchType.Tensor)) : null;
                break;
            default:
                return null;
        }

        return raw is IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax && body.Torch.Is(model.GetTypeInfo(raw, body.Cancellation).Type, TorchType.Tensor) && body.Torch.Is(model.GetTypeInfo(value, body.Cancellation).Type, TorchType.Tensor) ? raw : null;
    }

    // `(x - mean) / std`, `x.to(float32) / 255`
    private static ExpressionSyntax Innermost(BodyReport body, SemanticModel model, ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax binary => Innermost(body, model, binary.Left),
        ParenthesizedExpressionSyntax parenthesized => Innermost(body, model, parenthesized.Expression),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method && IsMove(body, method) => Innermost(body, model, access.Expression),
        _ => expression,
    };

    // To where the model is, or to numbers of another type.
    private static bool IsMove(BodyReport body, IMethodSymbol method) => TorchSymbols.IsLibrary(method) && !method.IsStatic && body.Torch.OperationOf(method) is TorchOp.MoveTensor or TorchOp.Cast;

    private static bool IsTransform(BodyReport body, IMethodSymbol method, ExpressionSyntax? receiver, SemanticModel model)
    {
        if (TorchSymbols.IsLibrary(method))
            return method.ContainingAssembly.Name != TorchVocabulary.Assembly || receiver is not null && TorchVocabulary.ForwardNames.Contains(method.Name) && (SaysSo(receiver.ToString()) || IsCompanions(body, model.GetTypeInfo(receiver, body.Cancellation).Type)) || method.Name == TensorVocabulary.NormalizeName;
        if (!SaysSo(method.Name) && (receiver is null || !TorchVocabulary.ForwardNames.Contains(method.Name) || !SaysSo(receiver.ToString()))) return false;

        // A method of the user's that works in place has done its work, whatever becomes of its result.
        return !method.DeclaringSyntaxReferences.Any(r => r.GetSyntax(body.Cancellation).DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText.Length > 1 && t.ValueText.EndsWith("_", StringComparison.Ordinal)));
    }

    // `x.to(device)`, `x.cuda()`; what goes to the CPU is looked at there.
    private static bool IsMoveToDevice(BodyReport body, IMethodSymbol method) =>
        IsMove(body, method) && (method.Name == TensorVocabulary.ToCuda || method.Parameters.FirstOrDefault()?.Type is { } place && (body.Torch.Is(place, TorchType.Device) || body.Torch.Is(place, TorchType.DeviceKind)));

    private static bool IsCompanions(BodyReport body, ITypeSymbol? type) => body.Torch.Is(type, TorchType.Transform) || type is { ContainingAssembly.Name: var name } && name != TorchVocabulary.Assembly && TorchVocabulary.Libraries.Contains(name);

    private static bool SaysSo(string name) => Words.Any(w => name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);

    // Whether the raw batch becomes another one on the way.
    private static bool IsWritten(ExpressionSyntax raw, SyntaxNode from, SyntaxNode to)
    {
        SyntaxNode root = raw;
        while (root is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax) root = root is MemberAccessExpressionSyntax access ? access.Expression : ((ElementAccessExpressionSyntax)root).Expression;
        return (from.FirstAncestorOrSelf<BlockSyntax>() ?? from).DescendantNodes().Any(n => n.SpanStart > from.SpanStart && n.SpanStart < to.SpanStart && n switch
        {
            AssignmentExpressionSyntax { Left: var left } => SyntaxFactory.AreEquivalent(left, raw) || SyntaxFactory.AreEquivalent(left, root),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var receiver, Parent: InvocationExpressionSyntax } => name.EndsWith("_", StringComparison.Ordinal) && SyntaxFactory.AreEquivalent(receiver, raw),
            _ => false,
        });
    }
}
