using System.ComponentModel.DataAnnotations;

namespace Annex.Upload;

/// <summary>For operators who keep their XMPP server's own upload module and use our HTTP half. Each is off until its secret is
/// set (or the file that holds it in its first line).</summary>
public sealed class ExternalOptions : IValidatableObject
{
    private const int MinSecretLength = 16;

    /// <summary>http_upload_external_secret of prosody-modules' mod_http_upload_external, external_secret of ejabberd.</summary>
    public string Secret { get; set; } = "";

    public string SecretFile { get; set; } = "";

    /// <summary>http_file_share_secret of Prosody's mod_http_file_share, with its http_file_share_base_url.</summary>
    public string ProsodySecret { get; set; } = "";

    public string ProsodySecretFile { get; set; } = "";

    /// <summary>Last segment of ejabberd's service_url: {PublicUrl or listener}/ejabberd/{this}. It is all that protects it.</summary>
    public string ServiceUrlSecret { get; set; } = "";

    public string ServiceUrlSecretFile { get; set; } = "";

    /// <summary>How long files are kept that an external module granted without saying so; zero: until somebody deletes them.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (value, key) in new[]
            {
                (Secret, nameof(Secret)), (ProsodySecret, nameof(ProsodySecret)), (ServiceUrlSecret, nameof(ServiceUrlSecret)),
            })
        {
            if (value.Length is > 0 and < MinSecretLength)
            {
                yield return new($"At least {MinSecretLength} characters.", [key]);
            }
        }
    }
}
