using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>What a loop over data does with it.</summary>
internal readonly record struct DataRole(bool Trains, bool Evaluates);

/// <summary>A loop over data: over which variable, as the body or (for a parameter) its callers name it, and where that name stands.</summary>
internal sealed record DataLoop(CommonForEachStatementSyntax Loop, ISymbol Data, SyntaxNode Named);

/// <summary>Which data is trained on and which is evaluated on: by what the loops over it do. Names only say what was meant.</summary>
internal static class EvaluationData
{
    private static readonly HashSet<string> EvaluationWords = ["test", "tests", "testing", "val", "valid", "validation", "eval", "evaluation", "holdout", "held"];

    private static readonly HashSet<string> TrainingWords = ["train", "training"];

    public static bool SaysEvaluation(string name) => Words.Says(name, EvaluationWords) && !Words.Says(name, TrainingWords);

    public static bool SaysTraining(string name) => Words.Says(name, TrainingWords) && !Words.Says(name, EvaluationWords);

    /// <summary>The loops of a body over data that can be named. What is a parameter goes by the names that all callers have for it.</summary>
    public static IEnumerable<DataLoop> Loops(BodyReport body, Func<CommonForEachStatementSyntax, bool> which, Func<string, bool> named)
    {
        if (!body.MentionsLoops) yield break;
        foreach (var loop in body.Body.Syntax.DescendantNodes(n => n == body.Body.Syntax || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<CommonForEachStatementSyntax>())
        {
            if (Symbol(body.Program, loop.Expression, body.Cancellation) is not { } data) continue;
            if (named(data.Name))
            {
                if (which(loop)) yield return new(loop, data, loop.Expression);
            }
            else if (data is IParameterSymbol parameter && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Body.Owner) && body.Body.Outer is null && which(loop))
            {
                var arguments = body.Program.CallersOf(body.Body, body.Cancellation).Select(c => Argument(c.Site.Node, parameter)).ToList();
                var symbols = arguments.Select(a => a is null ? null : Symbol(body.Program, a, body.Cancellation)).ToList();
                if (symbols.Count > 0 && symbols[0] is { } first && symbols.All(s => s is not null && named(s.Name))) yield return new(loop, first, arguments[0]!);
            }
        }
    }

    private static ExpressionSyntax? Argument(SyntaxNode call, IParameterSymbol parameter)
    {
        if (call is not InvocationExpressionSyntax { ArgumentList.Arguments: var arguments }) return null;
        return (arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == parameter.Name) ?? arguments.Where((a, i) => a.NameColon is null && i == parameter.Ordinal).FirstOrDefault())?.Expression;
    }

    private static ISymbol? Symbol(TrainingProgram program, ExpressionSyntax expression, CancellationToken cancellation) =>
        expression is IdentifierNameSyntax or MemberAccessExpressionSyntax && program.Model(expression.SyntaxTree).GetSymbolInfo(expression, cancellation).Symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol or IPropertySymbol
            ? program.Model(expression.SyntaxTree).GetSymbolInfo(expression, cancellation).Symbol : null;

    /// <summary>Variables of the same type beside this one whose names say something else.</summary>
    public static IEnumerable<ISymbol> Beside(BodyReport body, DataLoop loop, Func<string, bool> named)
    {
        var type = TypeOf(loop.Data);
        return body.Program.Model(loop.Named.SyntaxTree).LookupSymbols(loop.Named.SpanStart).Where(s => named(s.Name) && !s.IsImplicitlyDeclared && SymbolEqualityComparer.Default.Equals(TypeOf(s), type) && type is not null);
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>What all loops over a variable do, in this body and wherever it is handed to; null where it goes out of sight.</summary>
    public static DataRole? RoleOf(BodyReport body, ISymbol data)
    {
        var (trains, evaluates) = (false, false);
        foreach (var use in body.UsesOf(data))
        {
            if (use.Kind == UseKind.Escape) return null;
            if (use.Kind != UseKind.Enumerate) continue;
            var role = RoleOf(body, use.Node);
            (trains, evaluates) = (trains || role.Trains, evaluates || role.Evaluates);
        }

        return new(trains, evaluates);
    }

    /// <summary>What one loop does, wherever it stands.</summary>
    public static DataRole RoleOf(BodyReport body, SyntaxNode loop)
    {
        if (body.Program.Index.Around(loop) is not { } member) return default;
        foreach (var outer in body.Program.BodiesOf(member, body.Cancellation))
            foreach (var flow in body.Program.FlowsIn(outer, true, body.Cancellation))
                if (flow.Body.Syntax.Span.Contains(loop.Span))
                {
                    var own = body.Of(flow.Body);
                    if (own.Trains(loop)) return new(true, false);
                    if (Evaluates(own, loop)) return new(false, true);
                }

        return default;
    }

    /// <summary>Whether a loop evaluates a model, here or in what is called there.</summary>
    public static bool Evaluates(BodyReport body, SyntaxNode loop) =>
        !EvaluationPasses.Trains(body, loop)
        && (EvaluationPasses.Candidates(body).Any(p => loop.Span.Contains(p.Node.Span) && body.Program.FateOf(p.Node, body.Cancellation) == Fate.Read)
            || body.Flow.Calls.Any(c => loop.Span.Contains(c.Node.Span) && EvaluatesInside(body.Of(c.Callee), TrainingProgram.ContextDepth)));

    private static bool EvaluatesInside(BodyReport body, int depth) =>
        EvaluationPasses.Candidates(body).Any(p => body.Program.FateOf(p.Node, body.Cancellation) == Fate.Read)
        || depth > 0 && body.Flow.Calls.Any(c => EvaluatesInside(body.Of(c.Callee), depth - 1));
}
