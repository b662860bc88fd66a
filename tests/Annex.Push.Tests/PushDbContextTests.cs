using Annex.Hosting.Storage;
using Annex.Push.Storage;
using Xunit;

namespace Annex.Push.Tests;

public class PushDbContextTests
{
    [Fact]
    public void Every_change_of_the_model_has_its_migration() =>
        Assert.Null(AnnexDatabase.FindModelWithoutMigration<PushDbContext>(PushDbContext.Schema));
}
