using System.Diagnostics.Metrics;
using Annex.Muc.Rooms;

namespace Annex.Muc;

/// <summary>What the service counts beside its link (annex.xmpp.*) and its events.</summary>
internal sealed class MucMetrics : IDisposable
{
    private readonly Meter _meter = new("Annex.Muc");
    private readonly Counter<long> _ghosts;

    public MucMetrics(RoomDirectory rooms)
    {
        _meter.CreateObservableCounter("annex.muc.exceptions", () => rooms.FailureCount, "{exception}",
            "Faults of ours in rooms");
        _meter.CreateObservableGauge("annex.muc.rooms", () => rooms.Service.Census.Rooms, "{room}",
            "Rooms that exist");
        _meter.CreateObservableGauge("annex.muc.rooms.loaded", () => rooms.Count, "{room}", "Rooms in memory");
        _meter.CreateObservableGauge("annex.muc.sessions", () => rooms.Service.Census.Sessions, "{session}",
            "Sessions in all rooms");
        _meter.CreateObservableCounter("annex.muc.refused", () => rooms.RefusedCount, "{stanza}",
            "Stanzas that a room had no place for, or whose room could not be loaded");
        _meter.CreateObservableCounter("annex.muc.repeated", () => rooms.RepeatedCount, "{message}",
            "Stored messages told again after a crash, since somebody may have missed them");
        _ghosts = _meter.CreateCounter<long>("annex.muc.ghosts", "{session}",
            "Sessions found gone after a start or a lost link");
    }

    public void GhostFound() => _ghosts.Add(1);

    public void Dispose() => _meter.Dispose();
}
