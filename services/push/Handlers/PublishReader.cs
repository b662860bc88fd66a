// Hot path: once per publish.
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Push.Handlers;

/// <summary>Reads a publish (XEP-0357 §7) where it stands, without a tree of it: as leniently as servers write, with fields
/// without values, a summary form of type form, an empty notification.</summary>
internal static class PublishReader
{
    /// <summary>Node and secret longer than this are nobody's; a stateless node is a device token.</summary>
    private const int MaxNodeLength = 4096;

    // A form beyond these tells nothing, but the push is pushed.
    private const int MaxFields = 32;
    private const int MaxValues = 64;
    private const int MaxValueBytes = 65_536;

    private static ReadOnlySpan<byte> PubSub => "http://jabber.org/protocol/pubsub"u8;
    private static ReadOnlySpan<byte> Push => "urn:xmpp:push:0"u8;
    private static ReadOnlySpan<byte> Data => "jabber:x:data"u8;

    /// <summary>Null where it is no publish of a notification.</summary>
    public static PublishedNotification? Read(Stanza stanza)
    {
        var reader = stanza.Children;
        while (reader.ReadElement())
        {
            if (reader.Is("pubsub"u8, PubSub)) return ReadPubSub(ref reader);
        }
        return null;
    }

    private static PublishedNotification? ReadPubSub(ref XmlReader reader)
    {
        var (node, hasPublish, isNotification, hasOptions) = (default(string), false, false, false);
        var sender = new FormText("last-message-sender");
        var body = new FormText("last-message-body");
        var secret = new FormText("secret");
        var module = new FormText("pushModule");
        reader.Enter();
        while (reader.ReadElement())
        {
            if (!hasPublish && reader.Is("publish"u8, PubSub))
            {
                hasPublish = true;
                node = reader.Attribute("node"u8);
                isNotification = ReadPublish(ref reader, ref sender, ref body);
            }
            else if (!hasOptions && reader.Is("publish-options"u8, PubSub))
            {
                hasOptions = true;
                ReadForm(ref reader, ref secret, ref module);
            }
        }
        return !isNotification || node is not { Length: > 0 and <= MaxNodeLength } ? null : new PublishedNotification
        {
            Node = node,
            Secret = NonEmpty(secret.First),
            PushModule = NonEmpty(module.First),
            Sender = NonEmpty(sender.First),
            Body = NonEmpty(body.All),
        };
    }

    /// <summary>False where none of the items is a notification.</summary>
    private static bool ReadPublish(ref XmlReader reader, ref FormText sender, ref FormText body)
    {
        var isFound = false;
        reader.Enter();
        while (!isFound && reader.ReadElement())
        {
            if (!reader.Is("item"u8, PubSub)) continue;
            reader.Enter();
            while (!isFound && reader.ReadElement())
            {
                isFound = reader.Is("notification"u8, Push);
                if (isFound) ReadForm(ref reader, ref sender, ref body);
            }
            reader.Leave();
        }
        reader.Leave();
        return isFound;
    }

    /// <summary>Two fields of the first form inside the current element.</summary>
    private static void ReadForm(ref XmlReader reader, ref FormText one, ref FormText other)
    {
        var isRead = false;
        reader.Enter();
        while (!isRead && reader.ReadElement())
        {
            if (!reader.Is("x"u8, Data)) continue;
            isRead = TryReadFields(ref reader, ref one, ref other);
            if (isRead) continue;
            one.Forget();
            other.Forget();
        }
        reader.Leave();
    }

    private static bool TryReadFields(ref XmlReader reader, ref FormText one, ref FormText other)
    {
        var (fields, values, isWithinLimits) = (0, 0, true);
        reader.Enter();
        while (isWithinLimits && reader.ReadElement())
        {
            if (!reader.Is("field"u8, Data)) continue;
            var name = reader.Attribute("var"u8);
            isWithinLimits = ++fields <= MaxFields
                && (one.IsMeant(name) ? TryReadValues(ref reader, ref one, ref values)
                    : other.IsMeant(name) ? TryReadValues(ref reader, ref other, ref values) : TrySkipValues(ref reader, ref values));
        }
        reader.Leave();
        return isWithinLimits;
    }

    private static bool TrySkipValues(ref XmlReader reader, ref int values)
    {
        var nobody = default(FormText);
        return TryReadValues(ref reader, ref nobody, ref values);
    }

    private static bool TryReadValues(ref XmlReader reader, ref FormText into, ref int values)
    {
        var isWithinLimits = true;
        into.IsFound = true;
        reader.Enter();
        while (isWithinLimits && reader.ReadElement())
        {
            if (!reader.Is("value"u8, Data)) continue;
            isWithinLimits = ++values <= MaxValues && reader.Inner.Length <= MaxValueBytes;
            if (isWithinLimits && into.Name is not null) into.Add(reader.ReadText());
        }
        reader.Leave();
        return isWithinLimits;
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>What a field of a form holds; the first of its name counts.</summary>
    private struct FormText(string name)
    {
        public readonly string? Name => name;

        public bool IsFound { get; set; }

        public string? First { get; private set; }

        /// <summary>All values as lines of one text.</summary>
        public string? All { get; private set; }

        public readonly bool IsMeant(string? var) => !IsFound && var == name;

        public void Forget() => (IsFound, First, All) = (false, null, null);

        public void Add(string value)
        {
            All = All is null ? value : $"{All}\n{value}";
            First ??= value;
        }
    }
}
