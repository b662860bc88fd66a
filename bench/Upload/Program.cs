using Annex.UploadBench;

// The upload service under load, against nginx doing the same work. All on loopback, each part bounded in time.
//   dotnet run -c Release --project bench/Upload -- slots | files [MEGABYTES] | slow [CONNECTIONS]
// BENCH_PROGRAM names another program with the service in it, such as host/bin/Release/net10.0/Annex.Host.dll.
using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(8));
return args switch
{
    ["slots"] => await SlotLoad.RunAsync(stop.Token),
    ["files", .. var rest] => await FileLoad.RunAsync(rest is [var size] ? int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) : 1024, stop.Token),
    ["slow", .. var rest] => await SlowLoad.RunAsync(rest is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 500, stop.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("slots | files [MEGABYTES] | slow [CONNECTIONS]");
    return 2;
}
