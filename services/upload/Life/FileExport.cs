using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Annex.Upload.Blobs;
using Annex.Upload.Intake;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Extensions.Delay;

namespace Annex.Upload.Life;

/// <summary>All that the service knows about a user (GDPR articles 15 and 20), as a JSON document that the user fetches like any
/// other file and that is gone after a day.</summary>
public sealed class FileExport(
    FileTable files, SlotTable slots, IBlobStore store, Publisher publisher, SlotUrls urls, TimeProvider time)
{
    private const int Page = 500;
    private const string Type = "application/json";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Writes the document and returns its URL.</summary>
    public async Task<Uri> CreateAsync(string owner, CancellationToken cancellationToken)
    {
        var document = await WriteAsync(owner, cancellationToken);
        var now = time.GetUtcNow();
        var file = new UploadFile
        {
            Path = SlotPath.Of(SlotPath.CreateTicket(), "my-files.json"),
            Owner = owner,
            Name = "my-files.json",
            ContentType = Type,
            Size = document.Length,
            Purpose = Purpose.Ephemeral,
            Created = now,
            Lease = now + LeaseKeeper.Lease,
            Expires = now + Lifetime,
        };
        // A right to one's data does not end at a quota.
        await slots.ReserveAsync(file, SlotLimits.None, cancellationToken);
        var blob = BlobKey.Create();
        await using (var writer = await store.CreateAsync(blob, document.Length, cancellationToken))
        {
            await writer.WriteAsync(new ReadOnlySequence<byte>(document), cancellationToken);
            await writer.CompleteAsync(cancellationToken);
        }
        await publisher.PublishAsync(file, blob, SHA256.HashData(document.Span), cancellationToken);
        return urls.Get(file.Path);
    }

    /// <summary>The document: one object a file.</summary>
    public async Task<ReadOnlyMemory<byte>> WriteAsync(string owner, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("user", owner);
        json.WriteString("created", XmppDateTime.Format(time.GetUtcNow()));
        json.WriteStartArray("files");
        var before = long.MaxValue;
        while (await files.ListAsync(owner, before, Page, time.GetUtcNow(), cancellationToken) is { Count: > 0 } page)
        {
            foreach (var file in page) Write(json, file);
            before = page[^1].Id;
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter json, UploadFile file)
    {
        json.WriteStartObject();
        json.WriteString("url", urls.Get(file.Path).AbsoluteUri);
        json.WriteString("name", file.Name);
        json.WriteString("type", file.ContentType);
        json.WriteNumber("size", file.Size);
        json.WriteString("sha256", Convert.ToHexStringLower(file.Sha256!));
        json.WriteString("purpose", UploadNamespaces.Name(file.Purpose));
        json.WriteString("stored", XmppDateTime.Format(file.Stored!.Value));
        if (file.Expires is { } expires) json.WriteString("expires", XmppDateTime.Format(expires));
        json.WriteEndObject();
    }
}
