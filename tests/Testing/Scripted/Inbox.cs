using System.Xml.Linq;
using Xunit.Sdk;

namespace Annex.Testing.Scripted;

/// <summary>Stanzas that came and have not been expected yet, in their order.</summary>
internal sealed class Inbox(string owner)
{
    /// <summary>Not a measure of speed: how long a test that has failed already waits to say so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<XElement> _stanzas = [];
    private TaskCompletionSource _arrival = NewArrival();

    public void Add(XElement stanza)
    {
        TaskCompletionSource arrival;
        lock (_stanzas)
        {
            _stanzas.Add(stanza);
            arrival = _arrival;
            _arrival = NewArrival();
        }
        arrival.TrySetResult();
    }

    /// <summary>Takes the first stanza that fits; with <paramref name="isStrict"/> the first stanza has to fit.</summary>
    public async Task<XElement> TakeAsync(string pattern, IDictionary<string, string> bound, bool isStrict)
    {
        var expected = XmlPattern.Parse(pattern);
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            Task arrival;
            lock (_stanzas)
            {
                for (var i = 0; i < _stanzas.Count; i++)
                {
                    var stanza = _stanzas[i];
                    if (XmlPattern.Matches(expected, stanza, bound, out var difference))
                    {
                        _stanzas.RemoveAt(i);
                        return stanza;
                    }
                    if (isStrict)
                        throw new XunitException($"{owner} got another stanza: {difference}\nexpected: {pattern}\nactual:   {Show(stanza)}");
                }
                arrival = _arrival.Task;
            }
            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new XunitException($"{owner} did not get\n{pattern}\nbut has\n{All()}");
            }
        }
    }

    public IReadOnlyList<XElement> TakeAll()
    {
        lock (_stanzas)
        {
            var all = _stanzas.ToArray();
            _stanzas.Clear();
            return all;
        }
    }

    public void AssertEmpty()
    {
        lock (_stanzas)
        {
            if (_stanzas.Count > 0)
                throw new XunitException($"{owner} should have got nothing, but has\n{All()}");
        }
    }

    private string All()
    {
        lock (_stanzas)
            return _stanzas.Count == 0 ? "nothing" : string.Join('\n', _stanzas.Select(Show));
    }

    private static string Show(XElement stanza) => stanza.ToString(SaveOptions.DisableFormatting);

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
