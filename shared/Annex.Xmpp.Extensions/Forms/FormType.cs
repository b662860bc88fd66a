namespace Annex.Xmpp.Extensions.Forms;

/// <summary>XEP-0004 §3.1.</summary>
public enum FormType { Form, Submit, Cancel, Result }
