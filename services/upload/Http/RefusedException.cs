namespace Annex.Upload.Http;

/// <summary>Ends a request from deep inside; caught where requests are dispatched. The peer's fault, or the store's.</summary>
public sealed class RefusedException(Refusal refusal) : Exception(refusal.Reason)
{
    public Refusal Refusal { get; } = refusal;
}
