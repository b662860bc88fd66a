using Annex.Muc.Storage;
using Grpc.Core;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>annex.muc.v1.AccountErasure: a removed account is forgotten, here at once, by the other services as soon as they
/// hear of it.</summary>
internal sealed class AccountErasureRpc(AccountEraser eraser, MucOptions options) : V1.AccountErasure.AccountErasureBase
{
    public override Task<V1.EraseAccountResponse> EraseAccount(V1.EraseAccountRequest request, ServerCallContext context)
    {
        var account = Wire.Person(request.Jid);
        var withMessages = request.WithMessages || options.RemovedAccountMessages == RemovedAccountMessages.Retract;
        return Wire.AnswerAsync(async () =>
        {
            // Told last: an erasure with its messages is not overtaken by one without.
            var erased = await eraser.EraseAsync(account, withMessages, context.CancellationToken);
            await eraser.AnnounceAsync(account, context.CancellationToken);
            return new V1.EraseAccountResponse
            {
                AffiliationsRemoved = erased.Affiliations,
                MessagesAnonymised = erased.MessagesAnonymised,
                MessagesRetracted = erased.MessagesRetracted,
                RoomsDestroyed = erased.RoomsDestroyed,
            };
        });
    }

    public override async Task ListAccounts(V1.ListAccountsRequest request, IServerStreamWriter<V1.Account> responseStream,
        ServerCallContext context)
    {
        var domain = Wire.Address(request.Domain);
        if (domain.HasLocal)
            throw Wire.Invalid($"'{request.Domain}' is no domain");
        foreach (var jid in await Wire.AnswerAsync(() => eraser.AccountsOfAsync(domain.Domain, context.CancellationToken)))
            await responseStream.WriteAsync(new V1.Account { Jid = jid });
    }
}
