using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery;

/// <summary>Says at the start what an operator may have overlooked: nothing configured, files with secrets that everyone on the
/// machine can read.</summary>
public sealed class StartNotice(TurnDiscoveryOptions options, ILogger<StartNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Services.Count == 0)
            Log.NoServices(logger);
        if (OperatingSystem.IsWindows())
            return Task.CompletedTask;
        foreach (var file in Files().Where(f => !string.IsNullOrEmpty(f) && File.Exists(f)).Distinct())
        {
            if ((File.GetUnixFileMode(file!) & UnixFileMode.OtherRead) != 0)
                Log.SecretFileIsOpen(logger, file!);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string?> Files() =>
        options.Secrets.Concat(options.Services.SelectMany(s => s.Secrets)).Select(s => s.SecretFile)
            .Concat(options.Services.Select(s => s.PasswordFile))
            .Append(options.Rest.KeyFile).Append(options.PseudonymKeyFile);
}
