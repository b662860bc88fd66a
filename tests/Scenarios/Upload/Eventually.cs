using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>For what another part of the service does in its own time: asks again until it holds, for ten seconds at most.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, "It did not come to hold.");
            await timer.WaitForNextTickAsync();
        }
    }

    public static Task IsTrueAsync(Func<bool> condition) => IsTrueAsync(() => Task.FromResult(condition()));
}
