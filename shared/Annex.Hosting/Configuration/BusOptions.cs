using System.ComponentModel.DataAnnotations;

namespace Annex.Hosting.Configuration;

/// <summary>How events travel between services.</summary>
public sealed class BusOptions : IValidatableObject
{
    /// <summary>`amqp://user:password@host:5672/vhost`, or amqps. Without it events travel inside the process, which is right
    /// for one process with all services, and for a service that runs alone.</summary>
    [Secret]
    public string? RabbitMq { get; set; }

    /// <summary>A file whose first line is that address.</summary>
    public string? RabbitMqFile { get; set; }

    /// <summary>Begins the names of the queues, so that two installations can share a broker.</summary>
    public string QueuePrefix { get; set; } = "annex";

    /// <summary>Attempts in a row at one event, before it steps aside (into event_errors) and lets the next ones pass.</summary>
    [Range(1, 20)]
    public int Attempts { get; set; } = 5;

    /// <summary>Pause after the first failed attempt; each one doubles it.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Later attempts at an event that stepped aside, at growing distance (10 s, then six times that up to an hour).
    /// After them it waits for the operator.</summary>
    [Range(0, 100)]
    public int Redeliveries { get; set; } = 10;

    /// <summary>How long it is remembered that an event was consumed. A broker that holds a message longer and delivers it a
    /// second time would have it applied twice.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Longest time between a commit and its events' leaving when another process wrote them.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(RabbitMq)
            && !(Uri.TryCreate(RabbitMq, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"))
            yield return new("an address such as amqp://user:password@host:5672/ is expected", [nameof(RabbitMq)]);
        if (QueuePrefix.Length is 0 or > 40
            || QueuePrefix.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            yield return new("1 to 40 of a-z, 0-9 and - are allowed", [nameof(QueuePrefix)]);
        if (RetryDelay <= TimeSpan.Zero)
            yield return new("more than zero is needed", [nameof(RetryDelay)]);
        if (Memory < TimeSpan.FromHours(1))
            yield return new("an hour at least is needed", [nameof(Memory)]);
        if (PollInterval < TimeSpan.FromMilliseconds(10) || PollInterval > TimeSpan.FromMinutes(1))
            yield return new("10 ms to 1 min are possible", [nameof(PollInterval)]);
    }
}
