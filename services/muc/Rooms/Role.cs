namespace Annex.Muc.Rooms;

/// <summary>What an occupant may do during this visit (XEP-0045 §5.1), from the weakest to the strongest.</summary>
internal enum Role : byte { None, Visitor, Participant, Moderator }
