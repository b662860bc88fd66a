// Hot path
namespace Annex.Xmpp.Stanzas;

/// <summary>The words of the envelope (RFC 6120 §8, RFC 6121 §4.7.1, §5.2.2) as bytes.</summary>
internal static class StanzaWords
{
    public static bool TryKind(ReadOnlySpan<byte> name, out StanzaKind kind)
    {
        kind = default;
        if (name.SequenceEqual("message"u8)) kind = StanzaKind.Message;
        else if (name.SequenceEqual("presence"u8)) kind = StanzaKind.Presence;
        else if (name.SequenceEqual("iq"u8)) kind = StanzaKind.Iq;
        else return false;
        return true;
    }

    public static ReadOnlySpan<byte> NameOf(StanzaKind kind) => kind switch
    {
        StanzaKind.Message => "message"u8,
        StanzaKind.Presence => "presence"u8,
        _ => "iq"u8,
    };

    public static StanzaType TypeOf(StanzaKind kind, bool exists, ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("error"u8)) return StanzaType.Error;
        return kind switch
        {
            StanzaKind.Message => !exists ? StanzaType.Normal : MessageType(word),
            StanzaKind.Presence => !exists ? StanzaType.Available : PresenceType(word),
            _ => IqType(word),
        };
    }

    private static StanzaType MessageType(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("groupchat"u8) ? StanzaType.Groupchat
        : word.SequenceEqual("chat"u8) ? StanzaType.Chat
        : word.SequenceEqual("normal"u8) ? StanzaType.Normal
        : word.SequenceEqual("headline"u8) ? StanzaType.Headline
        : StanzaType.Unknown;

    private static StanzaType PresenceType(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("unavailable"u8) ? StanzaType.Unavailable
        : word.SequenceEqual("probe"u8) ? StanzaType.Probe
        : word.SequenceEqual("subscribe"u8) ? StanzaType.Subscribe
        : word.SequenceEqual("subscribed"u8) ? StanzaType.Subscribed
        : word.SequenceEqual("unsubscribe"u8) ? StanzaType.Unsubscribe
        : word.SequenceEqual("unsubscribed"u8) ? StanzaType.Unsubscribed
        : StanzaType.Unknown;

    private static StanzaType IqType(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("get"u8) ? StanzaType.Get
        : word.SequenceEqual("set"u8) ? StanzaType.Set
        : word.SequenceEqual("result"u8) ? StanzaType.Result
        : StanzaType.Unknown;

    /// <summary>The attribute's value; empty where the type is the one that is not written.</summary>
    public static ReadOnlySpan<byte> WordOf(StanzaType type) => type switch
    {
        StanzaType.Chat => "chat"u8,
        StanzaType.Groupchat => "groupchat"u8,
        StanzaType.Headline => "headline"u8,
        StanzaType.Unavailable => "unavailable"u8,
        StanzaType.Subscribe => "subscribe"u8,
        StanzaType.Subscribed => "subscribed"u8,
        StanzaType.Unsubscribe => "unsubscribe"u8,
        StanzaType.Unsubscribed => "unsubscribed"u8,
        StanzaType.Probe => "probe"u8,
        StanzaType.Get => "get"u8,
        StanzaType.Set => "set"u8,
        StanzaType.Result => "result"u8,
        StanzaType.Error => "error"u8,
        _ => default,
    };
}
