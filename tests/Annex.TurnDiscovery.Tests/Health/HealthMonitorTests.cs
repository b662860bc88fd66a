using Annex.TurnDiscovery.Credentials;
using Annex.TurnDiscovery.Health;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.TurnDiscovery.Tests.Health;

public sealed class HealthMonitorTests : IDisposable
{
    private readonly List<ExternalService> _changes = [];
    private readonly ServiceDesk _desk;
    private readonly HealthMonitor _monitor;
    private CheckResult _result = CheckResult.Failed("dead");

    public HealthMonitorTests()
    {
        var options = Some.Options();
        options.Health.FailAfter = 2;
        options.Health.RecoverAfter = 2;
        _desk = Some.Desk(options);
        _monitor = new HealthMonitor(_desk, options.Health, (_, _) => Task.FromResult(_result), TimeProvider.System,
            NullLogger<HealthMonitor>.Instance);
        _monitor.Changed += _changes.Add;
    }

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public void A_service_that_was_never_checked_is_told() => Assert.True(_desk.Services[0].Health.IsHealthy);

    [Fact]
    public async Task So_many_failures_in_a_row_take_a_service_out_and_so_many_successes_bring_it_back()
    {
        var service = _desk.Services[0];
        await CheckAsync(false);
        Assert.True(service.Health.IsHealthy);
        await CheckAsync(true);
        await CheckAsync(false);
        Assert.True(service.Health.IsHealthy);
        await CheckAsync(false);
        Assert.False(service.Health.IsHealthy);
        await CheckAsync(true);
        Assert.False(service.Health.IsHealthy);
        await CheckAsync(true);
        Assert.True(service.Health.IsHealthy);
        Assert.Equal([service, service], _changes);
    }

    [Fact]
    public async Task The_problem_stays_to_be_seen_until_it_is_over()
    {
        await CheckAsync(false);
        Assert.Equal("dead", _desk.Services[0].Health.Problem);
        await CheckAsync(true);
        Assert.Null(_desk.Services[0].Health.Problem);
        Assert.NotNull(_desk.Services[0].Health.CheckedAt);
    }

    private async Task CheckAsync(bool works)
    {
        _result = works ? new CheckResult(null, TimeSpan.FromMilliseconds(3)) : CheckResult.Failed("dead");
        await _monitor.CheckAsync(_desk.Services[0], CancellationToken.None);
    }
}
