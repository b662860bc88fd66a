namespace Annex.Muc.Handlers;

/// <summary>Why something that an operator or admin asked for was not done.</summary>
internal enum DeskProblem { NotFound, Exists, Invalid, Refused, Full, Away }

/// <summary>A refusal with a sentence for whoever asked, by a call or a command.</summary>
internal sealed class DeskException(DeskProblem problem, string message) : Exception(message)
{
    public DeskProblem Problem { get; } = problem;
}
