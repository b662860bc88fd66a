using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>What is searched for is in no log and no trace, however much is logged and traced.</summary>
public sealed class PrivacyTests
{
    private const string Word = "xylophone";

    [Fact]
    public async Task What_somebody_searches_for_is_kept_nowhere()
    {
        var lines = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => lines.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var search = await SearchHost.StartAsync(("Logging:Level", "Debug"), ("Search:IndexInMemory", "true"));
        using var log = new Lines(lines);
        search.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        foreach (var path in new[] { $"/search?q={Word}", $"/api/1.0/search?keywords={Word}", $"/search?q={Word}&tag={Word}&after=6000%20a@b", $"/nowhere?q={Word}" })
        {
            using var reply = await search.Http.GetAsync(path);
            Assert.Contains("Content-Security-Policy", reply.Headers.Select(h => h.Key));
        }
        using var posted = await search.Http.PostAsync("/api/1.0/search",
            new StringContent($"{{\"keywords\":[\"{Word}\"]}}", Encoding.UTF8, "application/json"));
        posted.EnsureSuccessStatusCode();
        Assert.Empty(SearchHost.AddressesIn(await search.AskAsync(SearchHost.Form(("q", Word)))));
        Assert.Empty(SearchHost.AddressesIn(await search.AskAsync(SearchHost.Form(("q", Word), ("key", "{urn:xmpp:channel-search:0:order}address")))));
        // There is a log, and there are traces, of these very requests.
        Assert.Contains(lines, l => l.Contains("Npgsql", StringComparison.Ordinal) || l.Contains("postgres", StringComparison.Ordinal));
        // The client of this test traces what it asks; the service's side is what counts.
        Assert.DoesNotContain(lines, l => l.Contains(Word, StringComparison.OrdinalIgnoreCase) && !l.Contains("url.full", StringComparison.Ordinal));
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
