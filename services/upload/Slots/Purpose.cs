namespace Annex.Upload.Slots;

/// <summary>What a file is for (XEP-0363 §5): each purpose has its own size limit, quota and retention. The numbers are
/// kept in the database.</summary>
public enum Purpose : short
{
    Message = 0,
    Profile = 1,
    Ephemeral = 2,
    Permanent = 3,
}
