using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Annex.Interop.Clients;

namespace Annex.Faults;

/// <summary>Somebody with a busy day: enters and leaves rooms, talks, configures, uploads and downloads, registers a device and takes it
/// back, searches. Each act is awaited; one that is answered with an error is counted, since limits may say no.</summary>
internal sealed partial class SoakUser(RawClient client, string name, HttpClient http, Random random) : IDisposable
{
    private const int Rooms = 12;

    private int _number;

    public int Acts { get; private set; }

    public int Refusals { get; private set; }

    public async Task LiveAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await ActAsync();
            Acts++;
        }
        for (var room = 0; room < Rooms; room++)
            await client.TrySendAsync($"<presence type='unavailable' to='{Room(room)}/{name}'/>");
    }

    public void Dispose() => client.Dispose();

    private static string Room(int number) => $"soak{number}@muc.annex.test";

    private Task ActAsync()
    {
        var room = Room(random.Next(Rooms));
        return random.Next(20) switch
        {
            < 4 => EnterAsync(room),
            < 6 => client.TrySendAsync($"<presence type='unavailable' to='{room}/{name}'/>"),
            < 14 => TalkAsync(room),
            14 => AskAsync(room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                + "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                + $"<field var='muc#roomconfig_roomname'><value>Day {random.Next(100)}</value></field>"
                + $"<field var='muc#roomconfig_persistentroom'><value>{random.Next(2)}</value></field></x></query>"),
            < 17 => UploadAsync(),
            17 => RegisterAsync(),
            18 => AskAsync("search.annex.test", "get", "<search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'>"
                + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field>"
                + "<field var='q'><value>day</value></field><field var='sinname'><value>1</value></field></x></search>"),
            _ => AskAsync("muc.annex.test", "get", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
        };
    }

    private async Task EnterAsync(string room)
    {
        await client.TrySendAsync($"<presence to='{room}/{name}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='5'/></x></presence>");
        await AskAsync(room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>");
    }

    /// <summary>A message, and a question behind it: whoever waits for answers does not run away from the service.</summary>
    private async Task TalkAsync(string room)
    {
        await client.TrySendAsync($"<message type='groupchat' id='m{++_number}' to='{room}'><body>{name} says {_number}</body></message>");
        await AskAsync(room, "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    }

    private async Task UploadAsync()
    {
        var content = new byte[random.Next(1, 20_000)];
        random.NextBytes(content);
        var answer = await AskAsync("upload.annex.test", "get",
            $"<request xmlns='urn:xmpp:http:upload:0' filename='a{_number}.bin' size='{content.Length}'/>");
        if (!Url().IsMatch(answer))
            return;
        var put = Put().Match(answer).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Put, put) { Content = new ByteArrayContent(content) };
        if (Authorization().Match(answer) is { Success: true } header)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(header.Groups[1].Value);
        using var stored = await http.SendAsync(request);
        if (!stored.IsSuccessStatusCode)
            throw new InvalidOperationException($"An upload was answered with {stored.StatusCode}.");
        var again = await http.GetByteArrayAsync(Get().Match(answer).Groups[1].Value);
        if (!again.AsSpan().SequenceEqual(content))
            throw new InvalidOperationException("A file came back as another.");
    }

    private async Task RegisterAsync()
    {
        var answer = await AskAsync("push.annex.test", "set",
            "<command xmlns='http://jabber.org/protocol/commands' node='register-push-webpush' action='execute'>"
            + "<x xmlns='jabber:x:data' type='submit'><field var='endpoint'><value>https://push.example.org/x</value></field>"
            + "<field var='p256dh'><value>BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4</value></field>"
            + "<field var='auth'><value>BTBZMqHH6r4Tts7J_aSIgg</value></field></x></command>");
        if (answer.Contains("type=\"error\"", StringComparison.Ordinal) || answer.Contains("type='error'", StringComparison.Ordinal))
            return;
        await AskAsync("push.annex.test", "set", "<command xmlns='http://jabber.org/protocol/commands' node='unregister-push' action='execute'/>");
    }

    private async Task<string> AskAsync(string to, string type, string payload)
    {
        var id = $"{name}q{++_number}";
        await client.TrySendAsync($"<iq type='{type}' id='{id}' to='{to}'>{payload}</iq>");
        for (var wait = 0; wait < 1500; wait++)
        {
            var text = client.Text;
            var at = text.LastIndexOf($"id='{id}'", StringComparison.Ordinal);
            var end = at < 0 ? -1 : Math.Max(text.IndexOf("</iq>", at, StringComparison.Ordinal), text.IndexOf("/>", at, StringComparison.Ordinal));
            if (end > 0)
            {
                var answer = text[text.LastIndexOf("<iq", at, StringComparison.Ordinal)..end];
                Refusals += answer.Contains("type='error'", StringComparison.Ordinal) ? 1 : 0;
                return answer;
            }
            await Task.Delay(20);
        }
        throw new TimeoutException($"{to} did not answer {payload}.");
    }

    [GeneratedRegex("<put")]
    private static partial Regex Url();

    [GeneratedRegex("<put[^>]*url=['\"]([^'\"]*)['\"]")]
    private static partial Regex Put();

    [GeneratedRegex("<get[^>]*url=['\"]([^'\"]*)['\"]")]
    private static partial Regex Get();

    [GeneratedRegex("name=['\"]Authorization['\"][^>]*>([^<]*)<")]
    private static partial Regex Authorization();
}
