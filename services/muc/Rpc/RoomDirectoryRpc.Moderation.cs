using Annex.Muc.Storage;
using Grpc.Core;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>Mutes, messages taken back, announcements, the audit log.</summary>
internal sealed partial class RoomDirectoryRpc
{
    public override Task<V1.ModerateMessageResponse> ModerateMessage(V1.ModerateMessageRequest request, ServerCallContext context)
    {
        var id = Guid.TryParseExact(request.StanzaId, "D", out var read) ? read : throw Wire.NotFound("there is no such message");
        return Wire.AnswerAsync(() => desk.ModerateAsync(Wire.Address(request.Room), id, Wire.Text(request.Reason), Operator,
            context.CancellationToken), new V1.ModerateMessageResponse());
    }

    public override Task<V1.MuteResponse> Mute(V1.MuteRequest request, ServerCallContext context) => Wire.AnswerAsync(() =>
        desk.MuteAsync(Wire.Address(request.Room), Wire.Person(request.Jid), Wire.Text(request.Reason), Wire.Time(request.Until),
            Operator), new V1.MuteResponse());

    public override Task<V1.UnmuteResponse> Unmute(V1.UnmuteRequest request, ServerCallContext context) => Wire.AnswerAsync(() =>
        desk.UnmuteAsync(Wire.Address(request.Room), Wire.Person(request.Jid), Operator), new V1.UnmuteResponse());

    public override async Task ListMutes(V1.ListMutesRequest request, IServerStreamWriter<V1.RoomMute> responseStream,
        ServerCallContext context)
    {
        foreach (var mute in await Wire.AnswerAsync(() => desk.ListMutesAsync(Wire.Address(request.Room))))
        {
            await responseStream.WriteAsync(new V1.RoomMute
            {
                Jid = mute.Subject.ToString(),
                Reason = mute.Reason ?? "",
                Until = Timestamp(mute.Until),
                MutedBy = mute.By,
                MutedAt = Timestamp(mute.At),
            });
        }
    }

    public override Task<V1.RetractMessagesResponse> RetractMessages(V1.RetractMessagesRequest request, ServerCallContext context)
    {
        var since = Wire.Time(request.Since);
        return Wire.AnswerAsync(async () => new V1.RetractMessagesResponse
        {
            MessagesRetracted = await desk.RetractAllAsync(Wire.Address(request.Room), Wire.Person(request.Jid), since,
                Wire.Text(request.Reason), Operator, context.CancellationToken),
        });
    }

    public override Task<V1.AnnounceResponse> Announce(V1.AnnounceRequest request, ServerCallContext context) =>
        Wire.AnswerAsync(async () => new V1.AnnounceResponse
        {
            Rooms = await desk.AnnounceAsync(request.Text, request.Room.Length > 0 ? Wire.Address(request.Room) : null),
        });

    public override async Task ListAudit(V1.ListAuditRequest request, IServerStreamWriter<V1.AuditEntry> responseStream,
        ServerCallContext context)
    {
        var query = new AuditQuery
        {
            Room = request.Room,
            Start = Wire.Time(request.Start),
            End = Wire.Time(request.End),
            Actor = request.Actor,
            Action = request.Action,
            Target = request.Target,
            Limit = request.Limit,
        };
        foreach (var (room, line) in await Wire.AnswerAsync(() => audit.ListAsync(query, context.CancellationToken)))
        {
            await responseStream.WriteAsync(new V1.AuditEntry
            {
                At = Timestamp(line.At),
                Room = room ?? "",
                Actor = line.Actor,
                Action = line.Action,
                Target = line.Target ?? "",
                Reason = line.Reason ?? "",
                Details = line.Details ?? "",
            });
        }
    }
}
