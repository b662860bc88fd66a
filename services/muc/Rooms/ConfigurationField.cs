using Annex.Xmpp.Extensions.Forms;

namespace Annex.Muc.Rooms;

/// <summary>One field of the configuration form.</summary>
/// <param name="Name">Without the prefix muc#roomconfig_, unless <see cref="HasOwnName"/>.</param>
/// <param name="Type">Its registered type (XEP-0004).</param>
/// <param name="Change">The configuration with these values in it; null where they are not acceptable. An empty list
/// clears.</param>
internal sealed record ConfigurationField(string Name, FieldType Type, string Label, Func<RoomConfiguration,
    IReadOnlyList<string>> Get,
    Func<RoomConfiguration, IReadOnlyList<string>, MucOptions, RoomConfiguration?> Change,
    IReadOnlyList<(string Label, string Value)> Options)
{
    /// <summary>The name stands as it is: muc#maxhistoryfetch.</summary>
    public bool HasOwnName { get; init; }

    /// <summary>Read after all others: it stands for several of them, which a client sends along as they
    /// were.</summary>
    public bool IsLast { get; init; }

    public string Var => HasOwnName ? Name : ConfigurationFields.Prefix + Name;

    public RoomConfiguration? Set(RoomConfiguration configuration, IReadOnlyList<string> values, MucOptions options)
    {
        if (Type == FieldType.ListSingle && values.Count != 1)
            return values.Count == 0 ? configuration : null;
        return Change(configuration, values, options);
    }
}
