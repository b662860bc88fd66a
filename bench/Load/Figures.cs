using System.Globalization;

namespace Annex.Load;

/// <summary>What joining cost. Presences: those that the joins led to, N² for N people in one room.</summary>
internal sealed record JoinFigures(int People, double Seconds, double CpuMicrosPerPresence, double KiBPerOccupant)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"joined {People} in {Seconds:F2} s, {CpuMicrosPerPresence:F2} us of CPU per presence, +{KiBPerOccupant:F2} KiB resident per occupant");
}

/// <summary>What messages cost: deliveries are the copies that reached an occupant; CPU that of the watched processes.</summary>
internal sealed record TalkFigures(long Deliveries, double Seconds, double[] CpuMicros, double BytesEach, double P50, double P99)
{
    public double Rate => Deliveries / Seconds;

    /// <summary>Of the first watched process.</summary>
    public double Cpu => CpuMicros.Length > 0 ? CpuMicros[0] : 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Deliveries} deliveries, {Rate:F0} a second, {string.Join(" + ", CpuMicros.Select(c => c.ToString("F3", CultureInfo.InvariantCulture)))} us of CPU each, {BytesEach:F0} bytes each, p50 {P50:F3} ms, p99 {P99:F3} ms");
}
