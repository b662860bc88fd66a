namespace Annex.Muc.Rooms;

/// <summary>What a room's disco#info says, gathered from the features (XEP-0045 §6.4).</summary>
internal sealed class RoomDescription
{
    public SortedSet<string> Features { get; } = new(StringComparer.Ordinal);

    /// <summary>Fields of muc#roominfo: name, type, label, values.</summary>
    public List<(string Var, string Type, string Label, IReadOnlyList<string> Values)> Fields { get; } = [];

    public void Add(string var, string type, string label, params IReadOnlyList<string> values) =>
        Fields.Add((var, type, label, values));
}
