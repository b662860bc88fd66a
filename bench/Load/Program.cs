using Annex.Load;
using Annex.Load.Compare;

// Load for MUC components and servers over raw sockets. Everything is on loopback, bounded in count and time.
var options = Arguments.Parse(args);
using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(options.Seconds));
try
{
    return options.Command switch
    {
        "component" => await ComponentLoad.RunAsync(options, stop.Token),
        "clients" => await ClientLoad.RunAsync(options, stop.Token),
        "reflector" => await Reflector.RunAsync(options, stop.Token),
        "compare" => await Comparison.RunAsync(options, stop.Token),
        "hostile" => await HostileLoad.RunAsync(options, stop.Token),
        "link" => await LinkLoad.RunAsync(options, stop.Token),
        _ => Arguments.Usage(),
    };
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine($"Not finished within {options.Seconds} s.");
    return 3;
}
