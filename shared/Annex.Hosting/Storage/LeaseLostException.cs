namespace Annex.Hosting.Storage;

/// <summary>Another process owns the lease: what this one was about to write is out of date and is not written.</summary>
public sealed class LeaseLostException(string name)
    : InvalidOperationException($"Another process holds the lease {name}.");
