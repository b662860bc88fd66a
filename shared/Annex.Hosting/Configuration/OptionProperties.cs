using System.Reflection;
using Annex.Xmpp.Addressing;

namespace Annex.Hosting.Configuration;

/// <summary>What the properties of an options class are, for the reader, the check for unknown keys and the options page.</summary>
internal static class OptionProperties
{
    public static IEnumerable<PropertyInfo> Of(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && (p.CanWrite || IsNested(p.PropertyType)))
        .OrderBy(p => p.MetadataToken);

    public static bool IsNested(Type type) => type.IsClass && type != typeof(string) && type != typeof(Uri)
        && type != typeof(Jid) && !type.IsArray && ListElement(type) is null && DictionaryValue(type) is null;

    public static Type? ListElement(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || definition == typeof(IReadOnlyList<>) || definition == typeof(IList<>)
            || definition == typeof(IReadOnlyCollection<>) || definition == typeof(ICollection<>)
            || definition == typeof(IEnumerable<>) ? type.GetGenericArguments()[0] : null;
    }

    public static Type? DictionaryValue(Type type)
    {
        if (!type.IsGenericType || type.GetGenericArguments() is not [var key, var value] || key != typeof(string))
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>)
            || definition == typeof(IReadOnlyDictionary<,>) ? value : null;
    }

    /// <summary>The sibling that names the file with this property's value (Secret, SecretFile), or null.</summary>
    public static PropertyInfo? FileOf(PropertyInfo property) => property.PropertyType == typeof(string)
        && property.CanWrite
        && property.DeclaringType!.GetProperty(property.Name + "File") is { } file && file.PropertyType == typeof(string)
        ? file : null;

    public static bool IsSecret(PropertyInfo property) =>
        property.IsDefined(typeof(SecretAttribute)) || FileOf(property) is not null;
}
