using System.Net.Sockets;
using System.Text;

namespace Annex.Scenarios.Upload;

/// <summary>HTTP as no library would write it.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<RawHttp> ConnectAsync(Uri address)
    {
        var raw = new RawHttp();
        await raw._client.ConnectAsync(address.Host, address.Port);
        return raw;
    }

    public async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Up to the empty line, or the end.</summary>
    public async Task<string> ReadHeadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await _client.GetStream().ReadAsync(buffer, limit.Token) == 0) break;
            head.Append((char)buffer[0]);
        }
        return head.ToString();
    }

    /// <summary>Until the other side closes.</summary>
    public async Task ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[1024];
        while (await _client.GetStream().ReadAsync(buffer, limit.Token) > 0) continue;
    }

    public void Dispose()
    {
        _client.Client.LingerState = new LingerOption(true, 0); // a reset, as when a phone loses its network
        _client.Dispose();
    }
}
