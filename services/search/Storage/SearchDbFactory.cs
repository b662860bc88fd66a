using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore.Design;

namespace Annex.Search.Storage;

/// <summary>For making migrations.</summary>
internal sealed class SearchDbFactory : IDesignTimeDbContextFactory<SearchDbContext>
{
    public SearchDbContext CreateDbContext(string[] args) =>
        new(AnnexDatabase.DesignOptions<SearchDbContext>(SearchDbContext.Schema));
}
