using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore.Design;

namespace Annex.Upload.Storage;

/// <summary>For making migrations.</summary>
internal sealed class UploadDbFactory : IDesignTimeDbContextFactory<UploadDb>
{
    public UploadDb CreateDbContext(string[] args) => new(AnnexDatabase.DesignOptions<UploadDb>(UploadDb.Schema));
}
