namespace Annex.Xmpp.Extensions.Forms;

/// <summary>XEP-0004 §3.3.</summary>
public enum FieldType
{
    TextSingle, TextMulti, TextPrivate, Boolean, ListSingle, ListMulti, JidSingle, JidMulti, Hidden, Fixed,
}
