using Annex.Search.Index;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>What a query finds, and in which order.</summary>
public sealed class IndexTests(SharedSearch shared) : IClassFixture<SharedSearch>
{
    private readonly SearchHost _search = shared.Host;

    [Fact]
    public async Task A_word_weighs_more_in_the_name_than_in_the_address_than_in_the_description()
    {
        await _search.PutAsync(
            SearchHost.Room("w1", description: "all about zeppelins", occupants: 3),
            SearchHost.Room("zeppelin-talk", "Airships", occupants: 3),
            SearchHost.Room("w3", "Friends of the zeppelin", occupants: 3),
            SearchHost.Room("zeppelin", "Old airships", occupants: 1));
        Assert.Equal("zeppelin w3 zeppelin-talk w1", await _search.FindAsync("Zeppelin"));
    }

    [Fact]
    public async Task Among_equals_the_busier_room_is_first_and_many_people_outweigh_a_place()
    {
        await _search.PutAsync(
            SearchHost.Room("q1", "quokka one", occupants: 5),
            SearchHost.Room("q2", "quokka two", occupants: 9),
            SearchHost.Room("q3", description: "quokka", occupants: 4000));
        Assert.Equal("q3 q2 q1", await _search.FindAsync("quokka"));
    }

    [Theory]
    [InlineData("kuche", "umlaut")]
    [InlineData("KÜCHE", "umlaut")]
    [InlineData("schlossstrasse", "umlaut")]
    [InlineData("haus", "umlaut")]                // a stem: Häuser
    [InlineData("gardening", "stem")]             // gardeners
    [InlineData("gard", "stem")]                  // the beginning of a word
    [InlineData("\"water lilies\"", "stem")]
    [InlineData("\"lilies water\"", "")]
    [InlineData("lilies water", "stem")]
    [InlineData("lilies volcano", "")]
    [InlineData("北京", "peking")]
    [InlineData("京大", "peking")]
    [InlineData("大北", "")]
    [InlineData("παραλία", "greek")]
    [InlineData("🐙", "octopus")]
    [InlineData("ﬁshing", "octopus")]             // a ligature
    [InlineData("oc​topus", "octopus")]      // with a space of no width
    public async Task Words_are_found_as_people_write_them(string text, string expected)
    {
        await _search.PutAsync(
            SearchHost.Room("umlaut", "Die Küche in der Schloßstraße", "über alte Häuser", language: "de"),
            SearchHost.Room("stem", "Happy gardeners", "roses, water lilies", language: "en"),
            SearchHost.Room("peking", "北京大学"),
            SearchHost.Room("greek", "Στην ΠΑΡΑΛΙΑ"),
            SearchHost.Room("octopus", "🐙 fishing", "octopus lovers"));
        Assert.Equal(expected, await _search.FindAsync(text, q => q with { Language = text == "haus" ? "de" : null }));
    }

    [Fact]
    public async Task A_service_that_gives_many_rooms_one_name_has_them_flagged()
    {
        var rooms = Enumerable.Range(0, 7).Select(i => SearchHost.Room($"cheap{i}", "Cheap Tulips!", occupants: i)).ToList();
        await _search.PutAsync(rooms);
        Assert.DoesNotContain(Suspicion.DuplicateName, await FlagsOf(4));
        Assert.Contains(Suspicion.DuplicateName, await FlagsOf(5));
        Assert.Contains(Suspicion.DuplicateName, await FlagsOf(6));
        // Seen again, the first one is one of many as well.
        await _search.PutAsync(rooms[0] with { Version = 2 });
        Assert.Contains(Suspicion.DuplicateName, await FlagsOf(0));

        async Task<IReadOnlyList<string>> FlagsOf(int i) => (await _search.Finder.GetAsync(rooms[i].Room, CancellationToken.None))!.Flags;
    }

    [Fact]
    public async Task Fields_are_searched_as_asked()
    {
        await _search.PutAsync(
            SearchHost.Room("fa", "marzipan"),
            SearchHost.Room("fb", description: "marzipan"),
            SearchHost.Room("marzipan"),
            SearchHost.Room("fd", description: "sweets #marzipan"));
        Assert.Equal("fa", await _search.FindAsync("marzipan", q => q with { Fields = SearchFields.Name }));
        Assert.Equal("fd fb", await _search.FindAsync("marzipan", q => q with { Fields = SearchFields.Description }));
        Assert.Equal("marzipan", await _search.FindAsync("marzipan", q => q with { Fields = SearchFields.Address }));
        Assert.Equal("fa marzipan", await _search.FindAsync("marzipan",
            q => q with { Fields = SearchFields.Address | SearchFields.Name, Sort = SortKey.Address }));
    }

    [Fact]
    public async Task Filters_narrow_it_down()
    {
        await _search.PutAsync(
            SearchHost.Room("f1", "filterable things", "#blue", 10, language: "de-AT"),
            SearchHost.Room("f2", "filterable things", "#blue #red", 2, language: "fr"),
            SearchHost.Room("f3", "filterable nsfw", occupants: 50));
        Assert.Equal("f1", await _search.FindAsync("filterable", q => q with { Language = "de" }));
        Assert.Equal("f1 f2", await _search.FindAsync("filterable", q => q with { Tags = ["blue"] }));
        Assert.Equal("f2", await _search.FindAsync("filterable", q => q with { Tags = ["blue", "red"] }));
        Assert.Equal("f3 f1", await _search.FindAsync("filterable", q => q with { MinOccupants = 10 }));
        Assert.Equal("f1 f2", await _search.FindAsync("filterable", q => q with { IncludeNsfw = false }));
    }

