#if EF_DESIGN
using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore.Design;

namespace Annex.Muc.Storage;

/// <summary>For deploy/migrations.sh alone.</summary>
internal sealed class MucDesignTimeFactory : IDesignTimeDbContextFactory<MucDbContext>
{
    public MucDbContext CreateDbContext(string[] args) => new(AnnexDatabase.DesignOptions<MucDbContext>(MucDbContext.Schema));
}
#endif
