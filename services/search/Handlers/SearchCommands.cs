using System.Security.Cryptography;
using Annex.Contracts.Muc.V1;
using Annex.Rpc;
using Annex.Search.Crawler;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Grpc.Core;

namespace Annex.Search.Handlers;

/// <summary>
/// Commands (XEP-0050) for owners, who take their room out or bring it back, and for operators. Ownership is proven, not claimed:
/// of a room of ours muc is asked; of any other, the owner puts a code into its description, which nobody else can.
/// </summary>
internal sealed class SearchCommands(
    DelistingStore delistings, DomainStore domains, RpcPeers peers, Func<ComponentConnection> connection, SearchOptions options,
    IReadOnlySet<Jid> admins, TimeProvider time)
{
    public const string Delist = "urn:annex:search:0#delist";
    public const string Relist = "urn:annex:search:0#relist";
    public const string OperatorDelist = "urn:annex:search:0#operator-delist";
    public const string OperatorRelist = "urn:annex:search:0#operator-relist";
    public const string OperatorCrawl = "urn:annex:search:0#operator-crawl";

    // The questions of owners count as those of the crawler do.
    private readonly Lazy<Asker> _asker = new(() => new Asker(connection(), options.Crawler, time));

    public CommandTable CreateTable()
    {
        var table = new CommandTable(time);
        table.Add(new Command(Delist, "Take my room out of the directory", _ => true,
            (_, _) => Task.FromResult(CommandStep.Ask(RoomForm(), (r, c) => ProveAsync(r, isDelisting: true, c), isLast: false))));
        table.Add(new Command(Relist, "Bring my room back into the directory", _ => true,
            (_, _) => Task.FromResult(CommandStep.Ask(RoomForm(), (r, c) => ProveAsync(r, isDelisting: false, c), isLast: false))));
        table.Add(new Command(OperatorDelist, "Operator: take a room or a domain out", IsOperator,
            (_, _) => Task.FromResult(CommandStep.Ask(SubjectForm(withReason: true), OperatorDelistAsync))));
        table.Add(new Command(OperatorRelist, "Operator: bring a room or a domain back", IsOperator,
            (_, _) => Task.FromResult(CommandStep.Ask(SubjectForm(withReason: false), OperatorRelistAsync))));
        table.Add(new Command(OperatorCrawl, "Operator: visit a domain now", IsOperator,
            (_, _) => Task.FromResult(CommandStep.Ask(SubjectForm(withReason: false), OperatorCrawlAsync))));
        return table;
    }

    private bool IsOperator(CommandRequest request) => admins.Contains(request.From.Bare);

    private async Task<CommandStep> ProveAsync(CommandRequest request, bool isDelisting, CancellationToken cancellationToken)
    {
        if (request.Submitted?.Jid("room") is not { HasLocal: true, IsBare: true } room)
            return CommandStep.Refused(StanzaError.NotAcceptable.WithText("This is no room's address."));
        if (await IsOwnerOfOursAsync(room, request.From.Bare, cancellationToken) is { } isOwner)
        {
            return isOwner
                ? await SetAsync(room, isDelisting, cancellationToken)
                : CommandStep.Failed("You are not an owner of this room.");
        }
        var code = "annex-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        return CommandStep.Ask(
            new DataForm(FormType.Form, null, Field.Fixed(
                $"Put {code} into the description of {room}, then go on. You can take it out again afterwards.")),
            async (_, c) => await HasCodeAsync(room, code, c)
                ? await SetAsync(room, isDelisting, c)
                : CommandStep.Failed("The code is not in the description of the room."));
    }

    // Null: the room is not our muc's to know.
    private async Task<bool?> IsOwnerOfOursAsync(Jid room, Jid person, CancellationToken cancellationToken)
    {
        if (peers.Find("Muc") is not { } muc)
            return null;
        try
        {
            using var call = new RoomDirectory.RoomDirectoryClient(muc).ListAffiliations(
                new ListAffiliationsRequest { Room = room.ToString(), Affiliation = Affiliation.Owner },
                deadline: time.GetUtcNow().UtcDateTime.AddSeconds(10), cancellationToken: cancellationToken);
            await foreach (var owner in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (Jid.TryParse(owner.Jid, out var jid) && jid == person)
                    return true;
            }
            return false;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.Unimplemented)
        {
            return null;
        }
    }

    private async Task<bool> HasCodeAsync(Jid room, string code, CancellationToken cancellationToken)
    {
        var answer = await _asker.Value.AskAsync(room, new Element("query", DiscoInfo.Namespace), cancellationToken);
        return DiscoInfo.Read(answer.Payload) is { } info
            && RoomReader.ReadRoom(room.ToString(), info)?.Description.Contains(code, StringComparison.Ordinal) == true;
    }

    private async Task<CommandStep> SetAsync(Jid room, bool isDelisting, CancellationToken cancellationToken)
    {
        if (isDelisting)
        {
            await delistings.AddAsync(room.ToString(), DelistingStore.Owner, null, cancellationToken);
            return CommandStep.Done("The room is out of the directory, until you bring it back.");
        }
        // What an operator took out an owner does not bring back.
        return await delistings.RemoveAsync(room.ToString(), DelistingStore.Owner, cancellationToken)
            ? CommandStep.Done("The room may be listed again, if it is public and open.")
            : CommandStep.Failed("The room was not taken out by an owner.");
    }

    private async Task<CommandStep> OperatorDelistAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted?.Jid("subject") is not { IsBare: true } subject)
            return CommandStep.Refused(StanzaError.NotAcceptable.WithText("This is no address."));
        await delistings.AddAsync(subject.ToString(), DelistingStore.Operator, request.Submitted.Text("reason"), cancellationToken);
        return CommandStep.Done($"{subject} is out, and stays out.");
    }

    private async Task<CommandStep> OperatorRelistAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted?.Jid("subject") is not { IsBare: true } subject)
            return CommandStep.Refused(StanzaError.NotAcceptable.WithText("This is no address."));
        return await delistings.RemoveAsync(subject.ToString(), null, cancellationToken)
            ? CommandStep.Done($"{subject} may be listed again.")
            : CommandStep.Failed($"{subject} was not taken out.");
    }

    private async Task<CommandStep> OperatorCrawlAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted?.Jid("subject") is not { HasLocal: false, IsBare: true } subject)
            return CommandStep.Refused(StanzaError.NotAcceptable.WithText("This is no domain."));
        return await domains.HurryAsync(subject.Domain, cancellationToken)
            ? CommandStep.Done($"{subject} is visited next.")
            : CommandStep.Failed($"{subject} is banned.");
    }

    private static DataForm RoomForm() => new(FormType.Form, "urn:annex:search:0#room",
        Field.JidSingle("room", null, "Address of the room").Require());

    private static DataForm SubjectForm(bool withReason)
    {
        var form = new DataForm(FormType.Form, "urn:annex:search:0#subject",
            Field.JidSingle("subject", null, "Address of a room, or a domain").Require());
        return withReason ? form.Add(Field.TextSingle("reason", null, "Reason, for the list of what is out")) : form;
    }
}
