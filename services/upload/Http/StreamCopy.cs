using System.IO.Pipelines;

namespace Annex.Upload.Http;

/// <summary>From the store into the connection's own buffers.</summary>
internal static class StreamCopy
{
    // Half of what Kestrel lets wait for the socket: while one piece is being sent, the next is read.
    private const int PieceBytes = 64 * 1024;

    /// <exception cref="RefusedException">The blob ended early.</exception>
    public static async Task SendAsync(Stream content, PipeWriter output, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var memory = output.GetMemory(PieceBytes);
            if (memory.Length > count) memory = memory[..(int)count];
            // A file is read by a blocking call on a pool thread either way; without a second thread it is done sooner.
            var read = content is FileStream ? content.Read(memory.Span) : await content.ReadAsync(memory, cancellationToken);
            if (read == 0) throw new RefusedException(Refusal.NotFound);
            output.Advance(read);
            count -= read;
            var flushed = await output.FlushAsync(cancellationToken);
            if (flushed.IsCompleted) return; // The client has gone.
        }
    }
}
