using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TrainLint.Analyzers.Training;

/// <summary>A number that is the same in every run.</summary>
/// <param name="Number">The number.</param>
/// <param name="Place">Where it is written.</param>
internal readonly record struct Constant(double Number, SyntaxNode Place);

/// <summary>
/// Numbers that are certain: constants, fields and properties that nobody sets again, variables that are assigned once, and what is
/// computed from these. What a caller may choose, be it by leaving a default, is not certain.
/// </summary>
internal static class Constants
{
    private const int MaxDepth = 8;

    public static Constant? Of(IOperation? operation, TrainingProgram program, CancellationToken cancellation) => Of(operation, program, 0, cancellation);

    private static Constant? Of(IOperation? operation, TrainingProgram program, int depth, CancellationToken cancellation)
    {
        if (operation is null || depth > MaxDepth) return null;
        switch (operation)
        {
            case IConversionOperation { OperatorMethod: null } conversion:
                if (Of(conversion.Operand, program, depth + 1, cancellation) is not { } converted) return null;
                if (!IsWhole(conversion.Type) || converted.Number == Math.Truncate(converted.Number)) return converted;
                return Known(operation);
            case ILocalReferenceOperation { Local: var local }:
                return Declared(local, program, cancellation) is { } initial ? Of(initial, program, depth + 1, cancellation) ?? Known(operation) : Known(operation);
            case IFieldReferenceOperation { Field: var field }:
                return Initial(field, program, cancellation) is { } value ? Of(value, program, depth + 1, cancellation) ?? Known(operation) : Known(operation);
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property }:
                return Initial(property, program, cancellation) is { } fixedValue ? Of(fixedValue, program, depth + 1, cancellation) : null;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus, OperatorMethod: null, ConstantValue.HasValue: false } negated:
                return Of(negated.Operand, program, depth + 1, cancellation) is { } operand ? new(-operand.Number, operation.Syntax) : null;
            case IBinaryOperation { OperatorMethod: null, ConstantValue.HasValue: false } binary when !IsWhole(binary.Type):
                return Of(binary.LeftOperand, program, depth + 1, cancellation) is { } left && Of(binary.RightOperand, program, depth + 1, cancellation) is { } right && Computed(binary.OperatorKind, left.Number, right.Number) is { } number
                    ? new(number, operation.Syntax) : null;
            default:
                return Known(operation);
        }
    }

    private static Constant? Known(IOperation operation)
    {
        if (operation.ConstantValue is not { HasValue: true, Value: { } value }) return null;
        double? number = value switch
        {
            double d => d,
            // As it was written: 0.1f is 0.1.
            float f => double.Parse(f.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            decimal m => (double)m,
            int i => i,
            long l => l,
            uint u => u,
            ulong u => u,
            short s => s,
            ushort u => u,
            byte b => b,
            sbyte s => s,
            _ => null,
        };
        return number is { } n ? new(n, operation.Syntax) : null;
    }

    private static double? Computed(BinaryOperatorKind kind, double left, double right) => kind switch
    {
        BinaryOperatorKind.Add => left + right,
        BinaryOperatorKind.Subtract => left - right,
        BinaryOperatorKind.Multiply => left * right,
        BinaryOperatorKind.Divide => left / right,
        _ => null,
    };

    private static bool IsWhole(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    // What a variable is declared with, where nothing else is ever put into it.
    private static IOperation? Declared(ILocalSymbol local, TrainingProgram program, CancellationToken cancellation)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator) return null;
        return local.IsConst || !IsAssigned(declarator) ? program.Model(value.SyntaxTree).GetOperation(value, cancellation) : null;
    }

    private static bool IsAssigned(VariableDeclaratorSyntax declarator)
    {
        SyntaxNode scope = declarator;
        while (scope.Parent is { } parent and not (MemberDeclarationSyntax or CompilationUnitSyntax)) scope = parent;
        scope = scope.Parent is MemberDeclarationSyntax and not GlobalStatementSyntax ? scope.Parent : scope.SyntaxTree.GetRoot();
        var name = declarator.Identifier.ValueText;
        foreach (var node in scope.DescendantNodes())
        {
            if (node is not IdentifierNameSyntax identifier || identifier.Identifier.ValueText != name) continue;
            switch (identifier.Parent)
            {
                case AssignmentExpressionSyntax assignment when assignment.Left == identifier:
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression }:
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression }:
                case ArgumentSyntax { RefKindKeyword.RawKind: not 0 }:
                case ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } }:
                case RefExpressionSyntax:
                    return true;
            }
        }

        return false;
    }

    // What a field or property is declared with, where nothing else is ever put into it.
    private static IOperation? Initial(ISymbol member, TrainingProgram program, CancellationToken cancellation)
    {
        member = member.OriginalDefinition;
        if (member.ContainingAssembly is not ISourceAssemblySymbol || member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) return null;
        ExpressionSyntax? value;
        switch (member)
        {
            case IFieldSymbol { IsConst: true }:
                value = (declaration as VariableDeclaratorSyntax)?.Initializer?.Value;
                break;
            // An attribute may have a tool or a serializer fill it.
            case IFieldSymbol field when field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private && field.GetAttributes().IsEmpty:
                value = (declaration as VariableDeclaratorSyntax)?.Initializer?.Value;
                if (IsSet(field, declaration, program)) return null;
                break;
            case IPropertySymbol { IsReadOnly: true, IsVirtual: false, IsOverride: false, IsAbstract: false } property when declaration is PropertyDeclarationSyntax syntax:
                value = syntax.ExpressionBody?.Expression ?? syntax.Initializer?.Value;
                if (syntax.ExpressionBody is null && IsSet(property, declaration, program)) return null;
                break;
            default:
                return null;
        }

        return value is null ? null : program.Model(value.SyntaxTree).GetOperation(value, cancellation);
    }

    private static bool IsSet(ISymbol member, SyntaxNode declaration, TrainingProgram program)
    {
        foreach (var text in program.Index.Assigning(member.Name))
            if (!text.Node.Span.Contains(declaration.Span) && TrainingProgram.InType(text.Node, member.ContainingType)) return true;
        return false;
    }
}
