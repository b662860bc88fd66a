using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Annex.Scenarios.Muc;

/// <summary>Keeps what a service logs with an exception.</summary>
internal sealed class FailureLog : ILogger
{
    public ConcurrentQueue<Exception> Exceptions { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
            Exceptions.Enqueue(exception);
    }
}
