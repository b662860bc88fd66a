using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Operations;

/// <summary>The last warnings and errors of the process, for the status page. The log's own rules hold for them: no body, no
/// token, no full JID.</summary>
internal sealed class RecentTrouble(TimeProvider time) : ILoggerProvider
{
    private const int Kept = 40;
    private const int MaxText = 400;

    private readonly ConcurrentQueue<Line> _lines = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Line> Lines => [.. _lines.Reverse()];

    public ILogger CreateLogger(string categoryName) => new Listener(this);

    public void Dispose()
    {
    }

    private void Add(LogLevel level, string text)
    {
        _lines.Enqueue(new Line(time.GetUtcNow(), level, text.Length <= MaxText ? text : text[..MaxText] + "…"));
        while (_lines.Count > Kept)
            _lines.TryDequeue(out _);
    }

    internal sealed record Line(DateTimeOffset At, LogLevel Level, string Text);

    private sealed class Listener(RecentTrouble trouble) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                trouble.Add(logLevel, formatter(state, exception) + (exception is null ? "" : $" ({exception.GetType().Name})"));
        }
    }
}
