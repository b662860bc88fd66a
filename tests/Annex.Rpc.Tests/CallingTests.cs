using Annex.Testing.Rpc;
using Annex.Testing.Rpc.V1;
using Xunit;

namespace Annex.Rpc.Tests;

/// <summary>The same checks in process and over HTTP/2.</summary>
public sealed class CallingTests : IAsyncLifetime
{
    private readonly RpcServiceMap _services = new RpcServiceMap().Add(Probe.BindService(new ProbeService()));
    private RpcServer _server = null!;

    public static TheoryData<string> Checks => [.. ProbeChecks.Names];

    public async Task InitializeAsync() => _server = await RpcServer.StartAsync(_services);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Checks))]
    public Task A_call_in_process_keeps(string check) => ProbeChecks.RunAsync(check, _services.CreateInvoker());

    [Theory]
    [MemberData(nameof(Checks))]
    public Task A_call_over_HTTP_2_keeps(string check) => ProbeChecks.RunAsync(check, _server.Connect().CreateCallInvoker());
}
