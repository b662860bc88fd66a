using System.Text;
using System.Text.Json;
using Annex.Push.Delivery;
using Annex.Push.Providers.WebPush;
using Annex.Push.Registrations;
using Xunit;

namespace Annex.Push.Tests.Delivery;

/// <summary>Spec P6: nothing leaves that was not asked for and allowed.</summary>
public sealed class PushPayloadTests
{
    private static readonly Registration Phone = new()
    {
        Id = 1,
        Node = "n",
        SecretHash = [],
        Owner = "romeo@montague.lit",
        Device = "phone",
        Provider = "fcm",
        Target = new PushTarget("token"),
    };

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void Sender_and_text_need_the_clients_wish_and_the_operators_leave(bool isWanted, bool isAllowed,
        bool isThere)
    {
        var json = Create(Phone with { WantsBody = isWanted, WantsSender = isWanted },
            new PushOptions { AllowBody = isAllowed, AllowSender = isAllowed }, body: "text");
        Assert.Equal(isThere, json.TryGetProperty("body", out _));
        Assert.Equal(isThere, json.TryGetProperty("sender", out _));
    }

    [Fact]
    public void An_address_is_a_fingerprint_and_a_room_has_its_name_only_for_a_browser()
    {
        var json = Create(Phone, new PushOptions(), room: "verona@chat.lit");
        Assert.Equal(["account", "channel"], json.EnumerateObject().Select(p => p.Name));
        Assert.All(json.EnumerateObject(), p => Assert.Matches("^[0-9a-f]{40}$", p.Value.GetString()));
        var browser = Phone with
        {
            Provider = "webpush",
            Target =
            new PushTarget("https://x", new byte[65], new byte[16])
        };
        Assert.Equal("verona@chat.lit",
            Create(browser, new PushOptions(), room: "verona@chat.lit").GetProperty("room").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\u0001")]
    [InlineData("😀")]
    [InlineData("\"")]
    public void The_longest_text_fits_into_what_every_network_takes(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 10_000));
        var payload = PushPayload.Create(Phone with { WantsBody = true, WantsSender = true }, "verona@chat.lit", text,
            text,
            new PushOptions { AllowBody = true, AllowSender = true });
        Assert.InRange(payload.Length, 100, WebPushEncryption.MaxPlaintextBytes);
        JsonDocument.Parse(payload).Dispose();
    }

    private static JsonElement Create(Registration registration, PushOptions options, string? room = null,
        string? body = null) =>
        JsonDocument.Parse(Encoding.UTF8.GetString(PushPayload.Create(registration, room, "juliet@capulet.lit", body,
            options))).RootElement;
}
