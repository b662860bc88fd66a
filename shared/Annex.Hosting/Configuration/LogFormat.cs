namespace Annex.Hosting.Configuration;

public enum LogFormat
{
    Line,
    Json,
}
