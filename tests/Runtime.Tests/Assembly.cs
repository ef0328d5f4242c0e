// The generator of random numbers, the count of tensors and the devices are the process's: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
