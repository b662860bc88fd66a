using Annex.Upload.Slots;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Upload.Handlers;

/// <summary>XEP-0363 §4: requests for slots, in both namespaces.</summary>
public sealed class SlotHandler(SlotDesk desk, UploadMetrics metrics)
{
    public async Task HandleAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var request = context.Stanza.FirstChild;
        if (request is null || context.Stanza.From is not { } from) return;
        // Version 0.2 knows no headers: the token goes into the URL.
        var isInUrl = request.Namespace == UploadNamespaces.Legacy;
        SlotGrant grant = SlotRequest.TryRead(request, out var wanted, out var wrong)
            ? await desk.IssueAsync(from, wanted, request.Namespace, isInUrl, cancellationToken)
            : wrong;
        metrics.SlotAnswered(grant.Error?.Condition ?? "granted");
        if (grant.Slot is { } slot) context.Result(Write(slot, request.Namespace));
        else Refuse(context, grant.Error!);
    }

    /// <summary>The slot element of either namespace.</summary>
    internal static Element Write(Slot slot, string ns)
    {
        var element = new Element("slot", ns);
        // Version 0.2 has the URLs as text.
        if (ns == UploadNamespaces.Legacy) return element.Add("put", slot.Put.AbsoluteUri).Add("get", slot.Get.AbsoluteUri);
        var target = new Element("put", ns).With("url", slot.Put.AbsoluteUri);
        // XEP-0363 §4: Authorization, Cookie and Expires are the only names allowed; web clients cannot set a Cookie.
        if (slot.Authorization is { } authorization)
        {
            target.Add(new Element("header", ns).With("name", "Authorization").AddText(authorization));
        }
        return element.Add(target).Add(new Element("get", ns).With("url", slot.Get.AbsoluteUri));
    }

    // XEP-0363 §6 shows the request in front of the error, and clients tell their requests apart by it.
    private static void Refuse(StanzaContext context, StanzaError error)
    {
        var stanza = context.Stanza;
        using var batch = context.Connection.OpenBatch();
        batch.Writer.StartStanza(StanzaKind.Iq, StanzaType.Error, stanza.To ?? context.Connection.Jid, stanza.From, stanza.RawId);
        if (!stanza.RawDeclarations.IsEmpty) batch.Writer.RawAttributes(stanza.RawDeclarations);
        batch.Writer.Raw(stanza.Payload.Span);
        batch.Writer.Error(error);
        batch.Writer.EndStanza();
        batch.Commit(StanzaKind.Iq);
    }
}
