using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Subscriptions (MUC/Sub) as statements of a batch.</summary>
internal static class SubscriptionWriter
{
    private const string Upsert = """
        insert into muc.subscriptions (room, subject, nick, nodes)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::int[])
        on conflict (room, subject) do update set nick = excluded.nick, nodes = excluded.nodes
        """;

    private const string Delete = """
        delete from muc.subscriptions s using unnest($1::text[], $2::text[]) as d(room, subject)
        where s.room = d.room and s.subject = d.subject
        """;

    public static void Add(NpgsqlBatch batch, Dictionary<(Jid Room, Jid Subject), SubscriptionRecord?> subscriptions)
    {
        if (subscriptions.Count == 0) return;
        var kept = subscriptions.Where(s => s.Value is not null).ToList();
        var gone = subscriptions.Where(s => s.Value is null).ToList();
        if (kept.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    Texts(kept.Select(s => s.Key.Room.ToString())), Texts(kept.Select(s => s.Key.Subject.ToString())),
                    Texts(kept.Select(s => s.Value!.Nick)),
                    new() { Value = kept.Select(s => (int)s.Value!.Nodes).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                },
            });
        }
        if (gone.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Delete)
        {
            Parameters = { Texts(gone.Select(s => s.Key.Room.ToString())), Texts(gone.Select(s => s.Key.Subject.ToString())) },
        });
    }

    private static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
