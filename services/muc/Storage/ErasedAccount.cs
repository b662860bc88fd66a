namespace Annex.Muc.Storage;

/// <summary>What an erasure took away.</summary>
internal sealed class ErasedAccount
{
    public int Affiliations { get; set; }

    public int RoomsDestroyed { get; set; }

    public int MessagesAnonymised { get; set; }

    public int MessagesRetracted { get; set; }
}
