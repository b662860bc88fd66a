using Annex.Xmpp.Extensions.Forms;

namespace Annex.Muc.Rooms;

/// <summary>What a room's disco#info says, gathered from the features (XEP-0045 §6.4).</summary>
internal sealed class RoomDescription
{
    public SortedSet<string> Features { get; } = new(StringComparer.Ordinal);

    /// <summary>The form muc#roominfo.</summary>
    public DataForm Form { get; } = new(FormType.Result, MucNamespaces.RoomInfo);

    public void Add(string var, FieldType type, string label, params IEnumerable<string> values) =>
        Form.Add(new Field(var, type, values) { Label = label });
}
