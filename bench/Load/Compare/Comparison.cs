namespace Annex.Load.Compare;

/// <summary>bench/compare: see there.</summary>
internal static class Comparison
{
    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        var parts = options.Words.Count > 0 ? options.Words : ["component", "slope", "prosody", "ejabberd"];
        foreach (var part in parts)
        {
            Console.WriteLine($"# {part}");
            switch (part)
            {
                case "component":
                    await ComponentComparison.RunAsync(options, Subjects("reflector,reflector-ids,muc,muc-archive,mu-conference"), cancellationToken);
                    break;
                case "slope":
                    await ComponentComparison.SlopeAsync(options, Subjects("muc"), cancellationToken);
                    break;
                case "prosody":
                    await ClientComparison.RunAsync(options, part, Subjects("built-in,reflector,reflector-ids,muc"), cancellationToken);
                    break;
                case "ejabberd":
                    await ClientComparison.RunAsync(options, part, Subjects("built-in,reflector,reflector-ids,muc,muc-multicast"), cancellationToken);
                    break;
                default:
                    return Arguments.Usage();
            }
        }
        return 0;

        string[] Subjects(string otherwise) => options.Text("subjects", otherwise).Split(',');
    }
}
