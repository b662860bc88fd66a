using System.ComponentModel.DataAnnotations;

namespace Annex.Hosting.Configuration;

/// <summary>The value is a <see cref="ListenAddress"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAddressAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null or "" || ListenAddress.TryParse(value as string, out _)
            ? ValidationResult.Success
            : new ValidationResult($"'{value}' is not an address such as 127.0.0.1:5401 or *:5401",
                [validationContext.MemberName!]);
}
