using System.Globalization;
using System.Text;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Npgsql;

namespace Annex.Muc.Archive;

/// <summary>Message archives of rooms over XMPP (XEP-0313 1.1.3, with the extended namespace).</summary>
internal sealed class ArchiveHandlers(RoomDirectory directory, ArchiveReader archive, MucOptions options) : IDisposable
{
    /// <summary>Readers at once: each holds a connection to the database and up to a page in memory.</summary>
    private const int MaxAtOnce = 16;

    /// <summary>How long another one waits for his turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _readers = new(MaxAtOnce);

    public void Dispose() => _readers.Dispose();

    public void Register(StanzaRouter router)
    {
        router.OnIq(StanzaType.Set, ArchiveNamespaces.Mam, "query", QueryAsync);
        router.OnIq(StanzaType.Get, ArchiveNamespaces.Mam, "query", FormAsync);
        router.OnIq(StanzaType.Get, ArchiveNamespaces.Mam, "metadata", MetadataAsync);
    }

    private async Task QueryAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        if (!ArchiveQuery.TryRead(context.Stanza.FirstChild!, options.MaxArchivePage, options.FullTextSearch, out var query, out var error))
        {
            context.Error(error);
            return;
        }
        await AnswerAsync(context, async (room, seesRealJids) =>
        {
            var page = await archive.QueryAsync(room, query, seesRealJids, cancellationToken);
            if (page is null)
            {
                context.Error(StanzaError.ItemNotFound);
                return;
            }
            await SendAsync(context, room, query, page, seesRealJids, cancellationToken);
        });
    }

    private Task FormAsync(StanzaContext context, CancellationToken cancellationToken) => AnswerAsync(context, (_, _) =>
    {
        var form = new DataForm(FormType.Form, ArchiveNamespaces.Mam,
            Field.JidSingle("with", null), Field.TextSingle("start", null), Field.TextSingle("end", null),
            Field.TextSingle("before-id", null), Field.TextSingle("after-id", null), Field.ListMulti("ids", [], null));
        form["ids"]!.Validation = new FieldValidation { IsOpen = true };
        if (options.FullTextSearch) form.Fields.Add(Field.TextSingle(ArchiveNamespaces.FullTextField, null, "Search the text of messages"));
        context.Result(new Element("query", ArchiveNamespaces.Mam).Add(form.ToElement()));
        return Task.CompletedTask;
    });

    private Task MetadataAsync(StanzaContext context, CancellationToken cancellationToken) => AnswerAsync(context, async (room, _) =>
    {
        var metadata = new Element("metadata", ArchiveNamespaces.Mam);
        if (await archive.EndsAsync(room, cancellationToken) is var (first, last))
        {
            metadata.Add(End("start", first));
            metadata.Add(End("end", last));
        }
        context.Result(metadata);
    });

    private static Element End(string name, ArchivedMessage message) => new Element(name, ArchiveNamespaces.Mam)
        .With("id", message.Id.ToString("D")).With("timestamp", XmppDateTime.Format(message.At));

    /// <summary>Only rooms have archives, and not for everybody.</summary>
    private async Task AnswerAsync(StanzaContext context, Func<Jid, bool, Task> answer)
    {
        var to = context.Stanza.To;
        if (to is not { HasLocal: true, IsBare: true } || context.Stanza.From is not { } from)
        {
            context.Error(StanzaError.ServiceUnavailable);
            return;
        }
        var access = new ArchiveAccess(from);
        directory.Post(to, access);
        var (refusal, seesRealJids) = await access.Answer;
        if (refusal is not null)
        {
            context.Error(refusal);
            return;
        }
        if (!await _readers.WaitAsync(Patience))
        {
            context.Error(StanzaError.ResourceConstraint);
            return;
        }
        try
        {
            await answer(to, seesRealJids);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            context.Error(MucErrors.StoreAway);
        }
        finally
        {
            _readers.Release();
        }
    }

    private static async Task SendAsync(StanzaContext context, Jid room, ArchiveQuery query, ArchivePage page, bool seesRealJids,
        CancellationToken cancellationToken)
    {
        var messages = query.IsFlipped ? page.Messages.Reverse() : page.Messages;
        foreach (var message in messages)
        {
            await context.Connection.WaitForRoomAsync(cancellationToken);
            Write(context.Connection, context.Stanza.From!, room, query, message, seesRealJids);
        }
        var fin = new Element("fin", ArchiveNamespaces.Mam).With("queryid", query.QueryId);
        if (page.IsComplete) fin["complete"] = "true";
        var (first, last) = page.Messages.Count > 0
            ? (page.Messages[0].Id.ToString("D"), page.Messages[^1].Id.ToString("D")) : (null, null);
        fin.Add(new PageResult(first, last, page.FirstIndex, page.Count).ToElement());
        context.Result(fin);
    }

    /// <summary>§6.2.2: the message as it was said, from the occupant JID, without to; the author's real JID for those who may know.</summary>
    private static void Write(ComponentConnection connection, Jid to, Jid room, ArchiveQuery query, ArchivedMessage message, bool seesRealJids)
    {
        using var batch = connection.OpenBatch();
        var writer = batch.Writer;
        writer.StartStanza(StanzaKind.Message, StanzaType.Normal, room, to);
        writer.StartElement("result", ArchiveNamespaces.Mam);
        writer.Attribute("queryid"u8, query.QueryId);
        writer.Attribute("id"u8, message.Id.ToString("D", CultureInfo.InvariantCulture));
        writer.StartElement("forwarded", ArchiveNamespaces.Forward);
        DelayedDelivery.Write(writer, message.At, from: null);
        writer.Raw(Forwarded(message, seesRealJids));
        writer.EndStanza();
        batch.Commit(StanzaKind.Message);
    }

    /// <summary>The message as a reader gets it: an element of jabber:client.</summary>
    public static byte[] Forwarded(ArchivedMessage message, bool seesRealJids)
    {
        using var xml = new XmlBuffer();
        xml.Append("<message xmlns='jabber:client' type='groupchat' from='"u8);
        xml.AppendEscaped(message.Sender);
        xml.Append("' id='"u8);
        xml.AppendRawAttribute(message.RawId);
        xml.Append("'"u8);
        if (!seesRealJids || message.Author is null)
        {
            xml.Append(message.Tail);
            return xml.Written.ToArray();
        }
        ReadOnlySpan<byte> end = "</message>"u8;
        xml.Append(message.Tail.AsSpan(0, message.Tail.Length - end.Length));
        xml.Append("<x xmlns='http://jabber.org/protocol/muc#user'><item jid='"u8);
        xml.AppendEscaped(message.Author);
        xml.Append("'/></x>"u8);
        xml.Append(end);
        return xml.Written.ToArray();
    }
}
