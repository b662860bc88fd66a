using System.Globalization;

namespace Annex.Load.Compare;

/// <summary>One real server in a private folder, by <c>deploy/servers/serve</c>, which also the tests use.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly Child _serve;
    private readonly Dictionary<string, string> _facts = [];

    private Served(Child serve) => _serve = serve;

    public string this[string fact] => _facts[fact];

    public int Port(string fact) => int.Parse(_facts[fact], CultureInfo.InvariantCulture);

    public int Pid => Port("pid");

    public static string Root { get; } = FindRoot();

    public static async Task<Served> StartAsync(string kind, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var served = new Served(Child.Start(Path.Combine(Root, "deploy/servers/serve"), [kind, "new", .. settings], output: true));
        try
        {
            await served.ReadUntilAsync("ready", cancellationToken);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _serve.DisposeAsync();

    private async Task ReadUntilAsync(string answer, CancellationToken cancellationToken)
    {
        while (await _serve.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == answer)
                return;
            if (line.StartsWith("failed", StringComparison.Ordinal))
                throw new InvalidOperationException(line);
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                _facts[line[..equals]] = line[(equals + 1)..];
        }
        throw new InvalidOperationException("The server did not start.");
    }

    private static string FindRoot()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Annex.slnx")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Not inside the repository.");
        return root;
    }
}
