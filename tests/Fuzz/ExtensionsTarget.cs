using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Delegation;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Extensions.StanzaIds;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>Payloads that strangers send: read or refused, never an exception, and what is written reads the same again.</summary>
internal static class ExtensionsTarget
{
    private static readonly Jid Room = Jid.Parse("r@m.example");

    public static void Run(byte[] input)
    {
        XmppTime(Encoding.UTF8.GetString(input));
        Element element;
        try
        {
            element = Element.Parse(input, DataForm.Namespace);
        }
        catch (XmlStreamException)
        {
            return;
        }

        Form(element);
        Disco(element);
        PageRequest.TryRead(element, 50, out _, out _);
        PageResult.Read(element);
        DelegatedIq.TryRead(element, out _, out _);
        DelegatedNamespace.Read(element);
        DelayedDelivery.Read(element);
        StanzaId.Find(element, Room);
        StanzaId.RemoveForged(element, Room);
        FuzzTargets.Require(StanzaId.Find(element, Room) is null, "a forged stanza-id stays");
    }

    private static void Form(Element element)
    {
        if (!DataForm.TryParse(element, out var form, out _)) return;
        string written = form.ToElement().ToString();
        FuzzTargets.Require(DataForm.TryParse(Element.Parse(written), out var again, out _), "a form that was written is refused");
        FuzzTargets.Require(again!.FormTypeName == form.FormTypeName, "FORM_TYPE");
        FuzzTargets.Require(again.ToElement().ToString() == written, "a form reads as another");
    }

    private static void Disco(Element element)
    {
        if (DiscoInfo.Read(element) is { } info) EntityCapabilities.Hash(info);
        DiscoItems.Read(element);
    }

    private static void XmppTime(string text)
    {
        if (!XmppDateTime.TryParse(text, out var time)) return;
        // Written to the millisecond.
        bool ok = XmppDateTime.TryParse(XmppDateTime.Format(time), out var again) && (time - again).Duration().TotalSeconds < 1;
        FuzzTargets.Require(ok, "a time reads as another");
    }
}
