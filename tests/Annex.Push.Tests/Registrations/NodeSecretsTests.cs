using Annex.Push.Registrations;
using Xunit;

namespace Annex.Push.Tests.Registrations;

public sealed class NodeSecretsTests
{
    [Fact]
    public void Only_the_right_secret_of_a_known_node_matches()
    {
        var secret = NodeSecrets.New();
        var registration = new Registration
        {
            Id = 1,
            Node = NodeSecrets.New(),
            SecretHash = NodeSecrets.Hash(secret),
            Owner = "juliet@example.org",
            Device = "phone",
            Provider = "webpush",
            Target = new PushTarget("https://push.example.org/x"),
        };
        Assert.True(NodeSecrets.Matches(registration, secret));
        Assert.False(NodeSecrets.Matches(registration, NodeSecrets.New()));
        Assert.False(NodeSecrets.Matches(registration, null));
        Assert.False(NodeSecrets.Matches(null, secret));
        Assert.False(NodeSecrets.Matches(null, null));
    }

    [Fact]
    public void Nodes_and_secrets_carry_192_bits_and_need_no_escaping()
    {
        Assert.Equal(32, NodeSecrets.New().Length);
        Assert.NotEqual(NodeSecrets.New(), NodeSecrets.New());
        Assert.Matches("^[A-Za-z0-9_-]{32}$", NodeSecrets.New());
    }
}
