using Annex.Contracts.Upload.V1;
using Annex.Upload.Life;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Annex.Upload.Rpc;

/// <summary>annex.upload.v1 for operators and annexctl.</summary>
public sealed class UploadAdministrationRpc(
    FileTable files, SlotTable slots, BlockList blockList, Blocking blocking, Sweeper sweeper, FileExport export, SlotUrls urls,
    UploadOptions options, TimeProvider time) : UploadAdministration.UploadAdministrationBase
{
    private const int Page = 200;
    private const int MaxBlocked = 100_000;

    public override async Task ListFiles(
        ListFilesRequest request, IServerStreamWriter<StoredFile> responseStream, ServerCallContext context)
    {
        var owner = request.Uploader.Length == 0 ? null : Bare(request.Uploader);
        var (start, end) = (request.Start?.ToDateTimeOffset(), request.End?.ToDateTimeOffset());
        var left = request.Limit > 0 ? request.Limit : int.MaxValue;
        var before = long.MaxValue;
        while (left > 0
            && await files.ListAsync(owner, before, Page, time.GetUtcNow(), context.CancellationToken) is { Count: > 0 } page)
        {
            before = page[^1].Id;
            foreach (var file in page)
            {
                if (file.Stored < start || file.Stored >= end) continue;
                await responseStream.WriteAsync(Describe(file));
                if (--left == 0) return;
            }
        }
    }

    public override async Task<StoredFile> GetFile(GetFileRequest request, ServerCallContext context) =>
        Describe(await FindAsync(request.SlotId, request.Url, context.CancellationToken));

    public override async Task<DeleteFileResponse> DeleteFile(DeleteFileRequest request, ServerCallContext context)
    {
        var file = await FindAsync(request.SlotId, request.Url, context.CancellationToken);
        var reason = request.Reason.Length == 0 ? DeleteReason.Operator : request.Reason;
        await sweeper.DeleteAsync([file.Id], reason, context.CancellationToken);
        return new DeleteFileResponse();
    }

    public override async Task<DeleteFilesOfUserResponse> DeleteFilesOfUser(
        DeleteFilesOfUserRequest request, ServerCallContext context)
    {
        var (count, bytes) =
            await sweeper.DeleteAllAsync(Bare(request.Uploader), DeleteReason.Operator, context.CancellationToken);
        return new DeleteFilesOfUserResponse { Files = count, Bytes = bytes };
    }

    public override async Task<Usage> GetUsage(GetUsageRequest request, ServerCallContext context)
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(1);
        if (request.Uploader.Length == 0)
        {
            var totals = (await files.TotalsAsync(context.CancellationToken)).Values;
            return new Usage
            {
                Files = totals.Sum(total => total.Files),
                Bytes = totals.Sum(total => total.Bytes),
                BytesToday = await files.BytesSinceAsync(null, since, context.CancellationToken),
                TotalQuota = options.TotalQuota,
            };
        }
        var owner = Bare(request.Uploader);
        var usage = await files.UsageAsync(owner, context.CancellationToken);
        return new Usage
        {
            Files = usage?.Files ?? 0,
            Bytes = usage is null
                ? 0 : usage.MessageBytes + usage.ProfileBytes + usage.EphemeralBytes + usage.PermanentBytes,
            BytesToday = await files.BytesSinceAsync(owner, since, context.CancellationToken),
            DailyQuota = options.BytesPerDay,
            TotalQuota = options.UserQuota,
        };
    }

    public override async Task<ExportUserResponse> ExportUser(ExportUserRequest request, ServerCallContext context)
    {
        var document = await export.WriteAsync(Bare(request.Uploader), context.CancellationToken);
        return new ExportUserResponse { Json = ByteString.CopyFrom(document.Span) };
    }

    public override async Task<BlockContentResponse> BlockContent(BlockContentRequest request, ServerCallContext context)
    {
        var count = await blocking.BlockAsync(Hash(request.Sha256), request.Reason, context.CancellationToken);
        return new BlockContentResponse { FilesDeleted = count };
    }

    public override async Task<UnblockContentResponse> UnblockContent(UnblockContentRequest request, ServerCallContext context)
    {
        if (await blocking.UnblockAsync(Hash(request.Sha256), context.CancellationToken)) return new UnblockContentResponse();
        throw new RpcException(new Status(StatusCode.NotFound, "this content is not blocked"));
    }

    public override async Task ListBlockedContent(
        ListBlockedContentRequest request, IServerStreamWriter<BlockedContent> responseStream, ServerCallContext context)
    {
        foreach (var blocked in await blockList.ListAsync(MaxBlocked, context.CancellationToken))
        {
            await responseStream.WriteAsync(new BlockedContent
            {
                Sha256 = Convert.ToHexStringLower(blocked.Sha256),
                Reason = blocked.Reason,
                At = blocked.At.ToTimestamp(),
            });
        }
    }

    private static string Bare(string text) => Jid.TryParse(text, out var jid)
        ? jid.Bare.ToString() : throw new RpcException(new Status(StatusCode.InvalidArgument, "uploader is no JID"));

    private static byte[] Hash(string text) => Sha256Text.TryParse(text, out var sha256)
        ? sha256 : throw new RpcException(new Status(StatusCode.InvalidArgument, "sha256 is not 64 hexadecimal digits"));

    private async Task<UploadFile> FindAsync(string slotId, string url, CancellationToken cancellationToken)
    {
        var path = slotId.Length > 0 ? slotId : urls.TryGetPath(url, out var local) ? local : null;
        var file = path is null ? null : await slots.FindAsync(path, cancellationToken);
        return file is { State: FileState.Stored }
            ? file : throw new RpcException(new Status(StatusCode.NotFound, "there is no such file"));
    }

    private StoredFile Describe(UploadFile file) => new()
    {
        SlotId = file.Path,
        Uploader = file.Owner,
        Url = urls.Get(file.Path).AbsoluteUri,
        FileName = file.Name,
        ContentType = file.ContentType,
        Size = file.Size,
        Sha256 = Convert.ToHexStringLower(file.Sha256!),
        Purpose = UploadNamespaces.Name(file.Purpose),
        StoredAt = file.Stored!.Value.ToTimestamp(),
        ExpiresAt = file.Expires?.ToTimestamp(),
    };
}
