// Hot path
using System.Buffers;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;

namespace Annex.Muc.Rooms;

/// <summary>
/// Puts a room's stanzas into the connection's queue: the body was written once, here only the head with its to is
/// written per session. In pieces of bounded size, so that no room holds the queue for long and the queue never
/// overflows. Where the server takes one stanza for many (XEP-0033), see EffectWriter.Multicast.cs.
/// </summary>
/// <param name="isStored">The outcome of what had to be stored first.</param>
/// <param name="multicast">The server's multicast services; null where none is used.</param>
/// <param name="keepsOrder">The room used them a moment ago.</param>
internal partial struct EffectWriter(Effects effects, bool isStored, Multicast? multicast = null, bool keepsOrder = false)
{
    // The queue is held for the time of copying this much: some 20 µs.
    private const int BytesPerBatch = 64 * 1024;

    private readonly MulticastService[] _services = multicast?.Services ?? [];
    private int _effect;
    private int _recipient;

    // In a broadcast by multicast: 0 for those whom no service serves; then for each service those who see no real JIDs and
    // those who do.
    private int _pass;

    /// <summary>Whether a service was used.</summary>
    public bool HasMulticast { get; private set; }

    /// <returns>False: all is written.</returns>
    public bool WriteSome(ComponentConnection connection)
    {
        using var batch = connection.OpenBatch();
        var budget = BytesPerBatch;
        for (; _effect < effects.Count; _effect++)
        {
            ref readonly var effect = ref effects[_effect];
            if (effect.Kind > EffectKind.Roster || !IsDue(effect.Condition))
                continue;
            if (effect.Kind == EffectKind.Send)
            {
                budget -= WriteOne(batch, effect);
            }
            else if (effect.Kind == EffectKind.Roster ? !WriteRoster(batch, effect, ref budget)
                : !WriteBroadcast(batch, effect, ref budget))
            {
                return true;
            }
            if (budget <= 0)
            {
                _effect++;
                return _effect < effects.Count;
            }
        }
        return false;
    }

    private readonly bool IsDue(EffectCondition condition) => condition switch
    {
        EffectCondition.IfStored => isStored,
        EffectCondition.IfRefused => !isStored,
        _ => true,
    };

    private int WriteOne(in OutgoingBatch batch, in Effect effect)
    {
        var tail = effects.TailOf(effect, seesJids: true);
        return _services.Length > 0 && MulticastFor(effect, tail) is { } service
            ? WriteToOne(batch, effect, service, tail)
            : Write(batch, effect, effect.To!.Escaped, tail);
    }

    private bool WriteBroadcast(in OutgoingBatch batch, in Effect effect, ref int budget)
    {
        if (_services.Length > 0 && IsForMany(effect))
            return WriteToMany(batch, effect, ref budget);
        var isDone = WriteEach(batch, effect, ref budget);
        if (isDone)
            _recipient = 0;
        return isDone;
    }

    /// <summary>A copy for everyone, or for those whom no multicast service serves.</summary>
    private bool WriteEach(in OutgoingBatch batch, in Effect effect, ref int budget, bool isRest = false)
    {
        var recipients = effect.Recipients!;
        var open = effects.TailOf(effect, seesJids: true);
        var closed = effects.TailOf(effect, seesJids: false);
        for (; _recipient < effect.RecipientCount; _recipient++)
        {
            if (budget <= 0)
                return false;
            var session = recipients[_recipient];
            if (IsExcepted(effect, session) || (isRest && ServiceOf(session.Jid) is not null))
                continue;
            var tail = Privileges.SeesRealJids(session.Occupant.Role) ? open : closed;
            budget -= Write(batch, effect, session.Jid.Escaped, tail);
        }
        return true;
    }

    private bool WriteRoster(in OutgoingBatch batch, in Effect effect, ref int budget)
    {
        var room = (Room)effect.Data!;
        var scratch = effects.Scratch;
        for (; _recipient < effect.RecipientCount; _recipient++)
        {
            if (budget <= 0)
                return false;
            scratch.Clear();
            if (!room.WriteShown(effect.Recipients![_recipient], effect.Viewer!, scratch))
                continue;
            batch.Output.Write(scratch.Written);
            batch.Commit(effect.Stanza);
            budget -= scratch.Length;
        }
        _recipient = 0;
        return true;
    }

    private static bool IsExcepted(in Effect effect, Session session) =>
        ReferenceEquals(session.Occupant, effect.ExceptOccupant) || ReferenceEquals(session, effect.ExceptSession);

    private readonly int Write(in OutgoingBatch batch, in Effect effect, ReadOnlySpan<byte> to, ReadOnlySpan<byte> tail)
    {
        var head = effects.HeadOf(effect);
        var size = head.Length + to.Length + tail.Length;
        var span = batch.Output.GetSpan(size);
        head.CopyTo(span);
        to.CopyTo(span[head.Length..]);
        tail.CopyTo(span[(head.Length + to.Length)..]);
        batch.Output.Advance(size);
        batch.Commit(effect.Stanza);
        return size;
    }
}
