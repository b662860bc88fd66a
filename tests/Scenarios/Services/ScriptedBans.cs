using System.Collections.Concurrent;
using Annex.Contracts.Muc.V1;
using Annex.Hosting;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Annex.Scenarios.Services;

/// <summary>Muc's list of service-wide bans, with what the test says and no event about it.</summary>
public sealed class ScriptedBans : BanList.BanListBase
{
    private readonly ConcurrentDictionary<string, DateTimeOffset?> _bans = new(StringComparer.Ordinal);
    private int _asked;

    public bool IsAway { get; set; }

    /// <summary>How often the list was given out.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public void Ban(string subject, DateTimeOffset? until = null) => _bans[subject] = until;

    public void Lift(string subject) => _bans.TryRemove(subject, out _);

    /// <summary>A muc of nothing but this list; its settings come to the others.</summary>
    public AnnexService AddTo(Dictionary<string, string?> settings)
    {
        settings["Muc:Component:Jid"] = "rooms.annex.test";
        settings["Muc:Component:Secret"] = "unused";
        settings["Muc:Rpc:Listen"] = settings["Muc:Ops:Listen"] = "127.0.0.1:0";
        return new AnnexService("Muc", builder => builder.AddRpc((_, map) => map.Add(BanList.BindService(this))));
    }

    public override async Task ListBans(ListBansRequest request, IServerStreamWriter<Ban> responseStream, ServerCallContext context)
    {
        if (IsAway) throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        foreach (var (subject, until) in _bans.ToArray())
        {
            await responseStream.WriteAsync(new Ban
            {
                Subject = subject,
                Until = until is null ? null : Timestamp.FromDateTimeOffset(until.Value),
                AddedBy = "operator",
            });
        }
        Interlocked.Increment(ref _asked);
    }
}
