using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>One service for all tests of a class.</summary>
public sealed class SharedSearch : IAsyncLifetime
{
    private SearchHost? _host;

    public SearchHost Host => _host!;

    public async Task InitializeAsync() => _host = await SearchHost.StartAsync();

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }
}
