using System.CommandLine;
using Annex.Contracts.Muc.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl accounts</summary>
internal static class AccountCommands
{
    public static Command Create()
    {
        var jid = Word("jid", "The account's bare JID");
        var domain = Word("domain", "One of the local domains");
        var withMessages = new Option<bool>("--with-messages") { Description = "Take back what it wrote, too, instead of only its name from it" };
        return Group("accounts", "What is left of an account",
            Do("erase", "Forgets an account in every service: affiliations, messages, files, devices", "Muc", [jid, withMessages],
                (session, muc) => new AccountErasure.AccountErasureClient(muc).EraseAccountAsync(
                    new EraseAccountRequest { Jid = session.Get(jid), WithMessages = session.Get(withMessages) }, session.Call),
                (session, a) => $"{session.Get(jid)}: {a.AffiliationsRemoved} affiliations removed, {a.MessagesAnonymised} messages without "
                    + $"its name, {a.MessagesRetracted} taken back, {a.RoomsDestroyed} rooms destroyed. The other services are told.",
                session => $"Erase all that is kept of {session.Get(jid)}?"),
            List("list", "Addresses of one domain of which muc keeps anything", "Muc", "Nothing is kept.", [domain],
                (session, muc) => new AccountErasure.AccountErasureClient(muc).ListAccounts(
                    new ListAccountsRequest { Domain = session.Get(domain) }, session.Stream),
                ("Account", a => a.Jid)));
    }
}
