using System.Text.Json;
using System.Text.Json.Serialization;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>Configuration and subject as JSON columns. Names are those of the properties, values of enums their names: a field that
/// is new takes its default when an older row is read.</summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter(), new JidConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static string Write(RoomConfiguration configuration) => JsonSerializer.Serialize(configuration, Options);

    public static RoomConfiguration ReadConfiguration(string json) => JsonSerializer.Deserialize<RoomConfiguration>(json, Options)!;

    public static string? Write(Subject? subject) => subject is null ? null : JsonSerializer.Serialize(subject, Options);

    public static Subject? ReadSubject(string? json) => json is null ? null : JsonSerializer.Deserialize<Subject>(json, Options);

    private sealed class JidConverter : JsonConverter<Jid>
    {
        // What we wrote came from a server: it is read as leniently.
        public override Jid? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(text)) : null;

        public override void Write(Utf8JsonWriter writer, Jid value, JsonSerializerOptions options) => writer.WriteStringValue(value.Utf8);
    }
}
