// Hot path
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>The last messages of a room, for those who enter (XEP-0045 §7.2.13, §7.2.14).</summary>
internal sealed class History
{
    private static ReadOnlySpan<byte> End => "</message>"u8;

    private List<ArchiveAppend>? _messages;

    public int Count => _messages?.Count ?? 0;

    public void Add(ArchiveAppend message, int limit)
    {
        if (limit <= 0)
            return;
        (_messages ??= []).Add(message);
        Trim(limit);
    }

    /// <summary>Keeps the last <paramref name="limit"/>.</summary>
    public void Trim(int limit)
    {
        if (_messages is null || _messages.Count <= limit)
            return;
        _messages.RemoveRange(0, _messages.Count - Math.Max(0, limit));
    }

    public void Remove(Guid id) => _messages?.RemoveAll(m => m.Id == id);

    /// <summary>Puts another message in the place of one that was taken back; false where it is not in
    /// memory.</summary>
    public bool Replace(Guid id, ArchiveAppend? message)
    {
        var index = _messages?.FindIndex(m => m.Id == id) ?? -1;
        if (index < 0)
            return false;
        if (message is null)
            _messages!.RemoveAt(index);
        else
            _messages![index] = message;
        return true;
    }

    /// <summary>Leaves a tombstone where the message is in memory, and its own author's where that is asked
    /// for.</summary>
    public void Retract(Annex.Xmpp.Addressing.Jid room, Retraction retraction)
    {
        var index = _messages?.FindIndex(m => m.Id == retraction.Id) ?? -1;
        if (index < 0)
            return;
        var message = _messages![index];
        if (retraction.OnlyBy is null || retraction.OnlyBy.Equals(message.Author))
            _messages[index] = message with { Tail = retraction.TailOf(room, message.OccupantId), Posted = null };
    }

    public void Clear() => _messages = null;

    /// <summary>Sends what meets every limit that the client named, complete stanzas only (§7.2.14).</summary>
    public void WriteTo(Session session, JoinRequest request, Room room, Effects effects)
    {
        if (_messages is null)
            return;
        var first = Math.Max(0,
            _messages.Count - Math.Min(request.MaxStanzas ?? int.MaxValue, room.Configuration.HistoryLength));
        var since = request.Since ?? DateTimeOffset.MinValue;
        if (request.Seconds is { } seconds)
        {
            var recent = room.Service.Now - TimeSpan.FromSeconds(seconds);
            since = recent > since ? recent : since;
        }
        // What the archive keeps no longer is not told from memory either.
        if (RoomConfiguration.RetentionOf(room.Service.Options.ArchiveRetention, room.Configuration.ArchiveDays) is { } retention)
        {
            var kept = room.Service.Now - retention;
            since = kept > since ? kept : since;
        }
        while (first < _messages.Count && _messages[first].At < since)
            first++;
        if (request.MaxChars is { } maxChars)
            first = Math.Max(first, FirstWithin(maxChars, session, room));
        for (var i = first; i < _messages.Count; i++)
            Write(_messages[i], room, effects, session);
    }

    // "The character count is the characters of the complete XML stanzas" (§7.2.14).
    private int FirstWithin(int maxChars, Session session, Room room)
    {
        using var scratch = new Effects();
        long total = 0;
        var first = _messages!.Count;
        while (first > 0)
        {
            scratch.Clear();
            Write(_messages[first - 1], room, scratch, session);
            total += CountCharacters(scratch.Xml.Written) + CountCharacters(session.Jid.Escaped);
            if (total > maxChars)
                break;
            first--;
        }
        return first;
    }

    private static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var b in utf8)
        {
            if ((b & 0xC0) != 0x80)
                count++;
        }
        return count;
    }

    private static void Write(ArchiveAppend message, Room room, Effects effects, Session session)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(message.From.Escaped);
        xml.Append("' id='"u8);
        xml.AppendRawAttribute(message.RawId);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        xml.Append(message.Tail.AsSpan(0, message.Tail.Length - End.Length));
        WriteDelay(xml, room, message.At);
        xml.Append(End);
        effects.Send(StanzaKind.Message, session.Jid);
    }

    /// <summary>XEP-0203, in the room's name (§7.2.13).</summary>
    public static void WriteDelay(XmlBuffer xml, Room room, DateTimeOffset at)
    {
        xml.Append("<delay xmlns='urn:xmpp:delay' from='"u8);
        xml.Append(room.Jid.Escaped);
        xml.Append("' stamp='"u8);
        xml.Append(at);
        xml.Append("'/>"u8);
    }
}
