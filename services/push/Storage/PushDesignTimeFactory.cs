#if EF_DESIGN
using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore.Design;

namespace Annex.Push.Storage;

/// <summary>For deploy/migrations.sh alone.</summary>
internal sealed class PushDesignTimeFactory : IDesignTimeDbContextFactory<PushDbContext>
{
    public PushDbContext CreateDbContext(string[] args) =>
        new(AnnexDatabase.DesignOptions<PushDbContext>(PushDbContext.Schema));
}
#endif
