using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Annex.Hosting.Configuration;

/// <summary>
/// Binds a section to an options object and checks it, with one line for every wrong key: the framework's binder stops at the
/// first one and does not look into nested objects. Scalars, nested classes, lists (of scalars also as one comma-separated
/// value), dictionaries by name; what the section does not have keeps its default.
/// </summary>
internal sealed class OptionsReader(ConfigurationErrors errors)
{
    public void Read(IConfigurationSection section, object options)
    {
        foreach (var property in OptionProperties.Of(options.GetType()))
        {
            var child = section.GetSection(property.Name);
            if (child.Exists())
                ReadProperty(child, options, property);
            else if (OptionProperties.IsNested(property.PropertyType) && property.GetValue(options) is { } nested)
                Read(child, nested);
        }
        ReadSecretFiles(section, options);
        Validate(section.Path, options);
    }

    private void ReadProperty(IConfigurationSection section, object options, PropertyInfo property)
    {
        var type = property.PropertyType;
        if (OptionProperties.IsNested(type))
        {
            var nested = property.GetValue(options) ?? Activator.CreateInstance(type)!;
            Read(section, nested);
            if (property.CanWrite)
                property.SetValue(options, nested);
        }
        else if (OptionProperties.DictionaryValue(type) is { } valueType)
            property.SetValue(options, ReadDictionary(section, type, valueType));
        else if (OptionProperties.ListElement(type) is { } elementType)
            property.SetValue(options, ReadList(section, type, elementType));
        else if (TryReadScalar(section, type, OptionProperties.IsSecret(property), out var value))
            property.SetValue(options, value);
    }

    private IDictionary ReadDictionary(IConfigurationSection section, Type type, Type valueType)
    {
        var dictionaryType = typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType);
        var dictionary = (IDictionary)Activator.CreateInstance(dictionaryType, StringComparer.OrdinalIgnoreCase)!;
        if (!type.IsAssignableFrom(dictionaryType))
            throw new NotSupportedException($"{type} is no shape of an option.");
        foreach (var child in section.GetChildren())
        {
            if (TryReadElement(child, valueType, out var value))
                dictionary[child.Key] = value;
        }
        return dictionary;
    }

    private object ReadList(IConfigurationSection section, Type type, Type elementType)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        if (section.Value is { } line)
        {
            foreach (var part in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (OptionScalar.TryParse(part, elementType, out var value, out var expected))
                    list.Add(value);
                else
                    errors.Add(section.Path, $"'{part}' is not {expected}");
            }
        }
        foreach (var child in section.GetChildren())
        {
            if (TryReadElement(child, elementType, out var value))
                list.Add(value);
        }
        if (!type.IsArray)
            return list;
        var array = Array.CreateInstance(elementType, list.Count);
        list.CopyTo(array, 0);
        return array;
    }

    private bool TryReadElement(IConfigurationSection section, Type type, out object? value)
    {
        if (!OptionProperties.IsNested(type))
            return TryReadScalar(section, type, isSecret: false, out value);
        value = Activator.CreateInstance(type)!;
        Read(section, value);
        return true;
    }

    private bool TryReadScalar(IConfigurationSection section, Type type, bool isSecret, out object? value)
    {
        value = null;
        if (section.Value is not { } text)
        {
            errors.Add(section.Path, "one value is expected here, not a section");
            return false;
        }
        // An empty environment variable is how compose files say "not set".
        if (text.Length == 0 && (Nullable.GetUnderlyingType(type) is not null || type == typeof(string) || type == typeof(Uri)))
        {
            value = type == typeof(string) ? "" : null;
            return type == typeof(string);
        }
        if (OptionScalar.TryParse(text, type, out value, out var expected))
            return true;
        errors.Add(section.Path, isSecret ? $"the value is not {expected}" : $"'{text}' is not {expected}");
        return false;
    }

    private void ReadSecretFiles(IConfigurationSection section, object options)
    {
        foreach (var property in OptionProperties.Of(options.GetType()))
        {
            if (OptionProperties.FileOf(property) is not { } fileProperty
                || fileProperty.GetValue(options) is not string { Length: > 0 } path)
                continue;
            var key = $"{section.Path}:{fileProperty.Name}".TrimStart(':');
            if (property.GetValue(options) is string { Length: > 0 })
                errors.Add(key, $"{property.Name} is set too; one of the two is enough");
            else if (SecretFile.TryRead(path, out var secret, out var problem))
                property.SetValue(options, secret);
            else
                errors.Add(key, problem);
        }
    }

    private void Validate(string path, object options)
    {
        foreach (var result in Problems(options))
        {
            var member = result.MemberNames.FirstOrDefault();
            var key = member is null ? path : path.Length == 0 ? member : $"{path}:{member}";
            errors.Add(key, result.ErrorMessage ?? "wrong value");
        }
    }

    /// <summary>What Validator.TryValidateObject finds, without the component model's descriptors behind it, which are a megabyte
    /// of a small process: the attributes of the properties first, and the object's own word when they are content.</summary>
    private static List<ValidationResult> Problems(object options)
    {
        var results = new List<ValidationResult>();
        foreach (var property in OptionProperties.Of(options.GetType()))
        {
            var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = property.Name };
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>().OrderByDescending(a => a is RequiredAttribute))
            {
                if (attribute.GetValidationResult(property.GetValue(options), context) is not { } result)
                    continue;
                results.Add(result);
                if (attribute is RequiredAttribute)
                    break;
            }
        }
        if (results.Count == 0 && options is IValidatableObject whole)
            results.AddRange(whole.Validate(new ValidationContext(options)));
        return results;
    }
}
