using Annex.Contracts.Upload.V1;
using Annex.Upload.Life;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Enum = System.Enum;
using UsageRow = Annex.Upload.Storage.UserUsage;

namespace Annex.Upload.Rpc;

/// <summary>annex.upload.v1 for operators and annexctl.</summary>
public sealed class UploadAdministrationRpc(
    FileTable files, UsageTable usage, SlotTable slots, BlockList blockList, Blocking blocking, Sweeper sweeper,
    OrphanMender mender, FileExport export, SlotUrls urls, UploadOptions options, TimeProvider time)
    : UploadAdministration.UploadAdministrationBase
{
    private const int Page = 200;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public override async Task ListFiles(
        ListFilesRequest request, IServerStreamWriter<StoredFile> responseStream, ServerCallContext context)
    {
        var filter = Filter(request);
        var left = Limit(request.Limit);
        while (left > 0 && await files.ListAsync(filter, Math.Min(Page, left), time.GetUtcNow(), context.CancellationToken)
            is { Count: > 0 } page)
        {
            filter = filter with { Before = page[^1].Id };
            left -= page.Count;
            foreach (var file in page) await responseStream.WriteAsync(Describe(file), context.CancellationToken);
        }
    }

    public override async Task<StoredFile> GetFile(GetFileRequest request, ServerCallContext context) =>
        Describe(await FindAsync(request.SlotId, request.Url, context.CancellationToken));

    public override async Task<DeleteFileResponse> DeleteFile(DeleteFileRequest request, ServerCallContext context)
    {
        var file = await FindAsync(request.SlotId, request.Url, context.CancellationToken);
        await sweeper.DeleteAsync([file.Id], Reason(request.Reason), context.CancellationToken);
        return new DeleteFileResponse { File = Describe(file) };
    }

    public override async Task<DeleteFilesOfUserResponse> DeleteFilesOfUser(
        DeleteFilesOfUserRequest request, ServerCallContext context)
    {
        var (count, bytes) =
            await sweeper.DeleteAllAsync(Bare(request.Uploader), Reason(request.Reason), context.CancellationToken);
        return new DeleteFilesOfUserResponse { Files = count, Bytes = bytes };
    }

    public override async Task<DeleteFilesOfDomainResponse> DeleteFilesOfDomain(
        DeleteFilesOfDomainRequest request, ServerCallContext context)
    {
        var (count, bytes) =
            await sweeper.DeleteDomainAsync(Domain(request.Domain), Reason(request.Reason), context.CancellationToken);
        return new DeleteFilesOfDomainResponse { Files = count, Bytes = bytes };
    }

    public override async Task<Usage> GetUsage(GetUsageRequest request, ServerCallContext context)
    {
        var owner = request.Uploader.Length > 0 ? Bare(request.Uploader) : null;
        var domain = request.Domain.Length > 0 ? Domain(request.Domain) : null;
        if (owner is not null && domain is not null) throw Invalid("uploader and domain exclude each other");
        var row = owner is null
            ? await usage.SumAsync(domain, context.CancellationToken)
            : await usage.FindAsync(owner, context.CancellationToken);
        var today = await usage.BytesSinceAsync(owner, domain, time.GetUtcNow() - Day, context.CancellationToken);
        var answer = new Usage
        {
            Files = row?.Files ?? 0,
            Bytes = row?.Bytes ?? 0,
            BytesToday = today,
            DailyQuota = owner is null ? 0 : options.BytesPerDay,
            TotalQuota = owner is not null ? options.UserQuota : domain is not null ? options.DomainQuota : options.TotalQuota,
            MaxFiles = owner is null ? 0 : options.UserFiles,
        };
        answer.Purposes.AddRange(Enum.GetValues<Purpose>()
            .Where(purpose => options.Policy(purpose).Enabled || row?.Of(purpose) > 0)
            .Select(purpose => Describe(purpose, row)));
        return answer;
    }

    public override async Task ListUserUsage(ListUserUsageRequest request,
        IServerStreamWriter<Contracts.Upload.V1.UserUsage> responseStream, ServerCallContext context)
    {
        var domain = request.Domain.Length > 0 ? Domain(request.Domain) : null;
        foreach (var row in await usage.ListAsync(domain, Limit(request.Limit), context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new Contracts.Upload.V1.UserUsage { Uploader = row.Owner, Files = row.Files, Bytes = row.Bytes },
                context.CancellationToken);
        }
    }

    public override async Task ListDomainUsage(
        ListDomainUsageRequest request, IServerStreamWriter<DomainUsage> responseStream, ServerCallContext context)
    {
        var totals = await usage.TotalsAsync(context.CancellationToken);
        foreach (var (domain, total) in totals.OrderByDescending(pair => pair.Value.Bytes))
        {
            await responseStream.WriteAsync(
                new DomainUsage { Domain = domain, Files = total.Files, Bytes = total.Bytes, Quota = options.DomainQuota },
                context.CancellationToken);
        }
    }

    public override async Task<ExportUserResponse> ExportUser(ExportUserRequest request, ServerCallContext context)
    {
        var document = await export.WriteAsync(Bare(request.Uploader), context.CancellationToken);
        return new ExportUserResponse { Json = ByteString.CopyFrom(document.Span) };
    }

    public override async Task<EraseUserResponse> EraseUser(EraseUserRequest request, ServerCallContext context)
    {
        var owner = Bare(request.Uploader);
        var (count, bytes) = await sweeper.DeleteAllAsync(owner, DeleteReason.Account, context.CancellationToken);
        await usage.ForgetAsync(owner, context.CancellationToken);
        return new EraseUserResponse { Files = count, Bytes = bytes };
    }

    public override async Task<BlockContentResponse> BlockContent(BlockContentRequest request, ServerCallContext context)
    {
        var sha256 = request.Sha256.Length > 0 || request.Url.Length == 0
            ? Hash(request.Sha256) : (await FindAsync("", request.Url, context.CancellationToken)).Sha256!;
        var count = await blocking.BlockAsync(sha256, request.Reason, context.CancellationToken);
        return new BlockContentResponse { FilesDeleted = count, Sha256 = Convert.ToHexStringLower(sha256) };
    }

    public override async Task<UnblockContentResponse> UnblockContent(UnblockContentRequest request, ServerCallContext context)
    {
        if (await blocking.UnblockAsync(Hash(request.Sha256), context.CancellationToken)) return new UnblockContentResponse();
        throw new RpcException(new Status(StatusCode.NotFound, "this content is not blocked"));
    }

    public override async Task ListBlockedContent(
        ListBlockedContentRequest request, IServerStreamWriter<BlockedContent> responseStream, ServerCallContext context)
    {
        foreach (var blocked in await blockList.ListAsync(Limit(request.Limit), context.CancellationToken))
        {
            await responseStream.WriteAsync(new BlockedContent
            {
                Sha256 = Convert.ToHexStringLower(blocked.Sha256),
                Reason = blocked.Reason,
                At = blocked.At.ToTimestamp(),
            }, context.CancellationToken);
        }
    }

    public override async Task<MendStoreResponse> MendStore(MendStoreRequest request, ServerCallContext context)
    {
        var swept = await sweeper.SweepAsync(context.CancellationToken);
        var (blobs, lost) = await mender.MendAsync(context.CancellationToken);
        return new MendStoreResponse { Swept = swept, BlobsRemoved = blobs, FilesRemoved = lost };
    }

    private static FileFilter Filter(ListFilesRequest request)
    {
        if (request.Uploader.Length > 0 && request.Domain.Length > 0) throw Invalid("uploader and domain exclude each other");
        Purpose? purpose = request.Purpose.Length == 0 ? null
            : UploadNamespaces.TryParse(request.Purpose, out var named) ? named : throw Invalid("purpose is none of XEP-0363's");
        return new FileFilter
        {
            Owner = request.Uploader.Length > 0 ? Bare(request.Uploader) : null,
            Domain = request.Domain.Length > 0 ? Domain(request.Domain) : null,
            Sha256 = request.Sha256.Length > 0 ? Hash(request.Sha256) : null,
            Purpose = purpose,
            Start = request.Start?.ToDateTimeOffset(),
            End = request.End?.ToDateTimeOffset(),
            Before = request.BeforeId > 0 ? request.BeforeId : long.MaxValue,
        };
    }

    private static int Limit(int asked) => asked > 0 ? asked : int.MaxValue;

    private static string Reason(string given) => given.Length == 0 ? DeleteReason.Operator : given;

    private static string Bare(string text) =>
        Jid.TryParse(text, out var jid) ? jid.Bare.ToString() : throw Invalid("uploader is no JID");

    private static string Domain(string text) =>
        Jid.TryParse(text, out var jid) && !jid.HasLocal ? jid.Domain : throw Invalid("domain is no domain");

    private static byte[] Hash(string text) =>
        Sha256Text.TryParse(text, out var sha256) ? sha256 : throw Invalid("sha256 is not 64 hexadecimal digits");

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private async Task<UploadFile> FindAsync(string slotId, string url, CancellationToken cancellationToken)
    {
        var path = slotId.Length > 0 ? slotId : urls.TryGetPath(url, out var local) ? local : null;
        var file = path is null ? null : await slots.FindAsync(path, cancellationToken);
        return file is { State: FileState.Stored }
            ? file : throw new RpcException(new Status(StatusCode.NotFound, "there is no such file"));
    }

    private PurposeUsage Describe(Purpose purpose, UsageRow? row) => new()
    {
        Purpose = UploadNamespaces.Name(purpose),
        Bytes = row?.Of(purpose) ?? 0,
        Quota = options.Policy(purpose).Quota,
        MaxFileSize = options.MaxSize(purpose),
        RetentionSeconds = (long)options.Policy(purpose).Retention.TotalSeconds,
        IsServed = options.Policy(purpose).Enabled,
    };

    private StoredFile Describe(UploadFile file) => new()
    {
        Id = file.Id,
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
