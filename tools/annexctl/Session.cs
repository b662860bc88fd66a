using System.CommandLine;
using Annex.Rpc;
using Grpc.Core;
using Spectre.Console;

namespace Annex.Ctl;

/// <summary>One run of a command: its configuration, its connections, its output.</summary>
internal sealed class Session : IDisposable
{
    private readonly Dictionary<string, RpcChannel> _channels = new(StringComparer.Ordinal);

    public Session(ParseResult parsed, CancellationToken cancellationToken)
    {
        Parsed = parsed;
        CancellationToken = cancellationToken;
        Configuration = SuiteConfiguration.Read(parsed);
        Output = new Output(parsed.GetValue(GlobalOptions.Json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
    }

    public ParseResult Parsed { get; }

    public CancellationToken CancellationToken { get; }

    public SuiteConfiguration Configuration { get; }

    public Output Output { get; }

    /// <summary>With the deadline of --timeout.</summary>
    public CallOptions Call => new(
        deadline: DateTime.UtcNow + Parsed.GetValue(GlobalOptions.Timeout), cancellationToken: CancellationToken);

    /// <summary>Without an end of its own: watching, long lists.</summary>
    public CallOptions Stream => new(cancellationToken: CancellationToken);

    public CallInvoker Find(string service)
    {
        if (!_channels.TryGetValue(service, out var channel))
        {
            channel = RpcChannel.ForAddress(Configuration.AddressOf(service).GetLeftPart(UriPartial.Authority),
                new RpcChannelOptions { Token = Configuration.TokenOf(service) });
            _channels.Add(service, channel);
        }
        return channel.CreateCallInvoker();
    }

    /// <summary>Runs calls to one service and turns what goes wrong into a sentence with the key to correct.</summary>
    public async Task<T> AskAsync<T>(string service, Func<CallInvoker, Task<T>> call)
    {
        try
        {
            return await call(Find(service));
        }
        catch (RpcException e) when (!CancellationToken.IsCancellationRequested)
        {
            throw Explain(service, e);
        }
    }

    public CommandFailedException Explain(string service, RpcException e)
    {
        var address = Configuration.AddressOf(service);
        var detail = e.Status.Detail.TrimEnd('.');
        return e.StatusCode switch
        {
            StatusCode.Unavailable => new($"{service} does not answer at {address} ({detail}): start it, or correct Peers:{service} "
                + $"or {service}:Rpc:Listen", ExitCodes.Unreachable),
            StatusCode.DeadlineExceeded => new($"{service} at {address} took too long; --timeout gives it more time", ExitCodes.Unreachable),
            StatusCode.Unauthenticated => new($"{service} at {address} refuses the token: correct {service}:Rpc:Token or "
                + $"{service}:Rpc:TokenFile", ExitCodes.Failed),
            StatusCode.Unimplemented => new($"{service} at {address} does not serve this call: it is another service or another release",
                ExitCodes.Failed),
            StatusCode.NotFound => new(detail.Length > 0 ? detail : "there is none", ExitCodes.NotFound),
            _ => new(detail.Length > 0 ? $"{service}: {detail}" : $"{service}: {e.StatusCode}", ExitCodes.Failed),
        };
    }

    /// <summary>Asks back before something that cannot be undone; a script says --yes.</summary>
    public void Confirm(string question)
    {
        if (Parsed.GetValue(GlobalOptions.Yes))
            return;
        if (Console.IsInputRedirected || Output.IsJson || Parsed.InvocationConfiguration.Output != Console.Out)
            throw new CommandFailedException($"{question} Say --yes.", ExitCodes.Usage);
        if (!AnsiConsole.Confirm(question.EscapeMarkup(), defaultValue: false))
            throw new CommandFailedException("nothing was done", ExitCodes.Failed);
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();
        Configuration.Dispose();
    }
}
