namespace Annex.Fuzz;

/// <param name="Runs">Inputs tried.</param>
/// <param name="Edges">Different edges of the code taken.</param>
/// <param name="Corpus">Inputs kept because they took a new one.</param>
/// <param name="Crash">The input that broke the target, made small; null where none did.</param>
/// <param name="Error">How it broke.</param>
public sealed record FuzzReport(string Target, long Runs, int Edges, int Corpus, byte[]? Crash, string? Error)
{
    public override string ToString() => $"{Target}: {Runs} runs, {Edges} edges, {Corpus} inputs kept" +
        (Crash is null ? "" : $"; BROKEN by {System.Text.Encoding.Latin1.GetString(Crash)} ({Convert.ToBase64String(Crash)}): {Error}");
}
