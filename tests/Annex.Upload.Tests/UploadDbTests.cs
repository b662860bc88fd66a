using Annex.Hosting.Storage;
using Annex.Upload.Storage;
using Xunit;

namespace Annex.Upload.Tests;

public class UploadDbTests
{
    [Fact]
    public void Every_change_of_the_model_has_its_migration() =>
        Assert.Null(AnnexDatabase.FindModelWithoutMigration<UploadDb>(UploadDb.Schema));
}
