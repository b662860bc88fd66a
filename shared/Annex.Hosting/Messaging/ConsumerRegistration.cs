using Annex.Hosting.Storage;

namespace Annex.Hosting.Messaging;

/// <summary>One consumer of one event in one service.</summary>
/// <param name="Name">What the inbox remembers it by: renaming the class forgets what it has seen.</param>
internal sealed record ConsumerRegistration(
    string Service, string Name, EventType Type,
    Func<IServiceProvider, object, DbTransactionScope, CancellationToken, Task> Consume);
