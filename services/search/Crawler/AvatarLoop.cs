using System.Security.Cryptography;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Search.Crawler;

/// <summary>Fetches the pictures of listed rooms, ours and others' (XEP-0153: the vCard of the room), and keeps what is safe
/// of them.</summary>
internal sealed class AvatarLoop(
    [FromKeyedServices("Search")] ComponentConnection connection, AvatarStore avatars, SearchOptions options, TimeProvider time,
    ILogger<AvatarLoop> logger) : BackgroundService
{
    private const string VCard = "vcard-temp";
    private const int AtOnce = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Asker _asker = new(connection, options.Crawler, time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (connection.IsConnected)
                    await FetchMissingAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.CrawlFailed(logger, e.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round; how many were asked for.</summary>
    internal async Task<int> FetchMissingAsync(CancellationToken cancellationToken)
    {
        var missing = await avatars.FindMissingAsync(AtOnce, cancellationToken);
        foreach (var (jid, hash) in missing)
        {
            var image = Jid.TryParse(jid, out var room) ? await FetchAsync(room, hash, cancellationToken) : null;
            await avatars.PutAsync(jid, hash, image, cancellationToken);
        }
        await avatars.RemoveOrphansAsync(cancellationToken);
        return missing.Count;
    }

    private async Task<byte[]?> FetchAsync(Jid room, string hash, CancellationToken cancellationToken)
    {
        var answer = await _asker.AskAsync(room, new Element("vCard", VCard), cancellationToken);
        if (answer.Payload?.Child("PHOTO", VCard)?.Child("BINVAL", VCard)?.Text is not { Length: > 0 } text
            || text.Length > InertImage.MaxBytes * 3 / 2)
        {
            return null;
        }
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            return null;
        var original = bytes.AsSpan(0, length);
        // Another picture than the one that was announced will be announced too.
        Span<byte> sha1 = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // XEP-0153 names pictures by SHA-1; nothing rests on it.
        SHA1.HashData(original, sha1);
#pragma warning restore CA5350
        return Convert.ToHexStringLower(sha1) == hash ? InertImage.From(original) : null;
    }
}
