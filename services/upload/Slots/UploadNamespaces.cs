namespace Annex.Upload.Slots;

/// <summary>The namespaces of XEP-0363.</summary>
public static class UploadNamespaces
{
    public const string Upload = "urn:xmpp:http:upload:0";

    /// <summary>Version 0.2 of the XEP, which older clients still ask with.</summary>
    public const string Legacy = "urn:xmpp:http:upload";

    public const string Purpose = "urn:xmpp:http:upload:purpose:0";

    /// <summary>The feature of one purpose (XEP-0363 §5).</summary>
    public static string Feature(Purpose purpose) => $"{Purpose}#{Name(purpose)}";

    public static bool TryParse(string name, out Purpose purpose)
    {
        foreach (var one in Enum.GetValues<Purpose>())
        {
            purpose = one;
            if (Name(one) == name) return true;
        }
        purpose = Slots.Purpose.Message;
        return false;
    }

    public static string Name(Purpose purpose) => purpose switch
    {
        Slots.Purpose.Profile => "profile",
        Slots.Purpose.Ephemeral => "ephemeral",
        Slots.Purpose.Permanent => "permanent",
        _ => "message",
    };
}
