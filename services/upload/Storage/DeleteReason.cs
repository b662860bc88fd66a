namespace Annex.Upload.Storage;

/// <summary>Why a file went, in the words of the event <c>FileDeleted</c>.</summary>
public static class DeleteReason
{
    public const string Expired = "expired";
    public const string Uploader = "uploader";
    public const string Operator = "operator";
    public const string Retracted = "retracted";
    public const string Account = "account";
    public const string Blocked = "blocked";

    /// <summary>The store does not have it any more.</summary>
    public const string Lost = "lost";
}
