using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>A push service whose app verona has clients that call it by a name of their own.</summary>
public sealed class DialectHostFixture : IAsyncLifetime
{
    public const string ClientName = "capulet:messenger:apns:1";

    public PushHost Host { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Host = await PushHost.StartAsync(("Push:Apns:verona:ClientName", ClientName));

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
