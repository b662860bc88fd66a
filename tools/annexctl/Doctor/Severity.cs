namespace Annex.Ctl.Doctor;

internal enum Severity
{
    Good,
    Warning,
    Problem,
}
