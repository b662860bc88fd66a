namespace Annex.Fuzz;

/// <summary>What is fuzzed. A target throws where a promise is broken; what it refuses in the promised way is no
/// fault.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Action<byte[]>> All = new()
    {
        ["framer"] = FramerTarget.Run,
        ["stanza"] = StanzaTarget.Run,
        ["element"] = ElementTarget.Run,
        ["writer"] = WriterTarget.Run,
        ["jid"] = JidTarget.Run,
        ["extensions"] = ExtensionsTarget.Run,
        ["room"] = RoomTarget.Run,
        ["http"] = HttpTarget.Run,
        ["rpc"] = RpcTarget.Run,
    };

    public static IEnumerable<string> Names => All.Keys;

    public static Action<byte[]> Find(string name) => All[name];

    public static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException("Broken: " + what);
    }
}
