namespace Annex.Upload.Scanning;

/// <summary>The scanner did not come to a verdict: the file is not published, and the client may try again.</summary>
public sealed class ScannerException(string message, Exception? inner = null) : Exception(message, inner);
