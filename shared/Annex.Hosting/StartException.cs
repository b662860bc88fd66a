namespace Annex.Hosting;

/// <summary>The process cannot start; the message is for the operator and names the configuration key to correct.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
