using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>One service for all tests of a class.</summary>
public abstract class HostFixture(StoreKind kind) : IAsyncLifetime
{
    private UploadHost? _host;

    public StoreKind Kind => kind;

    public UploadHost Host => _host!;

    public async Task InitializeAsync() => _host = await UploadHost.StartAsync(kind);

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}

public sealed class DiskHost() : HostFixture(StoreKind.Disk);

public sealed class CephHost() : HostFixture(StoreKind.Ceph);

public sealed class CephPreSignedHost() : HostFixture(StoreKind.CephPreSigned);
