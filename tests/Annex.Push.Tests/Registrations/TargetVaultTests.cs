using System.Security.Cryptography;
using System.Text;
using Annex.Push.Registrations;
using Xunit;

namespace Annex.Push.Tests.Registrations;

public sealed class TargetVaultTests
{
    private readonly byte[] _old = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _new = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void What_was_closed_opens_again_and_shows_nothing_of_the_token()
    {
        var vault = new TargetVault([_new]);
        var closed = vault.Close(new PushTarget("https://push.example.org/token", [4, 1], [2]));

        var opened = vault.Open(closed);

        Assert.Equal("https://push.example.org/token", opened.Address);
        Assert.Equal([4, 1], opened.ReceiverKey!);
        Assert.DoesNotContain("token", Encoding.Latin1.GetString(closed), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_rotation_the_old_key_still_opens_and_is_known_as_stale()
    {
        var closed = new TargetVault([_old]).Close(new PushTarget("token"));
        var rotated = new TargetVault([_new, _old]);
        Assert.Equal([closed[..4]], rotated.OlderIds);
        Assert.NotEqual(closed[..4], rotated.Close(rotated.Open(closed))[..4]);
    }

    [Fact]
    public void A_device_keeps_its_fingerprint_over_a_rotation() =>
        Assert.Equal(new TargetVault([_old]).Fingerprint("phone"), new TargetVault([_new, _old]).Fingerprint("phone"));

    [Fact]
    public void An_altered_one_or_one_under_a_lost_key_does_not_open()
    {
        var vault = new TargetVault([_new]);
        var closed = vault.Close(new PushTarget("token"));
        closed[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(closed));
        Assert.ThrowsAny<CryptographicException>(() =>
            vault.Open(new TargetVault([_old]).Close(new PushTarget("token"))));
        Assert.ThrowsAny<CryptographicException>(() => vault.Open([1, 2, 3]));
    }

    [Fact]
    public void A_target_shows_nothing_of_itself_in_text() =>
        Assert.DoesNotContain("secret-token", new PushTarget("secret-token").ToString(), StringComparison.Ordinal);
}
