using System.Security.Cryptography;
using Annex.Push.Providers.Apns;
using Annex.Testing;
using Xunit;

namespace Annex.Push.Tests.Providers;

/// <summary>Spec P11: reused for 20 minutes at least, refreshed within 60.</summary>
public sealed class ApnsTokenTests
{
    private readonly ManualTime _time = new();
    private readonly ApnsToken _token;

    public ApnsTokenTests() => _token = new ApnsToken(new ApnsApp("app", "test.app", "TEAM", "KEY",
        ECDsa.Create(ECCurve.NamedCurves.nistP256), new Uri("https://api.push.apple.com")), _time);

    [Fact]
    public void A_token_is_reused_and_refreshed_in_time()
    {
        var first = _token.Get();
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(first, _token.Get());
        _time.Advance(TimeSpan.FromMinutes(39));
        Assert.NotEqual(first, _token.Get());
    }

    [Fact]
    public void A_token_that_APNs_calls_expired_is_renewed_but_not_sooner_than_APNs_allows()
    {
        var first = _token.Get();
        Assert.False(_token.TryRenew());
        _time.Advance(TimeSpan.FromMinutes(21));
        Assert.True(_token.TryRenew());
        Assert.NotEqual(first, _token.Get());
    }
}
