using System.Globalization;

namespace Annex.Ctl.Doctor;

/// <summary>Credentials, tokens and certificates live by the clock: all clocks that were seen are compared.</summary>
internal static class ClockCheck
{
    // Answers take time, and XMPP tells whole seconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    public static void Run(Examination examination)
    {
        var clocks = examination.Clocks.Prepend(("this machine (where the doctor runs)", TimeSpan.Zero)).ToList();
        if (clocks.Count == 1)
            return;
        var order = clocks.Select(c => c.Item2).Order().ToList();
        // What most of them say is taken for the truth; of an even number the earlier one.
        var truth = order[(order.Count - 1) / 2];
        var wrong = clocks.Where(c => (c.Item2 - truth).Duration() > Tolerance).ToList();
        if (wrong.Count == 0)
        {
            examination.Good("clock", $"{clocks.Count} clocks agree: {string.Join(", ", clocks.Select(c => c.Item1).Distinct())}");
            return;
        }
        var others = clocks.Count - wrong.Count;
        foreach (var (whose, ahead) in wrong)
        {
            var off = ahead - truth;
            examination.Problem("clock", null, string.Create(CultureInfo.InvariantCulture,
                $"The clock of {whose} is {off.Duration().TotalSeconds:0} s {(off > TimeSpan.Zero ? "ahead of" : "behind")} {others} other{(others == 1 ? "" : "s")}."),
                "Set it and keep it right with NTP (timedatectl set-ntp true; chrony); with a wrong clock TURN credentials, upload links "
                + "and push tokens are refused.");
        }
    }
}
