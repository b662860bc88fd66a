namespace Annex.Upload.Storage;

/// <summary>Where a slot stands. The numbers are kept in the database. A file that waits for its scan is still reserved: its
/// bytes lie in the store, and nothing refers to them until they are found clean.</summary>
public enum FileState : short
{
    /// <summary>The slot is given, no complete upload yet. Its size counts against the quota until its lease ends.</summary>
    Reserved = 0,

    /// <summary>Served until it expires.</summary>
    Stored = 1,
}
