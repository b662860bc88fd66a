using System.Diagnostics.Metrics;

namespace Annex.Search;

/// <summary>annex.search.*</summary>
public sealed class SearchMetrics : IDisposable
{
    private readonly Meter _meter = new("Annex.Search");
    private readonly Counter<long> _repaired;

    public SearchMetrics() => _repaired = _meter.CreateCounter<long>("annex.search.rooms_repaired", "{room}",
        "Rooms of which muc told the index more than any event had, by how it was found: watch or comparison");

    public void Repaired(string by, int rooms)
    {
        if (rooms > 0)
            _repaired.Add(rooms, new KeyValuePair<string, object?>("by", by));
    }

    public void Dispose() => _meter.Dispose();
}
