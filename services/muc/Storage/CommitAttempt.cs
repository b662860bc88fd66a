using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>A batch on its way into the database, over as many attempts as that takes.</summary>
internal sealed class CommitAttempt(List<PendingChanges> batch)
{
    /// <summary>What is still to be written.</summary>
    public List<PendingChanges> Batch { get; } = batch;

    /// <summary>Marker of a transaction whose commit was sent and not answered; null: there is none.</summary>
    public Guid? Doubtful { get; set; }

    /// <summary>Messages of the doubtful transaction whose senders were refused: if it was committed, they go again.</summary>
    public List<(Jid Room, Guid Id)> Revoked { get; } = [];

    public bool IsOver => Batch.Count == 0 && Revoked.Count == 0;

    /// <summary>It is known what became of the doubtful transaction, and all that follows from it is done.</summary>
    public void Resolve()
    {
        Doubtful = null;
        Revoked.Clear();
    }
}
