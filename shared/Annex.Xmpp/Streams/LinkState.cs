namespace Annex.Xmpp.Streams;

public enum LinkState
{
    /// <summary>Not tried yet.</summary>
    Starting,
    Up,

    /// <summary>Gone, and tried again by itself.</summary>
    Down,

    /// <summary>Another instance holds the address; this one waits for its turn.</summary>
    Standby,

    /// <summary>Closed by us.</summary>
    Closed,
}
