using System.Diagnostics;
using Npgsql;

namespace Annex.Ctl.Backup;

/// <summary>PostgreSQL's own programs, with the connection of the configuration's Database.</summary>
internal static class PostgresProgram
{
    public static async Task RunAsync(Session session, string program, params string[] arguments)
    {
        var database = new NpgsqlConnectionStringBuilder(session.Configuration.Shared.Database);
        var start = new ProcessStartInfo(Find(program), arguments) { RedirectStandardError = true };
        // By the environment: a process list shows arguments.
        start.Environment["PGHOST"] = database.Host;
        start.Environment["PGPORT"] = database.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGDATABASE"] = database.Database ?? database.Username;
        if (database.Username is { Length: > 0 } user)
            start.Environment["PGUSER"] = user;
        if (database.Password is { Length: > 0 } password)
            start.Environment["PGPASSWORD"] = password;
        if (database.Passfile is { Length: > 0 } passfile)
            start.Environment["PGPASSFILE"] = passfile;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CommandFailedException($"{program} is not there: install PostgreSQL's client programs (postgresql-client in Debian)", ExitCodes.Failed);
        }
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync(session.CancellationToken);
            try
            {
                await process.WaitForExitAsync(session.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            if (process.ExitCode != 0)
                throw new CommandFailedException($"{program}: {(await errors).Trim()}", ExitCodes.Failed);
        }
    }

    // Debian keeps those of each version in a folder of its own; the newest can read every server.
    private static string Find(string program) => !Directory.Exists("/usr/lib/postgresql") ? program
        : Directory.GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
            .Select(d => Path.Combine(d, "bin", program)).FirstOrDefault(File.Exists) ?? program;
}
