using System.Text;
using Annex.Upload.Slots;
using Annex.Upload.Slots.External;
using Annex.Upload.Storage;
using Npgsql;

namespace Annex.Upload.Http;

/// <summary>
/// Who may put where: our own slots by their token, and what another server's module has granted by one of the external
/// protocols. The first kind has a row already; for the second it is made here.
/// </summary>
public sealed class UploadAccess
{
    private readonly SlotTable _slots;
    private readonly SharedKey _key;
    private readonly TotalUsage _totals;
    private readonly UploadOptions _options;
    private readonly TimeProvider _time;
    private readonly SignedQuery? _query;
    private readonly ProsodyToken? _prosody;

    public UploadAccess(SlotTable slots, SharedKey key, TotalUsage totals, UploadOptions options, TimeProvider time)
    {
        (_slots, _key, _totals, _options, _time) = (slots, key, totals, options, time);
        if (options.External.Secret.Length > 0) _query = new SignedQuery(Encoding.UTF8.GetBytes(options.External.Secret));
        if (options.External.ProsodySecret.Length > 0)
        {
            _prosody = new ProsodyToken(Encoding.UTF8.GetBytes(options.External.ProsodySecret));
        }
    }

    /// <summary>The slot that this request may fill.</summary>
    /// <exception cref="RefusedException">It may not.</exception>
    /// <param name="tokenInPath">Where the URL carries it.</param>
    public async Task<UploadFile> AdmitAsync(
        HttpRequest request, string path, string? tokenInPath, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var bearer = Bearer(request);
        var verdict = (await _key.TokenAsync(cancellationToken)).Verify(tokenInPath ?? bearer, path, now);
        if (verdict == TokenVerdict.Valid)
        {
            return await _slots.FindAsync(path, cancellationToken) ?? throw new RefusedException(Refusal.NotFound);
        }
        if (verdict == TokenVerdict.Expired) throw new RefusedException(Refusal.ExpiredToken);
        if (_query is not null)
        {
            var first = _query.Verify(name => request.Query[name].FirstOrDefault(), path, request.ContentLength ?? -1,
                request.ContentType);
            if (first == TokenVerdict.Valid) return await GrantAsync(path, FromQuery(request), now, cancellationToken);
            if (first == TokenVerdict.Foreign) verdict = first;
        }
        if (_prosody is not null && bearer is not null)
        {
            verdict = _prosody.Verify(bearer, path, now, out var upload);
            if (verdict == TokenVerdict.Valid) return await GrantAsync(path, upload!, now, cancellationToken);
        }
        throw new RefusedException(verdict switch
        {
            TokenVerdict.Missing => Refusal.NoToken,
            TokenVerdict.Expired => Refusal.ExpiredToken,
            _ => Refusal.WrongToken,
        });
    }

    private static ExternalUpload FromQuery(HttpRequest request) => new("", request.ContentLength!.Value,
        MediaType.TryParse(request.ContentType, out var type) ? type : null);

    private async Task<UploadFile> GrantAsync(
        string path, ExternalUpload upload, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _slots.FindAsync(path, cancellationToken) is { } known) return known;
        // The module has its own limit; ours holds for whoever forgot to make them equal.
        if (upload.Size < 1 || upload.Size > _options.MaxFileSize) throw new RefusedException(Refusal.TooLong);
        var file = new UploadFile
        {
            Path = path,
            Owner = upload.Owner,
            Name = FileName.Sanitize(SlotPath.NameOf(path), _options.MaxFileNameBytes) ?? "file",
            ContentType = (upload.ContentType ?? MediaType.OctetStream).Text,
            IsTypeBound = upload.ContentType is not null,
            Size = upload.Size,
            Created = now,
            Lease = now + Intake.LeaseKeeper.Lease,
            Expires = upload.Expires,
        };
        var domain = upload.Owner[(upload.Owner.IndexOf('@') + 1)..];
        if (!await _totals.TryAddAsync(domain, file.Size, _options.DomainQuota, _options.TotalQuota, cancellationToken))
        {
            throw new RefusedException(Refusal.NoSpace);
        }
        try
        {
            // Whose quota it is, and whether it is used up, is for the module to say.
            await _slots.ReserveAsync(file, SlotLimits.None, cancellationToken);
            return file;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return await _slots.FindAsync(path, cancellationToken) ?? throw new RefusedException(Refusal.Busy);
        }
    }

    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(UploadToken.Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[UploadToken.Scheme.Length..].Trim() : null;
    }
}
