using System.Buffers;
using System.Text.Json;
using Annex.Push.Handlers;
using Annex.Push.Storage;
using Annex.Xmpp.Extensions.Delay;

namespace Annex.Push.Rpc;

/// <summary>What is kept of a user as a document for people: no token, no address of an endpoint, no secret.</summary>
internal static class UserExport
{
    public static ReadOnlyMemory<byte> Write(string user, IEnumerable<RegistrationRow> registrations,
        IEnumerable<(EndpointRow Endpoint, int Waiting)> endpoints,
        IEnumerable<(QueueRow Push, string? Node, string? Owner)> waiting)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("user", user);
        json.WriteStartArray("devices");
        foreach (var row in registrations) Write(json, row);
        json.WriteEndArray();
        json.WriteStartArray("endpoints");
        foreach (var (endpoint, count) in endpoints)
        {
            json.WriteStartObject();
            json.WriteString("application", endpoint.Application);
            json.WriteString("instance", endpoint.Instance);
            json.WriteString("client", endpoint.Client);
            json.WriteString("expires", XmppDateTime.Format(endpoint.ExpiresAt));
            json.WriteNumber("waiting", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("waiting");
        foreach (var (push, node, _) in waiting)
        {
            json.WriteStartObject();
            json.WriteString("node", node);
            json.WriteString("due", XmppDateTime.Format(push.DueAt));
            json.WriteString("expires", XmppDateTime.Format(push.ExpiresAt));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, RegistrationRow row)
    {
        json.WriteStartObject();
        json.WriteString("node", row.Node);
        json.WriteString("device", row.Device);
        json.WriteString("provider", row.Provider);
        json.WriteString("app", row.App);
        json.WriteString("room", row.Room);
        json.WriteString("rooms", DeviceCommands.RoomsWord(row.Rooms));
        json.WriteBoolean("include-sender", row.WantsSender);
        json.WriteBoolean("include-body", row.WantsBody);
        json.WriteString("registered", XmppDateTime.Format(row.RegisteredAt));
        json.WriteString("delivered", row.LastDeliveredAt is { } at ? XmppDateTime.Format(at) : null);
        json.WriteString("answer", row.LastOutcome);
        json.WriteNumber("failures", row.Failures);
        json.WriteString("gone", row.GoneAt is { } gone ? XmppDateTime.Format(gone) : null);
        json.WriteEndObject();
    }
}
