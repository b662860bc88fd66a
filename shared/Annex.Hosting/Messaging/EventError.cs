namespace Annex.Hosting.Messaging;

/// <summary>An event that a consumer failed at and that stepped aside.</summary>
/// <param name="Error">The last exception, its type and message.</param>
/// <param name="NextAt">The next attempt; null when it waits for the operator.</param>
public sealed record EventError(
    long Id, string Service, string Consumer, Guid MessageId, string Type, string Body, string Error, int Attempts,
    DateTimeOffset? NextAt, DateTimeOffset At);
