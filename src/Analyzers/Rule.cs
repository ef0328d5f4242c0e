using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers;

/// <summary>The sections of the checklist "why does the loss not go down", in its order. A rule's identifier begins with its section's number.</summary>
internal enum Section
{
    /// <summary>No section of the checklist: what is set for the rules themselves.</summary>
    Settings = 0,
    LearningRate = 1,
    Data = 2,
    Model = 3,
    Loss = 4,
    Optimizer = 5,
    Batches = 6,
    TrainingStep = 7,
    Evaluation = 8,
    Initialization = 9,
    Monitoring = 10,
    Resources = 11,
}

/// <summary>How sure a rule is, and so how loud.</summary>
internal enum Level
{
    /// <summary>A bug, or nearly always one. A false one is a defect of the rule.</summary>
    Warning,

    /// <summary>Worth a look; may be deliberate.</summary>
    Suggestion,

    /// <summary>Opinionated; switched on by choice.</summary>
    Off,
}

/// <summary>
/// One entry of the catalogue: its descriptor, and what it makes of a training program. A rule never sees a control-flow graph:
/// it is given bodies whose flow has been computed (<see cref="InspectBody"/>), single operations (<see cref="InspectOperation"/>) and module types (<see cref="InspectType"/>).
/// </summary>
internal abstract class Rule
{
    /// <summary>Where the pages of the rules are published; the file name is the identifier.</summary>
    public const string HelpRoot = "https://github.com/trainlint/trainlint/blob/main/docs/rules/";

    protected Rule(string id, Section section, Level level, string title, string message, string description)
    {
        Id = id;
        Section = section;
        Level = level;
        Descriptor = Describe(level, new LocalizedText(title), message, new LocalizedText(description));
    }

    public string Id { get; }

    /// <summary>The name of the rule in the catalogue: its class, its fix, its tests carry it.</summary>
    public string Name => GetType().Name;

    public Section Section { get; }

    public Level Level { get; }

    public DiagnosticDescriptor Descriptor { get; }

    /// <summary>All descriptors the rule can report: more than one where a milder form has a text and a level of its own.</summary>
    public virtual ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor);

    /// <summary>Asks the rule about one body: a method, constructor, accessor, initializer or the top-level statements, with the lambdas and local functions in it.</summary>
    public virtual void InspectBody(BodyReport body)
    {
    }

    /// <summary>What a body must do to be shown to <see cref="InspectBody"/>: one of these at least. Every body is shown where none is named.</summary>
    public virtual IEnumerable<EventKind> Events => [];

    /// <summary>The names of the library's methods and properties (or, as ".ctor", its constructors) whose uses the rule wants to see one by one, wherever they stand.</summary>
    public virtual IEnumerable<string> Calls => [];

    /// <summary>The names of methods, of the library or not, whose calls <see cref="InspectOperation"/> wants to see.</summary>
    public virtual IEnumerable<string> CallsAnywhere => [];

    /// <summary>Other operations that the rule wants to see one by one, wherever they stand.</summary>
    public virtual IEnumerable<OperationKind> Operations => [];

    /// <summary>Asks the rule about one operation of <see cref="Calls"/> or <see cref="Operations"/>. No flow is computed unless the rule asks for it.</summary>
    public virtual void InspectOperation(OperationReport operation)
    {
    }

    /// <summary>Asks the rule about one type that derives from Module.</summary>
    public virtual void InspectType(TypeReport type)
    {
    }

    /// <summary>Asks the rule about one file and what is set for it.</summary>
    public virtual void InspectFile(FileReport file)
    {
    }

    /// <summary>Asks the rule about one .editorconfig or .globalconfig that the compiler was shown.</summary>
    public virtual void InspectSettings(SettingsReport settings)
    {
    }

    /// <summary>The same rule with another message, for another way to make the same mistake.</summary>
    protected DiagnosticDescriptor Like(string message) => Describe(Level, Descriptor.Title, message, Descriptor.Description);

    /// <summary>The same rule in a milder form.</summary>
    protected DiagnosticDescriptor Milder(string title, string message, string description) => Describe(Level.Suggestion, new LocalizedText(title), message, new LocalizedText(description));

#pragma warning disable RS0030 // The one place where descriptors are made.
    private DiagnosticDescriptor Describe(Level level, LocalizableString title, string message, LocalizableString description) => new(
        Id,
        title,
        new LocalizedText(message),
        "TrainLint." + Section,
        level == Level.Warning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
        isEnabledByDefault: level != Level.Off,
        description,
        HelpRoot + Id + ".md");
#pragma warning restore RS0030
}
