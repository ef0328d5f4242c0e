// Random state, default types and statistics belong to the process.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
