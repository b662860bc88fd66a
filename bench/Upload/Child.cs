using System.Diagnostics;

namespace Annex.UploadBench;

/// <summary>A process that ends with the bench.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Resident bytes now.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static Child Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new Child(Process.Start(start)!);
    }

    /// <summary>Runs to the end; seconds it took.</summary>
    public static async Task<double> TimeAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var child = Start(program, arguments);
        var output = await child.Output.ReadToEndAsync(cancellationToken);
        await child._process.WaitForExitAsync(cancellationToken);
        return child._process.ExitCode == 0
            ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{program}: {output}");
    }

    public async ValueTask KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }
}
