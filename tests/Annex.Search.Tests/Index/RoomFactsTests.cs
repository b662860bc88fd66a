using Annex.Contracts.Events;
using Annex.Search.Index;
using Xunit;

namespace Annex.Search.Tests.Index;

public sealed class RoomFactsTests
{
    private static readonly RoomState Public = new()
    {
        Room = "a@muc.example",
        Version = 1,
        IsPublic = true,
        IsPersistent = true,
        IsSearchable = true,
    };

    [Fact]
    public void Only_public_persistent_searchable_open_rooms_are_candidates()
    {
        Assert.True(RoomFacts.From(Public, false).IsCandidate);
        Assert.False(RoomFacts.From(Public with { IsPublic = false }, false).IsCandidate);
        Assert.False(RoomFacts.From(Public with { IsPersistent = false }, false).IsCandidate);
        Assert.False(RoomFacts.From(Public with { IsSearchable = false }, false).IsCandidate);
        foreach (var closed in new[] { Public with { IsMembersOnly = true }, Public with { HasPassword = true } })
        {
            Assert.False(RoomFacts.From(closed, false).IsCandidate);
            var listed = RoomFacts.From(closed, listClosed: true);
            Assert.True(listed.IsCandidate && !listed.IsOpen);
        }
        Assert.False(RoomFacts.From(Public with { Description = "ours #unlisted" }, true).IsCandidate);
        Assert.False(RoomFacts.From(Public with { Tags = ["noindex"] }, true).IsCandidate);
    }

    [Theory]
    [InlineData("About birds #sea #North-Sea", "About birds", "sea north-sea")]
    [InlineData("#only #tags", "", "only tags")]
    [InlineData("Issue #7 is fixed", "Issue #7 is fixed", "")]
    [InlineData("C# and #", "C# and #", "")]
    [InlineData("See https://example.org/#anchor", "See https://example.org/#anchor", "")]
    [InlineData("Twice #a1 #a1", "Twice", "a1")]
    [InlineData("", "", "")]
    public void Words_with_a_hash_at_the_end_are_tags(string written, string description, string tags)
    {
        var facts = RoomFacts.From(Public with { Description = written }, false);
        Assert.Equal((description, tags), (facts.Description, string.Join(' ', facts.Tags)));
    }

    [Fact]
    public void No_more_tags_than_anyone_needs_are_kept()
    {
        var facts = RoomFacts.From(Public with { Description = string.Join(' ', Enumerable.Range(0, 100).Select(n => $"#tag{n}")) }, false);
        Assert.Equal(RoomFacts.MaxTags, facts.Tags.Count);
        Assert.Empty(RoomFacts.From(Public with { Tags = [new string('x', 33), "x"] }, false).Tags);
    }

    [Theory]
    [InlineData("https://example.org/a?b=c", "https://example.org/a?b=c")]
    [InlineData("http://example.org", "http://example.org/")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("data:text/html,x", null)]
    [InlineData("xmpp:a@b?join", null)]
    [InlineData("//example.org", null)]
    [InlineData("https://user:password@example.org/", null)]
    [InlineData("https://exa mple", null)]
    [InlineData(null, null)]
    public void Addresses_of_the_web_alone_are_kept(string? url, string? expected) => Assert.Equal(expected, RoomFacts.CleanUrl(url));

    [Fact]
    public void Long_texts_end_in_an_ellipsis_and_never_in_half_a_character()
    {
        Assert.Equal(new string('x', 9) + "…", RoomFacts.Clean(new string('x', 5_000_000), 10, false));
        Assert.Equal("xxxxxxxx…", RoomFacts.Clean("xxxxxxxx😀😀", 10, false));
        Assert.Equal("a b", RoomFacts.Clean(" a\nb\u0000\u202e ", 10, keepLines: false));
        Assert.Equal("a\nb", RoomFacts.Clean("a\nb", 10, keepLines: true));
        Assert.Equal("\ufffd", RoomFacts.Clean("\ud800", 10, false));
    }

    [Theory]
    [InlineData("Pаypal", Suspicion.MixedScripts)]
    [InlineData("Ρaypal", Suspicion.MixedScripts)]
    [InlineData("Русский chat", "")]
    [InlineData("plain\u200b", Suspicion.Invisible)]
    [InlineData("\u202egnp.exe", Suspicion.Invisible)]
    [InlineData("👩\u200d🚀", "")]
    [InlineData("Ελλάδα 2024", "")]
    public void Names_that_deceive_are_flagged(string name, string flags) =>
        Assert.Equal(flags, string.Join(' ', RoomFacts.From(Public with { Name = name }, false).Flags));

    [Theory]
    [InlineData(-1, 0, "")]
    [InlineData(5000, 5000, "")]
    [InlineData(int.MaxValue, 5000, Suspicion.Occupants)]
    public void Numbers_beyond_belief_are_cut(int told, int kept, string flags)
    {
        var facts = RoomFacts.From(Public with { Occupants = told }, false);
        Assert.Equal((kept, flags), (facts.Occupants, string.Join(' ', facts.Flags)));
    }

    [Theory]
    [InlineData("de_AT", "de-AT")]
    [InlineData("  en ", "en")]
    [InlineData("english please", null)]
    [InlineData("x'; drop", null)]
    [InlineData("e", null)]
    [InlineData(null, null)]
    public void Languages_are_tags_or_nothing(string? told, string? kept) =>
        Assert.Equal(kept, RoomFacts.From(Public with { Language = told }, false).Language);

    [Theory]
    [InlineData("NSFW corner", "", true)]
    [InlineData("Garden", "roses #nsfw", true)]
    [InlineData("Garden", "not nsfw", false)]
    public void Rooms_for_adults_are_those_that_say_so(string name, string description, bool isNsfw) =>
        Assert.Equal(isNsfw, RoomFacts.From(Public with { Name = name, Description = description }, false).IsNsfw);
}
