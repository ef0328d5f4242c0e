using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>What the rules about schedulers share.</summary>
internal static class Schedulers
{
    /// <summary>The one scheduler that a step belongs to; null where it may be any.</summary>
    public static SchedulerFact? Of(BodyReport body, TrainingEvent step) => (step.Subject.Fact ?? body.Resolve(step.Subject)) as SchedulerFact;

    /// <summary>The factory that made a scheduler, or its class, by name, and what it was given.</summary>
    public static (string Name, ImmutableArray<IArgumentOperation> Arguments) Made(BodyReport body, SyntaxNode creation) =>
        body.Program.Model(creation.SyntaxTree).GetOperation(creation, body.Cancellation) switch
        {
            IInvocationOperation call => (call.TargetMethod.Name, call.Arguments),
            IObjectCreationOperation made => (made.Type?.Name ?? "", made.Arguments),
            _ => ("", ImmutableArray<IArgumentOperation>.Empty),
        };

    /// <summary>Whether a choice around a node asks for something of that name: `if (scheduler is ReduceLROnPlateau)`.</summary>
    public static bool AsksFor(SyntaxNode node, string name)
    {
        foreach (var choice in node.Ancestors())
        {
            if (choice is MemberDeclarationSyntax and not GlobalStatementSyntax) break;
            SyntaxNode? condition = choice switch
            {
                IfStatementSyntax branch => branch.Condition,
                ConditionalExpressionSyntax conditional => conditional.Condition,
                SwitchStatementSyntax or SwitchExpressionSyntax => choice,
                _ => null,
            };
            if (condition is not null && condition.DescendantTokens().Any(t => t.ValueText == name)) return true;
        }

        return false;
    }
}
