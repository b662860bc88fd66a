namespace Annex.Push.Registrations;

/// <summary>What a device wants to hear of rooms that its user is a member of and away from.</summary>
public enum RoomNotifications : byte { None, Mentions, All }
