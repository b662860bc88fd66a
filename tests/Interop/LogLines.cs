using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Annex.Interop;

/// <summary>What a process of the suite tells its operator, kept in order, and a way to wait for a line.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _added = new(0);

    /// <summary>Lines of Information and above: "warn: Muc is down (…)".</summary>
    public IReadOnlyList<string> All => [.. _lines];

    public IReadOnlyList<string> Containing(string text) =>
        [.. _lines.Where(line => line.Contains(text, StringComparison.Ordinal))];

    /// <summary>Waits until so many lines contain the text.</summary>
    public async Task WaitForAsync(string text, int count, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            while (Containing(text).Count < count)
            {
                await _added.WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"No {count} lines with '{text}' after {patience}:{Environment.NewLine}{string.Join(Environment.NewLine, _lines)}");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose() => _added.Dispose();

    private void Add(LogLevel level, string text)
    {
        _lines.Enqueue($"{level}: {text}");
        _added.Release();
    }

    private sealed class Logger(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Add(logLevel, formatter(state, exception));
            }
        }
    }
}
