using System.Net.Sockets;
using System.Text;

namespace Annex.UploadBench;

/// <summary>Many uploads that trickle: held open for half a minute, then brought to their end.</summary>
internal static class SlowLoad
{
    private const int Size = 1_000_000;
    private const int Trickle = 4000; // bytes a second: well above the least rate of 240, also where a second takes five
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(int count, CancellationToken cancellationToken)
    {
        await using var service = await Service.StartAsync(Service.FreePort(), cancellationToken);
        using var http = new HttpClient();
        for (var i = 0; i < 20; i++)
        {
            var (put, _) = await service.SlotAsync(http, 1000, cancellationToken);
            using var response = await http.PutAsync(put, new ByteArrayContent(new byte[1000]), cancellationToken);
        }
        var before = service.Resident;
        var uploads = new List<NetworkStream>();
        for (var i = 0; i < count; i++)
        {
            var (put, _) = await service.SlotAsync(http, Size, cancellationToken);
            var client = new TcpClient();
            await client.ConnectAsync(put.Host, put.Port, cancellationToken);
            uploads.Add(client.GetStream());
            await uploads[i].WriteAsync(Encoding.ASCII.GetBytes(
                $"PUT {put.PathAndQuery} HTTP/1.1\r\nHost: x\r\nContent-Length: {Size}\r\n\r\n"), cancellationToken);
        }
        var (sent, peak) = (0, 0L);
        for (var second = 0; second < Held.TotalSeconds; second++, sent += Trickle)
        {
            foreach (var upload in uploads) await upload.WriteAsync(new byte[Trickle], cancellationToken);
            peak = Math.Max(peak, service.Resident);
            await Task.Delay(1000, cancellationToken);
        }
        var held = service.Resident;
        var created = 0;
        foreach (var upload in uploads)
        {
            await upload.WriteAsync(new byte[Size - sent], cancellationToken);
            var head = new byte[12];
            await upload.ReadExactlyAsync(head, cancellationToken);
            if (Encoding.ASCII.GetString(head) == "HTTP/1.1 201") created++;
            peak = Math.Max(peak, service.Resident);
            upload.Dispose();
        }
        Console.WriteLine($"slow: {count} uploads held for {Held.TotalSeconds:F0} s, {created} complete; " +
            $"{before / 1048576} MiB before, +{(held - before) / 1048576} MiB while held, +{(peak - before) / 1048576} MiB at most");
        return created == count ? 0 : 1;
    }
}
