namespace Annex.Muc.Features;

/// <summary>The features of every room, in the order in which they are asked. A new extension is one file here and one
/// line.</summary>
internal static class FeatureList
{
    public static readonly IRoomFeature[] All =
    [
        new RoomCommandList(),
        new Discovery(),
        new AdminRequests(),
        new OwnerRequests(),
        new Registration(),
        new Invitations(),
        new VoiceRequests(),
        new Subscribing(),
        new OccupantIds(),
        new StanzaIds(),
        new SelfPing(),
        new Archiving(),
        new Moderation(),
        new RoomVCard(),
        new SpamReports(),
    ];
}
