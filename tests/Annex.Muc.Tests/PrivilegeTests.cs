using Annex.Muc.Rooms;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>The tables of XEP-0045 §5.1 and §5.2, row by row.</summary>
public sealed class PrivilegeTests
{
    [Theory]
    [InlineData("Moderated", "Visitor", "Participant", "Moderator", "Moderator")]
    [InlineData("Unmoderated", "Participant", "Participant", "Moderator", "Moderator")]
    public void Roles_on_entering_are_those_of_section_5_1_2(string room, string none, string member, string admin, string owner)
    {
        var isModerated = room == "Moderated";
        Assert.Equal(none, Privileges.DefaultRole(Affiliation.None, isModerated, false).ToString());
        Assert.Equal(member, Privileges.DefaultRole(Affiliation.Member, isModerated, false).ToString());
        Assert.Equal(admin, Privileges.DefaultRole(Affiliation.Admin, isModerated, false).ToString());
        Assert.Equal(owner, Privileges.DefaultRole(Affiliation.Owner, isModerated, false).ToString());
        Assert.Equal(Role.None, Privileges.DefaultRole(Affiliation.Outcast, isModerated, false));
    }

    [Theory]
    [InlineData("Outcast", false, false)]
    [InlineData("None", true, false)]
    [InlineData("Member", true, true)]
    [InlineData("Admin", true, true)]
    [InlineData("Owner", true, true)]
    public void Who_enters_an_open_and_a_members_only_room(string affiliation, bool open, bool membersOnly)
    {
        Assert.Equal(open, Privileges.MayEnter(Enum.Parse<Affiliation>(affiliation), isMembersOnly: false));
        Assert.Equal(membersOnly, Privileges.MayEnter(Enum.Parse<Affiliation>(affiliation), isMembersOnly: true));
    }

    [Theory]
    [InlineData("None", false, false, false)]
    [InlineData("Member", false, false, false)]
    [InlineData("Admin", true, false, false)]
    [InlineData("Owner", true, true, true)]
    public void Who_edits_which_list_and_configures(string affiliation, bool members, bool owners, bool configuration)
    {
        var actor = Enum.Parse<Affiliation>(affiliation);
        Assert.Equal(members, Privileges.HoldsOfficeForAffiliation(actor, Affiliation.Member));
        Assert.Equal(members, Privileges.HoldsOfficeForAffiliation(actor, Affiliation.Outcast));
        Assert.Equal(members, Privileges.MayChangeModerators(actor));
        Assert.Equal(owners, Privileges.HoldsOfficeForAffiliation(actor, Affiliation.Admin));
        Assert.Equal(owners, Privileges.HoldsOfficeForAffiliation(actor, Affiliation.Owner));
        Assert.Equal(configuration, Privileges.MayConfigure(actor));
    }

    [Theory]
    [InlineData("None", "None", true)]
    [InlineData("None", "Member", false)]
    [InlineData("Member", "Member", true)]
    [InlineData("Member", "Admin", false)]
    [InlineData("Admin", "Owner", false)]
    [InlineData("Owner", "Owner", true)]
    public void A_kick_reaches_up_to_ones_own_affiliation(string actor, string target, bool may) => Assert.Equal(may,
        Privileges.MayChangeRole(Enum.Parse<Affiliation>(actor), Enum.Parse<Affiliation>(target), Role.Participant, Role.None));

    [Theory]
    [InlineData("None", "None", true)]
    [InlineData("Member", "Member", false)]
    [InlineData("Member", "None", true)]
    [InlineData("Admin", "Member", true)]
    [InlineData("Admin", "Admin", false)]
    [InlineData("Owner", "Admin", false)]
    [InlineData("Owner", "Owner", false)]
    public void Voice_is_taken_from_below_alone_and_never_from_admins(string actor, string target, bool may) => Assert.Equal(may,
        Privileges.MayChangeRole(Enum.Parse<Affiliation>(actor), Enum.Parse<Affiliation>(target), Role.Participant, Role.Visitor));

    [Theory]
    [InlineData("None", "Member", "Visitor", true, "Participant")]
    [InlineData("None", "Member", "Moderator", true, "Moderator")]
    [InlineData("Member", "Admin", "Participant", false, "Moderator")]
    [InlineData("Admin", "Member", "Moderator", false, "Participant")]
    [InlineData("Owner", "None", "Moderator", true, "Visitor")]
    [InlineData("Owner", "Admin", "Moderator", true, "Moderator")]
    [InlineData("Member", "None", "Participant", true, "Participant")]
    public void Roles_follow_affiliations_as_in_section_5_1_3(string before, string after, string role, bool isModerated, string expected) =>
        Assert.Equal(expected, Privileges.RoleAfter(Enum.Parse<Affiliation>(before), Enum.Parse<Affiliation>(after),
            Enum.Parse<Role>(role), isModerated, false).ToString());
}
