using Annex.Push.Providers;
using Xunit;

namespace Annex.Push.Tests.Providers;

public sealed class AppSuspicionTests
{
    private readonly AppSuspicion _app = new();

    [Fact]
    public void Many_tokens_in_a_row_that_are_not_of_the_app_are_our_fault_and_a_delivery_ends_that()
    {
        for (var i = 0; i < AppSuspicion.MostInARow; i++) Assert.Equal(PushVerdict.Gone, Dead().Verdict);
        Assert.True(Dead() is { Verdict: PushVerdict.Retry, IsOurFault: true, IsForTargetOnly: true });
        _app.Judge(PushOutcome.Delivered, isOfApp: false);
        Assert.Equal(PushVerdict.Gone, Dead().Verdict);
    }

    [Fact]
    public void A_network_in_trouble_says_nothing_about_the_app()
    {
        for (var i = 0; i < AppSuspicion.MostInARow; i++) Dead();
        _app.Judge(PushOutcome.Retry("503"), isOfApp: false);
        Assert.Equal(PushVerdict.Retry, Dead().Verdict);
    }

    private PushOutcome Dead() => _app.Judge(PushOutcome.Gone("BadDeviceToken"), isOfApp: true);
}
