// Hot path
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>What a message to a room is made of, as far as the room cares.</summary>
internal readonly struct MessageShape
{
    public bool HasBody { get; private init; }

    /// <summary>§8.1: a subject without body and thread.</summary>
    public bool IsSubject { get; private init; }

    /// <summary>Carries something that only the room may say.</summary>
    public bool HasForgeries { get; private init; }

    /// <summary>The sender asks that it is not kept (XEP-0334).</summary>
    public bool IsNotStored { get; private init; }

    /// <summary>Belongs into an archive: more than a chat state.</summary>
    public bool IsArchivable { get; private init; }

    /// <summary>End-to-end encrypted: what it says is not to be looked for.</summary>
    public bool IsEncrypted { get; private init; }

    /// <summary>The stanza-id of the message that this one takes back (XEP-0424); null for none, or for an id that is
    /// not ours.</summary>
    public Guid? Retracts { get; private init; }

    public static MessageShape Read(Room room, Stanza message)
    {
        bool hasBody = false, hasSubject = false, hasThread = false, hasForgeries = false, isNotStored =
            false, hasContent = false, isEncrypted = false;
        Guid? retracts = null;
        var children = message.Children;
        while (children.ReadElement())
        {
            if (ClientContent.IsOwn(children, "body"u8))
                hasBody = true;
            else if (ClientContent.IsOwn(children, "subject"u8))
                hasSubject = true;
            else if (ClientContent.IsOwn(children, "thread"u8))
                hasThread = true;
            else if (ClientContent.IsRoomsOnly(room, children, isPresence: false))
                hasForgeries = true;
            else if (children.Namespace.SequenceEqual("urn:xmpp:hints"u8))
            {
                isNotStored |= children.LocalName.SequenceEqual("no-store"u8)
                    || children.LocalName.SequenceEqual("no-permanent-store"u8);
                hasContent |= children.LocalName.SequenceEqual("store"u8); // XEP-0334 §4.4: even where it seems to say nothing
            }
            else
            {
                hasContent |= !IsPassing(children.Namespace);
                isEncrypted |= IsEncryption(children.Namespace);
                if (children.Is("retract"u8, "urn:xmpp:message-retract:1"u8)
                    && children.TryGetRawAttribute("id"u8, out var id)
                    && System.Buffers.Text.Utf8Parser.TryParse(id, out Guid taken, out var length)
                    && length == id.Length)
                    retracts = taken;
            }
        }
        return new MessageShape
        {
            HasBody = hasBody,
            IsSubject = hasSubject && !hasBody && !hasThread,
            HasForgeries = hasForgeries,
            IsNotStored = isNotStored,
            IsEncrypted = isEncrypted,
            Retracts = retracts,
            IsArchivable = (hasBody || hasContent) && !isNotStored,
        };
    }

    // OMEMO in its two forms (XEP-0384), OpenPGP (XEP-0373), and the note that says so (XEP-0380).
    public static bool IsEncryption(ReadOnlySpan<byte> ns) =>
        ns.SequenceEqual("eu.siacs.conversations.axolotl"u8) || ns.SequenceEqual("urn:xmpp:omemo:2"u8)
        || ns.SequenceEqual("urn:xmpp:openpgp:0"u8) || ns.SequenceEqual("urn:xmpp:eme:0"u8);

    // What says nothing once the moment has passed: chat states (XEP-0085), text as it is typed (XEP-0301), and what only accompanies
    // content.
    private static bool IsPassing(ReadOnlySpan<byte> ns) =>
        ns.SequenceEqual("http://jabber.org/protocol/chatstates"u8) || ns.SequenceEqual("urn:xmpp:sid:0"u8)
        || ns.SequenceEqual("urn:xmpp:rtt:0"u8);
}