    [Fact]
    public async Task Only_rooms_that_anyone_may_find_and_join_are_listed()
    {
        var room = SearchHost.Room("listing", "capybara");
        await _search.PutAsync(
            room with { Room = "l0@rooms.annex.test" },
            room with { Room = "l1@rooms.annex.test", IsPublic = false },
            room with { Room = "l2@rooms.annex.test", IsPersistent = false },
            room with { Room = "l3@rooms.annex.test", IsMembersOnly = true },
            room with { Room = "l4@rooms.annex.test", HasPassword = true },
            room with { Room = "l5@rooms.annex.test", IsSearchable = false });
        Assert.Equal("l0", await _search.FindAsync("capybara"));
        await _search.PutAsync(room with { Room = "l0@rooms.annex.test", Version = 2, HasPassword = true });
        Assert.Equal("", await _search.FindAsync("capybara"));
    }

    [Fact]
    public async Task Of_a_room_that_is_hidden_nothing_is_kept_but_its_address()
    {
        await _search.PutAsync(SearchHost.Room("secret", "axolotl club", "meets at nine") with { IsPublic = false });
        await using var command = _search.Database.CreateCommand(
            "select name || description || array_to_string(tags, '') || words::text from search.rooms where jid like 'secret@%'");
        Assert.Equal("", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task What_comes_late_changes_nothing()
    {
        await _search.PutAsync(SearchHost.Room("late", "newer wombat", version: 5));
        await _search.PutAsync(SearchHost.Room("late", "older wombat", version: 4));
        Assert.Equal("late", await _search.FindAsync("newer wombat"));
        Assert.Equal("", await _search.FindAsync("older wombat"));
    }

    [Fact]
    public async Task A_count_beyond_belief_is_cut_and_flagged()
    {
        await _search.PutAsync(SearchHost.Room("huge", "numbat", occupants: 1_000_000_000));
        var page = await _search.Finder.FindAsync(Query("numbat"), CancellationToken.None);
        var room = Assert.Single(page.Rooms);
        Assert.Equal((RoomFacts.MostOccupants, Suspicion.Occupants), (room.Occupants, room.Flags[0]));
    }

    [Fact]
    public async Task The_database_smooths_activity_by_the_formula_that_is_told()
    {
        await _search.PutAsync(SearchHost.Room("smooth", "dugong", occupants: 10));
        await using (var past = _search.Database.CreateCommand(
            "update search.rooms set activity_at = activity_at - interval '3 hours' where jid like 'smooth@%'"))
        {
            await past.ExecuteNonQueryAsync();
        }
        await _search.PutAsync(SearchHost.Room("smooth", "dugong", occupants: 90, version: 2));
        // Ten people were there for three hours, and the activity was ten: it stays. The ninety count from now on.
        var room = Assert.Single((await _search.Finder.FindAsync(Query("dugong"), CancellationToken.None)).Rooms);
        Assert.Equal((90, 10f, Relevance.Exact + Relevance.Popularity(10)),
            (room.Occupants, room.Activity, room.SortValue));
        await using (var past = _search.Database.CreateCommand(
            "update search.rooms set activity_at = activity_at - interval '3 hours' where jid like 'smooth@%'"))
        {
            await past.ExecuteNonQueryAsync();
        }
        await _search.PutAsync(SearchHost.Room("smooth", "dugong", occupants: 90, version: 3));
        room = Assert.Single((await _search.Finder.FindAsync(Query("dugong"), CancellationToken.None)).Rooms);
        Assert.Equal(Activity.Next(10, 90, TimeSpan.FromHours(3)), room.Activity, 0.05);
    }

    [Theory]
    [InlineData("100% _under_ back\\slash")]
    [InlineData("' or 1=1; drop table search.rooms; --")]
    [InlineData("(a|b)* [c-d]+ ^$")]
    [InlineData("a & b | !c <-> d :*")]
    [InlineData("\"\"\"\" \" \"")]
    [InlineData("'':*A & ''")]
    [InlineData("‮evil‬ text")]
    [InlineData("العربية עברית")]
    public async Task Whatever_is_typed_is_words(string text)
    {
        Assert.DoesNotContain("error", await _search.FindAsync(text), StringComparison.OrdinalIgnoreCase);
        foreach (var sort in Enum.GetValues<SortKey>())
            await _search.FindAsync(text, q => q with { Sort = sort, Language = "ru" });
    }

    [Fact]
    public async Task Half_a_surrogate_and_nothing_at_all_are_no_query()
    {
        foreach (var text in new[] { "\ud800", "", "   ", "-,.;:", "​", "\0" })
            Assert.StartsWith("A search needs a word", await _search.FindAsync(text), StringComparison.Ordinal);
        Assert.StartsWith("A search has at most", await _search.FindAsync(new string('x', 10_000)), StringComparison.Ordinal);
    }

    private static RoomQuery Query(string text)
    {
        Assert.True(SearchTerms.TryParse(text, new SearchLimits(), out var terms, out _));
        return new RoomQuery { Terms = terms };
    }
}
