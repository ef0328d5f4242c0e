using System.Collections.Immutable;

namespace TrainLint.Analyzers.Suppressors;

/// <summary>All places where a general rule contradicts a habit of TorchSharp.</summary>
internal static class Suppressions
{
    private const string Effect = "The call works on its object: TorchSharp returns that object for chaining, or a value that training does not need";

    private const string Owned = "A module disposes the modules, parameters and tensors that it was given, with itself";

    public static ImmutableArray<Suppression> All { get; } =
    [
        new("TLS0001", "IDE0058", "the result of an operation in place (its name ends in `_`), of `step()`, of `manual_seed()`, or of a module's `to()`, `cuda()`, `cpu()`, `load()`, `save()`, `apply()`", Effect,
            c => c.DroppedCall() is { } call && c.IsForItsEffect(call)),
        new("TLS0002", "CA1806", "the same calls", Effect,
            c => c.DroppedCall() is { } call && c.IsForItsEffect(call)),
        new("TLS0003", "IDE0059", "a variable that holds `no_grad()`, `inference_mode()`, `enable_grad()`, `set_grad_enabled()` or `NewDisposeScope()`", "A guard has its effect by being there until it is disposed, not by being read",
            c => c.KeepsGuard()),
        new("TLS0004", "IDE0044", "a field of a module that is a module, parameter or tensor", "The fields of a module are its components: TorchSharp registers them by reflection, and sets parameters and buffers anew when the module is moved",
            c => c.IsAboutComponent()),
        new("TLS0005", "CA2000", "a tensor that is made under a `using` of `NewDisposeScope()`", "The dispose scope owns the tensors that are made under it, and disposes them at its end",
            c => c.IsInScope()),
        new("TLS0006", "CA2000", "a module or tensor that is handed to `Sequential`, `ModuleList`, `Parameter`, `register_module()` and their like", Owned,
            c => c.IsHandedOver()),
        new("TLS0007", "CA2213", "a component of a module that calls `RegisterComponents()` and `base.Dispose()`", Owned,
            c => c.IsAboutRegisteredComponent()),
        new("TLS0008", "CS8618", "a component that a method, called by the constructor whatever happens, sets to a new one", "The constructor has a method of its own class make the component before it registers it; the compiler does not look into that method",
            c => c.IsSetByConstructor()),
    ];
}
