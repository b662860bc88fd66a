namespace Annex.Muc.Rooms;

/// <summary>A long-lived association with a room (XEP-0045 §5.2), from the weakest to the strongest.</summary>
internal enum Affiliation : byte { Outcast, None, Member, Admin, Owner }
