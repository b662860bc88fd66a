namespace Annex.Search.Web;

/// <summary>What owners, operators and authors of clients have to know, as pages.</summary>
internal static class Documents
{
    public static Html ForOwners(SearchOptions options, Links links) => Html.Of($"""
        <h1>Be listed, or not</h1>
        <h2>Which rooms are listed</h2>
        <p>A room is listed while it is all of this: public (it stands in its service’s own list), persistent, and open: anyone may
        join without a password and without being a member first. Name, description, language, tags and the number of people are
        shown as the room itself gives them. Who is in a room, what is said there and its subject are never looked at.</p>
        <h2>Say more about your room</h2>
        <ul>
        <li>Give it a name and a description in its settings; words in the name weigh most.</li>
        <li>Set its language.</li>
        <li>End the description with tags: <code>#gardening #berlin</code>.</li>
        <li>A room for adults has the tag <code>#nsfw</code>, so that people can leave it out.</li>
        </ul>
        <h2>Be taken out</h2>
        <ul>
        <li><strong>As an owner of a room:</strong> make it hidden in its settings, or write <code>#unlisted</code> at the end of its
        description: it goes with the next look. Or open the commands of <code>{options.Address}</code> in your client and
        choose “Take my room out of the directory”: that holds until you take it back.</li>
        <li><strong>As an operator of a service:</strong> put the feature <code>urn:annex:search:0#unlisted</code> into the answer of your
        service to disco#info, or write to us: then no room of it is listed or asked about.</li>
        </ul>
        {Html.If(options.AbuseContact is not null, $"<p>Our address is <a href=\"{options.AbuseContact}\">{Shown(options.AbuseContact)}</a>.</p>")}
        <h2>How results are ordered</h2>
        <p>By the place of the words (the whole name or address, the name, the address and tags, the description) together with the
        number of people, smoothed over hours. Nobody can buy a place.</p>
        <h2>What is kept about searches</h2>
        <p>Nothing. Words that are searched for are in no log.</p>
        """);

    private static string Shown(string? uri) => uri is null ? "" : uri.StartsWith("https:", StringComparison.Ordinal) ? uri : uri[(uri.IndexOf(':', StringComparison.Ordinal) + 1)..];

    public static Html ForClients(Links links) => Html.Of($"""
        <h1>For clients</h1>
        <p>Over XMPP: Extended Channel Search (XEP-0433), and the older form that Converse.js and others use, at this service’s address
        and at any name in front of it (<code>api@…</code>).</p>
        <h2>Over HTTP</h2>
        <p>JSON in UTF-8, from any origin, without authentication.</p>
        <dl>
        <dt><code>GET {links.Absolute(links.At("/api/1.0/rooms/unsafe"))}?p=1</code></dt>
        <dd>All rooms by people, 200 to a page; <code>order_by=nusers</code>, <code>include_closed</code>.</dd>
        <dt><code>GET {links.Absolute(links.At("/api/1.0/rooms"))}?after=…</code></dt>
        <dd>All rooms by address, without gaps; <code>min_users</code>, <code>include_closed</code>.</dd>
        <dt><code>POST {links.Absolute(links.At("/api/1.0/search"))}</code></dt>
        <dd><code>{"{"}"keywords": ["…"], "sinname": true, "sindescr": true, "sinaddr": true, "min_users": 0, "after": null{"}"}</code>.
        <code>result.next</code> is the cursor of the next page: send it as <code>after</code>.</dd>
        <dt><code>GET {links.Absolute(links.At("/api/1.0/badge"))}?address=…</code></dt>
        <dd>An image with the number of people.</dd>
        </dl>
        <p>Too many requests are answered with 429 and Retry-After.</p>
        """);
}
