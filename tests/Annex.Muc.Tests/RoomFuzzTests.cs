using Annex.Muc.Features;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>Many people, valid and invalid requests in any order, and after each of them what has to be true of every room. A
/// failure names its seed: the same one gives the same conversation.</summary>
public sealed class RoomFuzzTests
{
    private const int Steps = 800;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_people_send_the_room_keeps_its_promises(int seed)
    {
        var talk = Run(new FuzzTalk(seed));
        Assert.True(talk.BusySteps > Steps / 20, $"only {talk.BusySteps} of {Steps} steps had three people in the room");
    }

    [Fact]
    public void A_durable_room_keeps_them_too() => Run(new FuzzTalk(99, isDurable: true));

    [Fact]
    public void A_room_that_lets_forged_occupant_ids_through_is_found() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Run(new FuzzTalk(1, without: typeof(OccupantIds))));

    private static FuzzTalk Run(FuzzTalk talk)
    {
        for (var step = 0; step < Steps; step++)
            talk.Step();
        return talk;
    }
}
