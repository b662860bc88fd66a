using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Disco;

/// <summary>The digest of a disco#info answer that presence carries (XEP-0115), so that nobody has to ask
/// twice.</summary>
public static class EntityCapabilities
{
    public const string Namespace = "http://jabber.org/protocol/caps";

    /// <summary>XEP-0115 §5.1 with SHA-1, the one algorithm that everybody implements.</summary>
    [SuppressMessage("Security", "CA5350",
        Justification = "XEP-0115 §5.1 names SHA-1; it is a name, not a protection.")]
    public static string Hash(DiscoInfo info)
    {
        var text = new StringBuilder();
        var identities = info.Identities
            .Select(identity => $"{identity.Category}/{identity.Type}/{identity.Lang}/{identity.Name}<")
            .OrderBy(line => line, StringComparer.Ordinal);
        text.AppendJoin("", identities);
        foreach (var feature in info.Features)
            text.Append(feature).Append('<');

        var forms = info.Forms.Where(form => form.FormTypeName is not null)
            .OrderBy(form => form.FormTypeName, StringComparer.Ordinal);
        foreach (var form in forms)
        {
            text.Append(form.FormTypeName).Append('<');
            var fields = form.Fields.Where(field => field.Var is not null and not "FORM_TYPE")
                .OrderBy(field => field.Var, StringComparer.Ordinal);
            foreach (var field in fields)
            {
                text.Append(field.Var).Append('<');
                foreach (var value in field.Values.Order(StringComparer.Ordinal))
                    text.Append(value).Append('<');
            }
        }

        return Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The c element for a presence; node is a URI that names the software.</summary>
    public static Element ToElement(DiscoInfo info, string node) =>
        new Element("c", Namespace).With("hash", "sha-1").With("node", node).With("ver", Hash(info));
}
