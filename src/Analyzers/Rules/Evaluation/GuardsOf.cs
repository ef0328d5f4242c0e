using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>Whether gradients may be off at a place, by whatever way: then nobody can say that they are recorded.</summary>
internal static class GuardsOf
{
    /// <summary>Whether a guard stands around the node in its member, also one that is there only sometimes, or the member handles gradients itself.</summary>
    public static bool MayBeOff(BodyReport body, SyntaxNode node)
    {
        if (body.Program.Index.Around(node) is not { } member || TensorVocabulary.FreezeNames.Concat(TorchVocabulary.RetainGradNames).Any(member.Names.Contains)) return true;
        return IsGuarded(body.Program, node);
    }

    /// <summary>Whether a caller may have switched gradients off.</summary>
    public static bool MayBeOffAtCallers(BodyReport body) => MayBeOffAtCallers(body, body.Body, TrainingProgram.ContextDepth);

    private static bool MayBeOffAtCallers(BodyReport body, Body callee, int depth)
    {
        foreach (var (caller, site) in body.Program.CallersOf(callee, body.Cancellation))
        {
            if (site.Before.Guards.Any(g => g.Kind != TorchOp.NewScope) || IsGuarded(body.Program, site.Node)) return true;
            if (depth > 1 && MayBeOffAtCallers(body, caller, depth - 1)) return true;
        }

        return false;
    }

    private static bool IsGuarded(TrainingProgram program, SyntaxNode node)
    {
        for (var n = node; n is not null; n = n.Parent)
        {
            switch (n.Parent)
            {
                case UsingStatementSyntax { Statement: var held } statement when held == n && Switches(program, statement.Expression ?? (SyntaxNode?)statement.Declaration):
                    return true;
                case BlockSyntax block:
                    foreach (var earlier in block.Statements)
                    {
                        if (earlier.SpanStart >= n.SpanStart) break;
                        if (earlier is LocalDeclarationStatementSyntax or ExpressionStatementSyntax && Switches(program, earlier)) return true;
                    }

                    break;
                case GlobalStatementSyntax { Parent: CompilationUnitSyntax unit }:
                    foreach (var earlier in unit.Members.OfType<GlobalStatementSyntax>())
                    {
                        if (earlier.SpanStart >= n.SpanStart) break;
                        if (earlier.Statement is LocalDeclarationStatementSyntax or ExpressionStatementSyntax && Switches(program, earlier.Statement)) return true;
                    }

                    break;
            }
        }

        return false;
    }

    // A guard of the library, or an object of the user's that begins one.
    private static bool Switches(TrainingProgram program, SyntaxNode? statement)
    {
        if (statement is null) return false;
        foreach (var node in statement.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax))
        {
            if (node is SimpleNameSyntax name && TorchVocabulary.NoGradientNames.Contains(name.Identifier.ValueText)) return true;
            if (node is ObjectCreationExpressionSyntax { Type: var type } && statement is not ExpressionStatementSyntax
                && TorchVocabulary.NoGradientNames.SelectMany(program.Index.Mentioning).Any(m => m.Node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText == (type as IdentifierNameSyntax)?.Identifier.ValueText)
                && node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText != (type as IdentifierNameSyntax)?.Identifier.ValueText
                && (statement is not LocalDeclarationStatementSyntax local || local.UsingKeyword != default)) return true;
        }

        return false;
    }
}
