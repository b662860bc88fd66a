using System.Security.Cryptography;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>The open sessions of a table: bounded, and closed when nobody goes on with them.</summary>
internal sealed class CommandSessions(TimeProvider time, CommandLimits limits)
{
    // 128 random bits: an id that nobody guesses.
    private const int IdBytes = 16;

    private readonly Dictionary<string, CommandSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _sessions.Count;
        }
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(IdBytes * 2, lowercase: true);

    /// <summary>Keeps a new session; false where there are too many.</summary>
    public bool TryAdd(CommandSession session)
    {
        lock (_lock)
        {
            RemoveExpired();
            var own = _sessions.Values
                .Where(other => other.From.Bare == session.From.Bare && !other.IsRunning).ToList();
            if (own.Count >= limits.MaxSessionsPerRequester)
                _sessions.Remove(own.MinBy(other => other.LastUse)!.Id);
            if (_sessions.Count >= limits.MaxSessions)
                return false;

            session.LastUse = time.GetTimestamp();
            _sessions.Add(session.Id, session);
            return true;
        }
    }

    /// <summary>Takes hold of a session for one stage; <see cref="Release"/> or <see cref="Remove"/> ends
    /// that.</summary>
    public CommandSession? Take(string id, string node, Jid from, Jid to, out StanzaError? error)
    {
        lock (_lock)
        {
            RemoveExpired();
            // A session of somebody else is to the requester one that is not there.
            if (!_sessions.TryGetValue(id, out var session) || session.From != from || session.To != to)
            {
                var isOurs = id.Length == IdBytes * 2 && id.All(char.IsAsciiHexDigitLower);
                error = isOurs ? CommandErrors.SessionExpired : CommandErrors.BadSessionId;
                return null;
            }

            error = session.Command.Node != node ? CommandErrors.BadSessionId
                : session.IsRunning ? StanzaError.UnexpectedRequest
                : null;
            if (error is not null)
                return null;

            session.IsRunning = true;
            return session;
        }
    }

    public void Release(CommandSession session)
    {
        lock (_lock)
        {
            session.IsRunning = false;
            session.LastUse = time.GetTimestamp();
        }
    }

    public void Remove(CommandSession session)
    {
        lock (_lock)
            _sessions.Remove(session.Id);
    }

    private void RemoveExpired()
    {
        var now = time.GetTimestamp();
        foreach (var session in _sessions.Values)
        {
            // Removing while enumerating is allowed for Dictionary.
            if (!session.IsRunning && time.GetElapsedTime(session.LastUse, now) > limits.Timeout)
                _sessions.Remove(session.Id);
        }
    }
}
