using Microsoft.EntityFrameworkCore;

namespace Annex.Hosting.Storage;

/// <summary>One service's database, as AddDatabase was told.</summary>
internal sealed record DatabaseRegistration(
    string Service, string Schema, Func<IServiceProvider, DbContext> CreateContext)
{
    /// <summary>A migration in the database that this release does not know: a newer one has been here.</summary>
    public string? NewerMigration { get; set; }
}
