namespace Annex.Hosting.Configuration;

/// <summary>The value is never logged or shown. A property of the same name with "File" added gives the file that has it as its
/// first line; one of the two may be set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
