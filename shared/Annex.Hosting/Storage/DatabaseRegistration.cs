using Microsoft.EntityFrameworkCore;

namespace Annex.Hosting.Storage;

/// <summary>One service's database, as AddDatabase was told.</summary>
/// <param name="Context">The type of the context; the migrations are in its assembly.</param>
internal sealed record DatabaseRegistration(
    string Service, string Schema, Type Context, Func<IServiceProvider, DbContext> CreateContext)
{
    /// <summary>The names of the migrations that this release has.</summary>
    public IReadOnlySet<string> Migrations => field ??= MigrationHistory.Known(Context);

    /// <summary>A migration in the database that this release does not know: a newer one has been here.</summary>
    public string? NewerMigration { get; set; }
}
