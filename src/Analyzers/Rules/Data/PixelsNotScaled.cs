using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0201: the bytes of an image become floating-point numbers and go into a model with no scaling on the way.</summary>
internal sealed class PixelsNotScaled() : Rule(
    "TL0201",
    Section.Data,
    Level.Suggestion,
    "Pixels go into the model unscaled",
    "'{0}' leaves the pixels as numbers from 0 to 255, and '{1}' gets them so: divide by 255",
    "The initial weights of a model are made for inputs of about 1. With inputs a hundred times larger the first loss is huge, and with plain SGD the first step often destroys the model.")
{
    private const int MaxSteps = 60;

    public override void InspectBody(BodyReport body)
    {
        if (body.Program.Index.Around(body.Body.Syntax) is not { } member || !TorchVocabulary.ForwardNames.Any(member.Names.Contains)) return;
        if (!TensorVocabulary.ImageReaders.Any(member.Names.Contains) && !(TensorVocabulary.ByteFactories.Any(member.Names.Contains) && ConversionNames.Any(member.Names.Contains))) return;
        foreach (var call in body.Body.Syntax.DescendantNodes(n => n == body.Body.Syntax || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<InvocationExpressionSyntax>())
            if (NameOf(call) is { } name && (TensorVocabulary.ImageReaders.Contains(name) || TensorVocabulary.ByteFactories.Contains(name))) Inspect(body, call);
    }

    private static readonly string[] ConversionNames = [.. TensorVocabulary.FloatConversions, "to", TensorVocabulary.ToType];

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    private void Inspect(BodyReport body, InvocationExpressionSyntax call)
    {
        if (body.Program.Model(call.SyntaxTree).GetOperation(call, body.Cancellation) is not IInvocationOperation { TargetMethod: var method } source || !TorchSymbols.IsLibrary(method)) return;
        var isImage = TensorVocabulary.ImageReaders.Contains(method.Name);
        if (!isImage && (source.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is not { Value: var bytes } || !IsBytes(bytes) || source.Arguments.Any(a => a.Parameter?.Name == TensorVocabulary.DTypeParameter && a.ArgumentKind != ArgumentKind.DefaultValue))) return;
        if (new Way(body).Follow(call) is not { } found || IsScaled(body, found.Pass)) return;
        if (!isImage && !HasConvolutions(body, found.Pass)) return;
        body.Report(Descriptor, found.Conversion, [found.Pass], null, GradientSteps.Text(found.Conversion), GradientSteps.Text(found.Pass));
    }

    private static bool IsBytes(IOperation value)
    {
        value = value.Unconverted();
        return value.Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte };
    }

    // Somebody in this member, or the model itself, knows about the range of pixels.
    private static bool IsScaled(BodyReport body, InvocationExpressionSyntax pass)
    {
        var member = body.Body.Outermost.Syntax;
        return MentionsScale(member) || Declarations(body, pass).Any(d => MentionsScale(d) || d.DescendantTokens().Any(t => t.Text.StartsWith("BatchNorm", StringComparison.Ordinal) || t.ValueText == TensorVocabulary.NormalizeName));
    }

    private static bool MentionsScale(SyntaxNode node) => node.DescendantTokens().Any(t => t.IsKind(SyntaxKind.NumericLiteralToken) && TensorVocabulary.PixelScales.Any(s => t.Text.StartsWith(s, StringComparison.Ordinal)));

    private static bool HasConvolutions(BodyReport body, InvocationExpressionSyntax pass) => Declarations(body, pass).Any(d => d.DescendantTokens().Any(t => t.ValueText == TensorVocabulary.ConvolutionName));

    // Where the text stands that says what the model is made of: its class, or the expression that makes it.
    private static IEnumerable<SyntaxNode> Declarations(BodyReport body, InvocationExpressionSyntax pass)
    {
        if (pass.Expression is not MemberAccessExpressionSyntax { Expression: var receiver }) yield break;
        var model = body.Program.Model(pass.SyntaxTree);
        if (model.GetSymbolInfo(receiver, body.Cancellation).Symbol is { } symbol)
            foreach (var reference in symbol.DeclaringSyntaxReferences) yield return reference.GetSyntax(body.Cancellation);
        var types = new List<ITypeSymbol?> { model.GetTypeInfo(receiver, body.Cancellation).Type };
        if (body.Events(EventKind.Forward).FirstOrDefault(e => e.Node == pass) is { } run && (run.Subject.Fact ?? body.Resolve(run.Subject)) is ModuleFact { Made: var made })
        {
            types.AddRange(made.Select(m => m.Type));
            foreach (var module in made) yield return module.Creation;
        }

        foreach (var type in types.OfType<INamedTypeSymbol>())
            foreach (var reference in type.DeclaringSyntaxReferences) yield return reference.GetSyntax(body.Cancellation);
    }

    /// <summary>The way of a tensor of bytes, through variables of its member, to a conversion and into a model.</summary>
    private sealed class Way(BodyReport body)
    {
        private readonly HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        private int steps;

        public (SyntaxNode Conversion, InvocationExpressionSyntax Pass)? Follow(SyntaxNode source) => Follow(source, null);

        private (SyntaxNode, InvocationExpressionSyntax)? Follow(SyntaxNode node, SyntaxNode? conversion)
        {
            while (steps++ < MaxSteps)
            {
                var model = body.Program.Model(node.SyntaxTree);
                switch (node.Parent)
                {
                    case ParenthesizedExpressionSyntax or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                        node = node.Parent;
                        continue;
                    case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == node && model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method && TorchSymbols.IsLibrary(method):
                        if (Converts(call, method, model)) conversion ??= call;
                        else if (!TensorVocabulary.LayoutNames.Contains(method.Name)) return null;
                        node = call;
                        continue;
                    case ElementAccessExpressionSyntax element when element.Expression == node:
                        node = element;
                        continue;
                    case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax pass } when conversion is not null && model.GetSymbolInfo(pass, body.Cancellation).Symbol is IMethodSymbol forward
                                                                                            && body.Torch.OperationOf(forward) == TorchOp.Forward && TakesImages(pass, model):
                        return (conversion, pass);
                    case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } when model.GetDeclaredSymbol(declarator, body.Cancellation) is ILocalSymbol local && seen.Add(local):
                        return Follow(local, declarator, conversion);
                    default:
                        return null;
                }
            }

            return null;
        }

        // A variable that is set once, and changed by nobody.
        private (SyntaxNode, InvocationExpressionSyntax)? Follow(ILocalSymbol local, SyntaxNode declarator, SyntaxNode? conversion)
        {
            var model = body.Program.Model(declarator.SyntaxTree);
            SyntaxNode? scope = declarator.FirstAncestorOrSelf<BlockSyntax>();
            scope ??= declarator.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.Parent;
            (SyntaxNode, InvocationExpressionSyntax)? found = null;
            if (scope is null) return null;
            foreach (var name in scope.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, body.Cancellation).Symbol, local)) continue;
                if (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name
                    || name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var called } && called.EndsWith("_", StringComparison.Ordinal)) return null;
                found ??= Follow(name, conversion);
            }

            return found;
        }

        // `x.to(ScalarType.Float32)`, `x.@float()`
        private bool Converts(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
        {
            if (TensorVocabulary.FloatConversions.Contains(method.Name)) return true;
            return body.Torch.OperationOf(method) is TorchOp.MoveTensor or TorchOp.Cast && model.GetOperation(call, body.Cancellation) is IInvocationOperation cast
                && cast.Arguments.Any(a => a.Parameter?.Type.TypeKind == TypeKind.Enum && Value(a.Value) is { } type && TensorVocabulary.FloatingTypes.Contains(type) && a.Parameter.Name == TensorVocabulary.TypeParameter);
        }

        // A constant, or torch.float32 and its like, which are fields of that value.
        private static int? Value(IOperation value)
        {
            value = value.Unconverted();
            return value.ConstantValue is { HasValue: true, Value: IConvertible constant } ? constant.ToInt32(System.Globalization.CultureInfo.InvariantCulture)
                : value is IFieldReferenceOperation { Field: { IsStatic: true } field } && TorchSymbols.IsLibrary(field) && TensorVocabulary.TypeNamed(field.Name) is "Float32" or "Float64" or "Float16" or "BFloat16" ? TensorVocabulary.FloatingTypes[0]
                : null;
        }

        // Not an activation, nor a transform, which may scale.
        private bool TakesImages(InvocationExpressionSyntax pass, SemanticModel model) =>
            pass.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && model.GetTypeInfo(receiver, body.Cancellation).Type is { } type
            && body.Torch.Is(type, TorchType.Module) && !body.Torch.Is(type, TorchType.Loss) && !body.Torch.Is(type, TorchType.Parameterless) && !body.Torch.Is(type, TorchType.BatchNorm) && !body.Torch.Is(type, TorchType.Transform);
    }
}
