using Annex.TurnDiscovery.Credentials;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery.Health;

/// <summary>Checks every service that can be checked, each in its own rhythm, and tells of the changes.</summary>
public sealed class HealthMonitor : BackgroundService
{
    private readonly ServiceDesk _desk;
    private readonly HealthCheckOptions _options;
    private readonly Func<ExternalService, CancellationToken, Task<CheckResult>> _check;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthMonitor> _logger;
    private readonly SemaphoreSlim _slots;

    public HealthMonitor(ServiceDesk desk, HealthCheckOptions options,
        Func<ExternalService, CancellationToken, Task<CheckResult>> check, TimeProvider time, ILogger<HealthMonitor> logger)
    {
        _desk = desk;
        _options = options;
        _check = check;
        _time = time;
        _logger = logger;
        _slots = new SemaphoreSlim(options.MaxConcurrent);
    }

    /// <summary>A service went down or came back.</summary>
    public event Action<ExternalService>? Changed;

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    /// <summary>One check, with all that follows from it.</summary>
    public async Task CheckAsync(ExternalService service, CancellationToken cancellationToken)
    {
        CheckResult result;
        await _slots.WaitAsync(cancellationToken);
        try
        {
            result = await _check(service, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
        Record(service, result);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(_desk.Services.Where(s => s.IsChecked).Select(s => WatchAsync(s, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task WatchAsync(ExternalService service, CancellationToken cancellationToken)
    {
        while (true)
        {
            await CheckAsync(service, cancellationToken);
            // A tenth earlier at random: many services on one host are not all checked in one moment.
            await Task.Delay(_options.Interval * (0.9 + Random.Shared.NextDouble() / 10), _time, cancellationToken);
        }
    }

    private void Record(ExternalService service, CheckResult result)
    {
        var health = service.Health;
        if (result.Problem is { } problem)
        {
            if (!health.Failed(_time.GetUtcNow(), problem))
                return;
            if (result.IsSecretRefused)
                Log.SecretRefused(_logger, service.Title, problem);
            else
                Log.Down(_logger, service.Title, problem);
            Changed?.Invoke(service);
            return;
        }
        var wasNewest = health.AcceptedSecret == 0;
        if (health.Succeeded(_time.GetUtcNow(), result.Latency, result.AcceptedSecret))
        {
            Log.Back(_logger, service.Title);
            Changed?.Invoke(service);
        }
        if (wasNewest && result.AcceptedSecret > 0)
            Log.OlderSecret(_logger, service.Title);
    }
}
