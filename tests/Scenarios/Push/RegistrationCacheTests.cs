using System.Data.Common;
using Annex.Push;
using Annex.Push.Delivery;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>What the cache of registrations must never do: bring back one that was removed while it was being read.</summary>
public sealed class RegistrationCacheTests(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    [Fact]
    public async Task A_registration_that_is_removed_while_it_is_read_is_not_remembered()
    {
        var host = fixture.Host;
        var (_, node, _) = await host.RegisterBrowserAsync(host.NewUser());
        var hold = new Hold();
        using var waits = new OutcomeWaits(10, TimeSpan.FromSeconds(1), TimeProvider.System);
        var store = new RegistrationStore(new Contexts(new DbContextOptionsBuilder<PushDbContext>().UseNpgsql(host.Database)
                .AddInterceptors(hold).Options), host.Services.GetRequiredService<TargetVault>(), waits,
            host.Services.GetRequiredService<PushOptions>(), TimeProvider.System);

        var reading = store.ReadByNodeAsync(node, CancellationToken.None);
        await hold.Reached.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(await store.RemoveNodeAsync(node, CancellationToken.None));
        hold.Release();

        Assert.NotNull(await reading);
        Assert.Null(store.Peek(node));
        Assert.Null(await store.ReadByNodeAsync(node, CancellationToken.None));
    }

    private sealed class Contexts(DbContextOptions<PushDbContext> options) : IDbContextFactory<PushDbContext>
    {
        public PushDbContext CreateDbContext() => new(options);
    }

    /// <summary>Stops the first statement when the database has answered it.</summary>
    private sealed class Hold : DbCommandInterceptor
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Release() => _released.SetResult();

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData,
            DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (_reached.TrySetResult())
                await _released.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
            return result;
        }
    }
}
