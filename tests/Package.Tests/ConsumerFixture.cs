using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>One project with the package installed for all tests that build one: making it takes longer than building it.</summary>
public sealed class ConsumerFixture : IAsyncLifetime
{
    internal Consumer Consumer { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Consumer = await Consumer.Create(Programs.Training);

    public ValueTask DisposeAsync()
    {
        Consumer?.Dispose();
        return ValueTask.CompletedTask;
    }
}

[CollectionDefinition(Name)]
public sealed class SharedConsumer : ICollectionFixture<ConsumerFixture>
{
    public const string Name = "A project with the package";
}
