using System.Text;

namespace Annex.Micro;

/// <summary>Stanzas as clients in use write them and a server hands them to a component.</summary>
public static class Samples
{
    public const string Header = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' " +
        "xmlns:stream='http://etherx.jabber.org/streams' id='3BF96D32' from='rooms.example.org' xml:lang='en'>";

    public static readonly byte[] Chat = Utf8(
        "<message type='chat' to='room@rooms.example.org/Juliet' from='romeo@montague.example/gajim.7GQ2B1VH' " +
        "id='a7f1c4e0-6a0e-4a2c-9df5-2d8c8a5c0b1f' xml:lang='en'>" +
        "<body>But soft! What light through yonder window breaks? It is the east, and Juliet is the sun &amp; the moon.</body>" +
        "<origin-id xmlns='urn:xmpp:sid:0' id='a7f1c4e0-6a0e-4a2c-9df5-2d8c8a5c0b1f'/>" +
        "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>" +
        "<active xmlns='http://jabber.org/protocol/chatstates'/></message>");

    public static readonly byte[] Groupchat = Utf8(
        "<message type='groupchat' to='coven@rooms.example.org' from='crone1@shakespeare.example/desktop.x81f' " +
        "id='0f0a9a3e-53ab-4e6f-8d44-1ef33c9d8b10' xml:lang='de'>" +
        "<body>&gt; Wann treffen wir drei uns wieder?\nWenn der Wirrwarr stille schweigt, wer der Sieger ist, sich zeigt \u2013 gr\u00fc\u00dfe an alle!</body>" +
        "<thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread>" +
        "<reply xmlns='urn:xmpp:reply:0' to='coven@rooms.example.org/secondwitch' id='7c2e4f7e-2a15-4e88-a9f5-6e4e0d1bb8c3'/>" +
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='36'/></fallback>" +
        "<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:coven@rooms.example.org/secondwitch' begin='0' end='11'/>" +
        "<origin-id xmlns='urn:xmpp:sid:0' id='0f0a9a3e-53ab-4e6f-8d44-1ef33c9d8b10'/>" +
        "<markable xmlns='urn:xmpp:chat-markers:0'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>");

    public static readonly byte[] Presence = Utf8(
        "<presence to='coven@rooms.example.org/thirdwitch' from='hag66@shakespeare.example/pda.81kq' id='n13mt3l'>" +
        "<show>away</show><status>In the cauldron boil and bake</status><priority>5</priority>" +
        "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://gajim.org' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>" +
        "<x xmlns='vcard-temp:x:update'><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>" +
        "<x xmlns='http://jabber.org/protocol/muc'/></presence>");

    public static readonly byte[] Iq = Utf8(
        "<iq type='get' to='coven@rooms.example.org' from='hag66@shakespeare.example/pda.81kq' id='disco1-7f3a'>" +
        "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");

    public static readonly byte[] Omemo = MakeOmemo();

    /// <summary>In the proportion of a busy chat service: mostly messages.</summary>
    public static readonly byte[][] Mix =
        [Chat, Groupchat, Groupchat, Presence, Groupchat, Omemo, Iq, Groupchat, Presence, Chat];

    private static byte[] Utf8(string xml) => Encoding.UTF8.GetBytes(xml);

    private static byte[] MakeOmemo()
    {
        var random = new Random(5);
        var xml = new StringBuilder("<message type='groupchat' to='coven@rooms.example.org' from='crone1@shakespeare.example/phone' ")
            .Append("id='5c5dc2c8-3c5e-45f2-b2a4-f60fcf3f3a3f'><encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1208318'>");
        for (int i = 0; i < 10; i++)
        {
            xml.Append("<key rid='").Append(random.Next(1_000_000, 2_000_000_000)).Append("'>")
                .Append(Base64(random, 128)).Append("</key>");
        }

        return Utf8(xml.Append("<iv>").Append(Base64(random, 12))
            .Append("</iv></header><payload>").Append(Base64(random, 240))
            .Append("</payload></encrypted><encryption xmlns='urn:xmpp:eme:0' name='OMEMO' namespace='eu.siacs.conversations.axolotl'/>")
            .Append("<body>I sent you an OMEMO encrypted message but your client doesn\u2019t seem to support that.</body>")
            .Append("<store xmlns='urn:xmpp:hints'/></message>").ToString());
    }

    private static string Base64(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
