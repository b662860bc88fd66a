using System.IO.Pipelines;

namespace Annex.Upload.Http;

/// <summary>From the store into the connection's own buffers.</summary>
internal static class StreamCopy
{
    // Large enough that a read and a send cost little beside the bytes, small enough for thousands of readers.
    private const int PieceBytes = 64 * 1024;

    /// <exception cref="RefusedException">The blob ended early.</exception>
    public static async Task SendAsync(Stream content, PipeWriter output, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var memory = output.GetMemory(PieceBytes);
            if (memory.Length > count) memory = memory[..(int)count];
            var read = await content.ReadAsync(memory, cancellationToken);
            if (read == 0) throw new RefusedException(Refusal.NotFound);
            output.Advance(read);
            count -= read;
            var flushed = await output.FlushAsync(cancellationToken);
            if (flushed.IsCompleted) return; // The client has gone.
        }
    }
}
