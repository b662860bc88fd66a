using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Annex.Contracts.Events;
using Google.Protobuf.Reflection;
using Xunit;

namespace Annex.Rpc.Tests;

/// <summary>
/// What crosses a process changes by addition only. Shapes/*.txt hold every shape that was ever published; a line may be added
/// there (ANNEX_ACCEPT_SHAPES=1 does it), none changed or taken away.
/// </summary>
public sealed class ShapeTests
{
    private static readonly IEnumerable<Type> Events = typeof(RoomChanged).Assembly.GetExportedTypes()
        .Where(t => t.Namespace == typeof(RoomChanged).Namespace);

    [Fact]
    public void Events_change_by_addition_only() => Compare("events.txt", Events.SelectMany(ShapeOf));

    [Fact]
    public void Protos_change_by_addition_only() => Compare("protos.txt", Files().SelectMany(ShapeOf));

    [Fact]
    public void An_event_of_an_older_version_is_read()
    {
        const string Old = """{"State":{"Room":"a@muc.example","Version":7},"Unknown":{"from":"a newer one"}}""";
        var changed = JsonSerializer.Deserialize<RoomChanged>(Old)!;
        Assert.Equal(("a@muc.example", 7L, true), (changed.State.Room, changed.State.Version, changed.State.IsSearchable));
    }

    [Fact]
    public void Every_event_survives_its_way_through_JSON()
    {
        var posted = new RoomMessagePosted
        {
            Room = "a@muc.example",
            StanzaId = "1",
            SenderNick = "Ann",
            Absent = [new AbsentMember { Jid = "bea@example.org", IsMentioned = true }],
        };
        var read = JsonSerializer.Deserialize<RoomMessagePosted>(JsonSerializer.Serialize(posted))!;
        Assert.Equal(posted.Absent, read.Absent);
        Assert.Equal(posted with { Absent = [] }, read with { Absent = [] });
    }

    private static IEnumerable<string> ShapeOf(Type type)
    {
        Assert.True(type.IsSealed, $"{type.Name} is not sealed");
        foreach (var property in type.GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            // A required property added later would make the events of older versions unreadable: the line says which are.
            var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? " required" : "";
            yield return $"{type.Name}.{property.Name}: {NameOf(property)}{required}";
        }
    }

    private static string NameOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        var isNullable = Nullable.GetUnderlyingType(type) is not null
            || new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
        type = Nullable.GetUnderlyingType(type) ?? type;
        var name = type.IsGenericType ? $"list of {type.GetGenericArguments()[0].Name}" : type.Name;
        return isNullable ? name + "?" : name;
    }

    private static IEnumerable<FileDescriptor> Files() => typeof(RoomChanged).Assembly.GetExportedTypes()
        .Where(t => t.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(t => t.GetProperty("Descriptor")?.GetValue(null))
        .OfType<FileDescriptor>()
        .OrderBy(f => f.Name, StringComparer.Ordinal);

    private static IEnumerable<string> ShapeOf(FileDescriptor file)
    {
        foreach (var service in file.Services)
        {
            foreach (var method in service.Methods)
            {
                var stream = method.IsServerStreaming ? "stream " : "";
                yield return $"rpc {service.FullName}.{method.Name}({method.InputType.FullName}) {stream}{method.OutputType.FullName}";
            }
        }
        foreach (var field in file.MessageTypes.Where(m => !m.FullName.EndsWith("Entry", StringComparison.Ordinal) || m.Fields.InFieldNumberOrder().Count != 2)
            .SelectMany(m => m.Fields.InFieldNumberOrder()))
        {
            var repeated = field.IsMap ? "map " : field.IsRepeated ? "repeated " : field.HasPresence && field.FieldType != FieldType.Message ? "optional " : "";
            var type = field.FieldType == FieldType.Message ? field.MessageType.FullName
                : field.FieldType == FieldType.Enum ? field.EnumType.FullName
                : field.FieldType.ToString().ToLowerInvariant();
            yield return $"message {field.ContainingType.FullName} {field.FieldNumber} {field.Name}: {repeated}{type}";
        }
        foreach (var value in file.EnumTypes.SelectMany(e => e.Values))
            yield return $"enum {value.EnumDescriptor.FullName} {value.Number} {value.Name}";
    }

    private static void Compare(string name, IEnumerable<string> shapes, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Shapes", name);
        var now = shapes.Order(StringComparer.Ordinal).ToArray();
        var published = File.Exists(path) ? File.ReadAllLines(path) : [];
        var gone = published.Except(now).ToArray();
        Assert.True(gone.Length == 0, $"Taken away or changed, which breaks older processes:\n{string.Join('\n', gone)}");
        if (Environment.GetEnvironmentVariable("ANNEX_ACCEPT_SHAPES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllLines(path, now);
            return;
        }
        var added = now.Except(published).ToArray();
        Assert.True(added.Length == 0, $"New, and not yet in Shapes/{name}:\n{string.Join('\n', added)}");
    }
}
