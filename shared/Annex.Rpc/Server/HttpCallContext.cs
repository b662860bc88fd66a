using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Annex.Rpc;

/// <summary>One call over HTTP/2.</summary>
internal sealed class HttpCallContext : ServerCallContext, IDisposable
{
    private readonly HttpContext _http;
    private readonly RpcServerOptions _options;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource? _either;
    private Metadata? _requestHeaders;

    public HttpCallContext(HttpContext http, RpcServerOptions options)
    {
        _http = http;
        _options = options;
        CancellationToken = http.RequestAborted;
        if (RpcWire.ParseTimeout(http.Request.Headers["grpc-timeout"]) is not { } timeout)
        {
            Deadline = DateTime.MaxValue;
            return;
        }
        // A timer of .NET takes no more than some 49 days; a deadline that far is none.
        if (timeout > TimeSpan.FromDays(49))
            timeout = TimeSpan.FromDays(49);
        Deadline = options.Time.GetUtcNow().UtcDateTime + timeout;
        _deadline = new CancellationTokenSource(timeout, options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _deadline.Token);
        CancellationToken = _either.Token;
    }

    public override string Method => _http.Request.Path;

    public override string Host => _http.Request.Host.Value ?? "";

    public override string Peer => _http.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{_http.Connection.RemotePort}",
        var address => $"ipv4:{address}:{_http.Connection.RemotePort}",
    };

    public override DateTime Deadline { get; }

    public override CancellationToken CancellationToken { get; }

    public bool IsDeadlinePassed => _deadline is { IsCancellationRequested: true };

    public bool IsAborted => _http.RequestAborted.IsCancellationRequested;

    public override Metadata RequestHeaders => _requestHeaders ??= ReadHeaders();

    /// <summary>The caller shows the token, or needs none: see <see cref="RpcServerOptions.Token"/>.</summary>
    public bool IsAllowed =>
        _options.Token is { } token
            ? token.IsMatch(_http.Request.Headers.Authorization)
            : _http.Connection.ClientCertificate is not null
              || (_http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));

    public override async Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        if (_http.Response.HasStarted)
            throw new InvalidOperationException("The headers are on their way already.");
        foreach (var entry in responseHeaders.Where(e => !MetadataHeaders.IsReserved(e.Key)))
            _http.Response.Headers.Append(entry.Key, MetadataHeaders.Encode(entry));
        await _http.Response.StartAsync(CancellationToken);
    }

    /// <exception cref="RpcException">There is none, or it is unreadable.</exception>
    public async Task<T> ReadRequestAsync<T>(Marshaller<T> marshaller)
        where T : class =>
        await RpcWire.ReadAsync(_http.Request.BodyReader, marshaller, _options.MaxReceiveMessageBytes, CancellationToken)
        ?? throw RpcWire.Error(StatusCode.Internal, "the call has no request");

    public void Write<T>(T message, Marshaller<T> marshaller) =>
        FrameWriter.Write(_http.Response.BodyWriter, message, marshaller, _options.MaxSendMessageBytes);

    public async Task FlushAsync() => await _http.Response.BodyWriter.FlushAsync(CancellationToken);

    /// <summary>Ends the call: in trailers, or in the headers where there is nothing else to send ("Trailers-Only").</summary>
    public void End(Status status, Metadata trailers)
    {
        if (IsAborted)
            return;
        var isInTrailers = _http.Response.HasStarted || status.StatusCode == StatusCode.OK;
        Put("grpc-status", ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (status.Detail.Length > 0)
            Put("grpc-message", RpcSentence.Encode(status.Detail));
        foreach (var entry in trailers.Where(e => !MetadataHeaders.IsReserved(e.Key)))
            Put(entry.Key, MetadataHeaders.Encode(entry));

        void Put(string key, string value)
        {
            if (isInTrailers)
                _http.Response.AppendTrailer(key, value);
            else
                _http.Response.Headers.Append(key, value);
        }
    }

    public void Dispose()
    {
        _either?.Dispose();
        _deadline?.Dispose();
    }

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (key, values) in _http.Request.Headers)
        {
            foreach (var value in values)
                MetadataHeaders.Decode(key, value ?? "", metadata);
        }
        return metadata;
    }
}
