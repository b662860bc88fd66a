namespace Annex.Muc.Rooms;

/// <summary>What somebody who is not in the room is told of (MUC/Sub). The numbers stand in the database.</summary>
[Flags]
internal enum SubscriptionNodes
{
    None = 0,
    Messages = 1,
    Subject = 2,
    Affiliations = 4,
    Config = 8,
    Presence = 16,
    Subscribers = 32,
    System = 64,
}
