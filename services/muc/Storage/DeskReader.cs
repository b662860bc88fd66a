using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>What a room's load reads of the desk's tables, in the same round trip.</summary>
internal static class DeskReader
{
    public static readonly IReadOnlyList<string> Queries =
    [
        "select subject, until, reason, muted_by, muted_at from muc.mutes where room = $1",
        "select vcard from muc.vcards where room = $1",
    ];

    public static async Task<StoredRoom> ReadAsync(StoredRoom stored, NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var mutes = new List<MuteRecord>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            mutes.Add(new MuteRecord(Address(reader.GetString(0)),
                reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }
        await reader.NextResultAsync(cancellationToken);
        var card = await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<byte[]>(0) : null;
        return stored with { Mutes = mutes, VCard = card };
    }

    private static Jid Address(string text) => Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(text))!;
}
