namespace Annex.Muc.Rooms;

/// <summary>
/// Roles, affiliations and what they allow, in one place: XEP-0045 §5.1 (table of privileges by role), §5.1.2 (default
/// roles), §5.2 (privileges by affiliation), §8 and §9 (who may change whom). Whether a request is refused with
/// forbidden or with not-allowed follows from which table says no: forbidden for someone without the office,
/// not-allowed for what the office may not do to this person.
/// </summary>
internal static class Privileges
{
    // §5.1.1. Those marked * in the XEP depend on the room's configuration as well.
    public static bool HasVoice(Role role) => role >= Role.Participant;

    public static bool SeesRealJids(Role role) => role == Role.Moderator;

    public static bool MayKick(Role role) => role == Role.Moderator;

    public static bool MayChangeVoice(Role role) => role == Role.Moderator;

    // §5.2.1
    public static bool MayEnter(Affiliation affiliation, bool isMembersOnly) => affiliation switch
    {
        Affiliation.Outcast => false,
        Affiliation.None => !isMembersOnly,
        _ => true,
    };

    public static bool MayEditMembersAndBans(Affiliation affiliation) => affiliation >= Affiliation.Admin;

    public static bool MayChangeModerators(Affiliation affiliation) => affiliation >= Affiliation.Admin;

    public static bool MayEditAdminsAndOwners(Affiliation affiliation) => affiliation == Affiliation.Owner;

    public static bool MayConfigure(Affiliation affiliation) => affiliation == Affiliation.Owner;

    /// <summary>Those who still enter a full room (§7.2.9), and are exempt from rate limits.</summary>
    public static bool MayEnterFullRoom(Affiliation affiliation) => affiliation >= Affiliation.Admin;

    /// <summary>The role that somebody with this affiliation enters with (§5.1.2).</summary>
    public static Role DefaultRole(Affiliation affiliation, bool isModerated, bool areMembersByDefault) =>
        affiliation switch
        {
            Affiliation.Owner or Affiliation.Admin => Role.Moderator,
            Affiliation.Member => Role.Participant,
            Affiliation.None when isModerated && !areMembersByDefault => Role.Visitor,
            Affiliation.None => Role.Participant,
            _ => Role.None,
        };

    /// <summary>The role after a change of affiliation (§5.1.3): what is gained with a higher affiliation is certain;
    /// an admin or owner who is one no longer gets what the new affiliation gives; a lost membership leaves the role as
    /// it is.</summary>
    public static Role RoleAfter(Affiliation before, Affiliation after, Role role, bool isModerated,
        bool areMembersByDefault)
    {
        var byDefault = DefaultRole(after, isModerated, areMembersByDefault);
        if (after > before)
            return byDefault > role ? byDefault : role;
        return before >= Affiliation.Admin && after < Affiliation.Admin ? byDefault : role;
    }

    /// <summary>Whether this change of role is the kind of thing the actor may do at all; if not: forbidden.</summary>
    public static bool HoldsOfficeForRole(Role actorRole, Affiliation actor, Role from, Role to)
    {
        // §9.6, §9.7: moderator status is granted and revoked by admins and owners only. Kicking is not revoking
        // (§8.2).
        if (to == Role.Moderator || (from == Role.Moderator && to != Role.None))
            return MayChangeModerators(actor);
        return to == Role.None ? MayKick(actorRole) : MayChangeVoice(actorRole);
    }

    /// <summary>Whether the actor may do it to a person of this affiliation; if not: not-allowed.</summary>
    public static bool MayChangeRole(Affiliation actor, Affiliation target, Role from, Role to)
    {
        if (to == Role.None)
            return target <= actor; // §8.2: not by a moderator with a lower affiliation
        if (to >= from)
            return true;
        if (target >= Affiliation.Admin)
            return false; // §8.4, §9.7: never from an admin or owner, by nobody
        // §8.4: not at or above the moderator's own level. To have no affiliation is no level: a moderator without one
        // may silence others without one, else that role would be empty in an open room.
        return target < actor || (target == Affiliation.None && actor == Affiliation.None);
    }

    /// <summary>Whether the actor may touch the list that this change belongs to; if not: forbidden (§10.3 to
    /// §10.8).</summary>
    public static bool HoldsOfficeForAffiliation(Affiliation actor, Affiliation to) =>
        to >= Affiliation.Admin ? MayEditAdminsAndOwners(actor) : MayEditMembersAndBans(actor);

    /// <summary>Whether the actor may change a person of this affiliation; if not: not-allowed (§9.1).</summary>
    public static bool MayChangeAffiliation(Affiliation actor, Affiliation from) =>
        actor == Affiliation.Owner || from < Affiliation.Admin;
}
