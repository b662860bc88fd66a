using System.Globalization;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Time;

/// <summary>XEP-0202: the time in UTC and the offset of the entity's own zone.</summary>
public static class EntityTime
{
    public const string Namespace = "urn:xmpp:time";

    public static Element ToElement(DateTimeOffset local)
    {
        var offset = local.Offset;
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var zone = string.Create(CultureInfo.InvariantCulture, $"{sign}{offset.Duration():hh\\:mm}");
        return new Element("time", Namespace).Add("tzo", zone).Add("utc", XmppDateTime.Format(local));
    }

    /// <summary>The moment in an answer, in its sender's zone where that can be read; null where it says
    /// none.</summary>
    public static DateTimeOffset? Read(Element? time)
    {
        if (time is not { Name: "time", Namespace: Namespace } ||
            !XmppDateTime.TryParse(time.Child("utc")?.Text.Trim(), out var utc))
        {
            return null;
        }

        // The offset as of any moment far from the ends of the calendar.
        var zone = time.Child("tzo")?.Text.Trim();
        if (!XmppDateTime.TryParse($"2000-01-02T00:00:00{zone}", out var midnight))
            return utc;

        var offset = new DateTimeOffset(2000, 1, 2, 0, 0, 0, TimeSpan.Zero) - midnight;
        return utc.Year is > 1 and < 9999 ? utc.ToOffset(offset) : utc;
    }
}
