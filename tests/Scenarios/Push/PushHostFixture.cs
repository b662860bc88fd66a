using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>One service for all tests of a class.</summary>
public sealed class PushHostFixture : IAsyncLifetime
{
    private PushHost? _host;

    public PushHost Host => _host!;

    public async Task InitializeAsync() => _host = await PushHost.StartAsync();

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}
