namespace Annex.Ctl.Doctor;

/// <summary>The keys that every service has; each service checks its own at its start.</summary>
internal static class ConfigurationCheck
{
    public static void Run(Examination examination)
    {
        var configuration = examination.Configuration;
        foreach (var line in configuration.Errors)
            examination.Problem("configuration", null, line, "Correct the key; docs/configuration.md has them all.");
        if (configuration.Configured.Count == 0)
        {
            examination.Problem("configuration", null, "No service has a Component:Jid in this configuration.",
                "Name the file with --config or ANNEX_CONFIG, or run the doctor with the services' own ANNEX_ variables.");
        }
        else if (configuration.Errors.Count == 0)
            examination.Good("configuration", $"The configuration is read: {string.Join(", ", configuration.Configured)}");
    }
}
