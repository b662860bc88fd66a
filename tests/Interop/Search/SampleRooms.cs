using Annex.Contracts.Events;
using Annex.Scenarios.Search;
using Annex.Search.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Interop.Search;

/// <summary>A directory as it may look: languages and scripts, long and short texts, pictures, what is flagged.</summary>
internal static class SampleRooms
{
    private const string Hash = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

    public static async Task FillAsync(SearchHost search)
    {
        await search.PutAsync(All());
        var avatars = search.Services.GetRequiredService<AvatarStore>();
        foreach (var room in (string[])["kraut@muc.example.net", "jazz@rooms.example.org"])
            await avatars.PutAsync(room, Hash, Avatar(), CancellationToken.None);
    }

    private static IEnumerable<RoomState> All()
    {
        yield return Room("garden", "Garden & allotment", "Seeds, soil and slugs. Ask anything, show what grows. Meet-ups in spring and autumn. #gardening #plants", 42, "en");
        yield return Room("kraut", "Kraut & Rüben", "Gemüsegarten, Balkon und Hochbeet: Austausch für Anfängerinnen und alte Hasen im garden. #gardening #deutsch", 31, "de", "muc.example.net") with { AvatarHash = Hash };
        yield return Room("jazz", "Jazz club", "Records, concerts, theory. #music #jazz", 120, "en") with { AvatarHash = Hash, LogsUrl = "https://logs.example.org/jazz", WebChatUrl = "https://chat.example.org/jazz" };
        yield return Room("synth", "Synthesizers", "Everything that makes a bleep. #music", 64, "en", "muc.example.net") with { IsModerated = true };
        yield return Room("cuisine", "Cuisine du jardin", "Recettes du potager, conserves, confitures. #cuisine #gardening", 18, "fr");
        yield return Room("tokyo", "東京の庭", "庭づくりと盆栽の話をしましょう。", 12, "ja");
        yield return Room("haifa", "הגינה שלנו", "מדברים על צמחים, עצים ופרחים. #gardening", 9, "he");
        yield return Room("xmpp", "XMPP newcomers", "Which client, which server, and why does my message not arrive? People who know are patient here. #xmpp #help", 210, "en");
        yield return Room("night", "After dark", "For adults. #nsfw", 25, "en");
        yield return Room("paypal", "Pаypal support", "Not what it seems.", 3, "en");
        yield return Room("open", "Open hearts", "Addresses are shown to everyone here.", 7, "en") with { IsNonAnonymous = true };
        yield return Room("a-very-long-address-that-goes-on-and-on-without-any-reason-until-nobody-can-read-it", new string('W', 80) + " garden",
            string.Join(' ', Enumerable.Repeat("A description that does not want to end, with Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft in it.", 6)), 5);
        foreach (var n in Enumerable.Range(1, 30))
            yield return Room($"talk-{n}", $"Small talk {n}", n % 3 == 0 ? "" : "Whatever comes to mind. #smalltalk", n % 11, n % 2 == 0 ? "en" : null, "muc.example.net");
    }

    private static RoomState Room(string local, string name, string description, int occupants, string? language = null,
        string domain = "rooms.example.org") => SearchHost.Room(local, name, description, occupants, 1, language, domain);

    private static byte[] Avatar() => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAl0lEQVR42g3JoREDMAgAwE7SNbIGGlGZO0wkh4qIABeJQbMBG0Rnp+btf77oDTegEs6FHDgK+8Xf50veaAMp0VzEQaOoX3oh3mSDKMlcwiGjpF95Yd5sgynZXMZho6xfe+HefIMr+VzO4aO8X3+R3nJDKuVcyZGjst98Ud5qQynVXMVRo6rfenG8nQ1H6cx1OM6o0+/5/QEglV+Bn9e6kQAAAABJRU5ErkJggg==");
}
