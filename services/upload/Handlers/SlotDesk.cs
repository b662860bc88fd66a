using Annex.Upload.Blobs.S3;
using Annex.Upload.Quotas;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Upload.Handlers;

/// <summary>Decides over requests for slots and hands them out, whichever way they were asked for.</summary>
public sealed class SlotDesk
{
    // A PUT that starts in the token's last second still finds its slot.
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);
    // A staged upload is put straight into the store: we see neither its beginning nor, if it is slow, its end for long.
    private static readonly TimeSpan StagedMargin = TimeSpan.FromHours(1);

    private readonly Admission _admission;
    private readonly SlotReservations _reservations;
    private readonly SlotTable _slots;
    private readonly FileTable _files;
    private readonly UsageTable _usage;
    private readonly TotalUsage _totals;
    private readonly BlockList _blockList;
    private readonly SharedKey _key;
    private readonly S3Staging? _staging;
    private readonly SlotUrls _urls;
    private readonly UploadOptions _options;
    private readonly TimeProvider _time;
    private readonly RateLimiter _slotRate;
    private readonly RateLimiter _byteRate;

    public SlotDesk(Admission admission, SlotReservations reservations, SlotTable slots, FileTable files, UsageTable usage, TotalUsage totals, BlockList blockList, SharedKey key,
        SlotUrls urls, UploadOptions options, TimeProvider time, IServiceProvider services)
    {
        (_admission, _reservations, _slots, _files) = (admission, reservations, slots, files);
        (_usage, _totals, _blockList) = (usage, totals, blockList);
        (_key, _urls, _options, _time) = (key, urls, options, time);
        _staging = services.GetService<S3Staging>();
        _slotRate = new RateLimiter(options.SlotBurst, options.SlotsPerMinute / 60.0, time);
        _byteRate = new RateLimiter(options.BytesPerDay, options.BytesPerDay / TimeSpan.FromDays(1).TotalSeconds, time);
    }

    /// <summary>Gives a slot or says why not.</summary>
    /// <param name="ns">Namespace of the request, for the errors.</param>
    /// <param name="isInUrl">The token goes into the PUT URL, since the asker can pass no header on.</param>
    public async Task<SlotGrant> IssueAsync(
        Jid from, SlotRequest request, string ns, bool isInUrl, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var owner = from.Bare.ToString();
        if (!_admission.IsAllowed(from)) return UploadErrors.NotLocal;
        if (Check(request, ns, now) is { } wrong) return wrong;
        if (!_slotRate.TryTake(owner, 1, out var wait) || !_byteRate.TryTake(owner, request.Size, out wait))
        {
            return UploadErrors.TooManySlots.WithRetry(now + wait);
        }
        var isCounted = await _totals.TryAddAsync(
            from.Domain, request.Size, _options.DomainQuota, _options.TotalQuota, cancellationToken);
        var file = Describe(owner, request, now);
        var isReserved = isCounted && await _reservations.TryReserveAsync(file, cancellationToken);
        if (!isReserved && await ReserveAloneAsync(file, from.Domain, isCounted, now, cancellationToken) is { } refusal)
        {
            if (isCounted) _totals.Invalidate();
            return refusal;
        }
        return await SlotOfAsync(file, request, now + _options.SlotLifetime, isInUrl, cancellationToken);
    }

    private StanzaError? Check(SlotRequest request, string ns, DateTimeOffset now)
    {
        if (!_options.Policy(request.Purpose).Enabled) return UploadErrors.PurposeNotServed;
        if (request.Size > _options.MaxSize(request.Purpose))
        {
            return UploadErrors.FileTooLarge(_options.MaxSize(request.Purpose), ns);
        }
        return request.ExpireBefore is { } end && end <= now + _options.ClockSkew ? UploadErrors.ExpireBeforePast : null;
    }

    private UploadFile Describe(string owner, SlotRequest request, DateTimeOffset now)
    {
        var name = FileName.Sanitize(request.FileName, _options.MaxFileNameBytes)!;
        return new UploadFile
        {
            Path = SlotPath.Of(SlotPath.CreateTicket(), name),
            Owner = owner,
            Name = name,
            ContentType = (request.ContentType ?? MediaType.OctetStream).Text,
            IsTypeBound = request.ContentType is not null,
            Size = request.Size,
            Purpose = request.Purpose,
            IsStaged = _staging is not null,
            Created = now,
            Lease = now + _options.SlotLifetime + (_staging is null ? LeaseMargin : StagedMargin),
            Expires = request.ExpireBefore,
        };
    }

    private SlotLimits LimitsOf(Purpose purpose) => _reservations.LimitsOf(purpose);

    /// <summary>For whom the way of the many did not do: null where a slot is reserved now, or why not.</summary>
    private async Task<StanzaError?> ReserveAloneAsync(
        UploadFile file, string domain, bool isCounted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _blockList.IsBannedAsync(file.Owner, domain, now, cancellationToken)) return UploadErrors.Banned;
        if (!isCounted) return UploadErrors.ServiceQuota;
        return await _slots.ReserveAsync(file, LimitsOf(file.Purpose), cancellationToken) || await ReserveAfterSweepAsync(file, now, cancellationToken)
            ? null : await QuotaErrorAsync(file, cancellationToken);
    }

    // What is due already must not stand in anybody's way just because the sweeper comes later.
    private async Task<bool> ReserveAfterSweepAsync(UploadFile file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await _files.IdsDueAsync(file.Owner, now, _options.Sweep.Bite, cancellationToken);
        if (due.Length == 0) return false;
        await _files.DeleteAsync(due, DeleteReason.Expired, now, cancellationToken);
        return await _slots.ReserveAsync(file, LimitsOf(file.Purpose), cancellationToken);
    }

    // XEP-0363 §6: the time at which a retry succeeds, if nothing else is uploaded meanwhile.
    private async Task<StanzaError> QuotaErrorAsync(UploadFile file, CancellationToken cancellationToken)
    {
        var (limits, usage) = (LimitsOf(file.Purpose), await _usage.FindAsync(file.Owner, cancellationToken));
        if (usage is null || file.Size > limits.PurposeBytes || file.Size > limits.UserBytes) return UploadErrors.UserQuota;
        var latest = DateTimeOffset.MinValue;
        foreach (var (purpose, excess) in new (Purpose?, long)[]
            {
                (file.Purpose, usage.Of(file.Purpose) + file.Size - limits.PurposeBytes),
                (null, usage.Bytes + file.Size - limits.UserBytes),
                (null, usage.Files >= limits.UserFiles ? 1 : 0),
            })
        {
            if (excess <= 0) continue;
            if (await _files.FreeAtAsync(file.Owner, purpose, excess, cancellationToken) is not { } at) return UploadErrors.UserQuota;
            if (at > latest) latest = at;
        }
        return latest == DateTimeOffset.MinValue ? UploadErrors.UserQuota : UploadErrors.UserQuota.WithRetry(latest);
    }

    private async Task<SlotGrant> SlotOfAsync(
        UploadFile file, SlotRequest request, DateTimeOffset expires, bool isInUrl, CancellationToken cancellationToken)
    {
        var get = _urls.Get(file.Path);
        if (_staging is not null)
        {
            var type = request.ContentType?.Text;
            return new Slot(_staging.Sign(SlotPath.TicketOf(file.Path), file.Size, type, expires), get, null);
        }
        var token = (await _key.TokenAsync(cancellationToken)).Create(file.Path, expires);
        return isInUrl
            ? new Slot(_urls.Put(file.Path, token), get, null)
            : new Slot(get, get, UploadToken.Scheme + token);
    }
}
