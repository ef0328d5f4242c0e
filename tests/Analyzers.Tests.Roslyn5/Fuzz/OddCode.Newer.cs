namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>What only the newest compiler reads: C# 14.</summary>
internal static partial class OddCode
{
    private static IEnumerable<(string Name, string Code)> Newer => [("OddExtensions", Extensions), ("OddFields", Fields)];

    /// <summary>Kinds of syntax that this compiler reads in a preview of the language alone.</summary>
    public static IEnumerable<string> Unreadable => ["UnionDeclaration", "UnsafeExpression"];

    private const string Extensions = """
        public static class Extensions
        {
            extension(Module<Tensor, Tensor> model)
            {
                public Tensor Loss(Tensor x) => functional.cross_entropy(functional.softmax(model.forward(x), 1), x);

                public bool IsTraining => model.training;

                public void Step(torch.optim.Optimizer optimizer, Tensor x)
                {
                    foreach (var part in new[] { x, x })
                    {
                        model.Loss(part).backward();
                        optimizer.step();
                    }
                }

                public static Module<Tensor, Tensor> Small => Sequential(Linear(2, 3), ReLU(), Linear(4, 2));
            }

            extension<T>(IEnumerable<T> items) where T : Module
            {
                public void Freeze() { foreach (var m in items) m.eval(); }
            }

            public static void Run(Module<Tensor, Tensor> model, Tensor x)
            {
                var optimizer = torch.optim.SGD(model.parameters(), 50);
                model.Step(optimizer, x);
                new[] { model }.Freeze();
                if (model.IsTraining) model.Loss(x).backward();
                Module<Tensor, Tensor>.Small.forward(x).sum().backward();
            }
        }
        """;

    private const string Fields = """
        public partial class Learner
        {
            public Module<Tensor, Tensor> Model { get => field ??= Linear(2, 2); set { field = value; value.train(); } }

            public torch.optim.Optimizer? Optimizer { get; set => field = value ?? torch.optim.SGD(Model.parameters(), 0.1); }

            public Tensor? Last { get; set; }

            public partial Learner(Tensor x);

            public partial event Action<Tensor> Done;

            public void operator +=(Tensor x)
            {
                Model.forward(x).sum().backward();
                Optimizer?.step();
            }

            public static void Run(Learner? learner, Tensor x)
            {
                learner?.Last = x;
                learner?.Optimizer = null;
                learner?.Last += x;
                if (learner is null) return;
                learner += x;
                var parse = (string text, out float value) => float.TryParse(text, out value);
                Console.WriteLine(nameof(List<>) + parse("1", out var loss) + loss);
            }
        }

        public partial class Learner
        {
            public partial Learner(Tensor x) { Last = Model.forward(x); Last.sum().backward(); Optimizer!.step(); }

            public partial event Action<Tensor> Done { add => value(Last!); remove { } }
        }
        """;
}
