namespace Annex.Ctl.Doctor;

/// <summary>What a check saw.</summary>
/// <param name="Check">A stable word for programs: secret, host, port, twin, delegation, clock, certificate, disk, database,
/// public-url, service, bus, turn, configuration, link.</param>
/// <param name="Service">Whom it concerns, or null for all.</param>
/// <param name="Cure">What to do; null where all is well.</param>
internal sealed record Finding(Severity Severity, string Check, string? Service, string Text, string? Cure);
