using Annex.Hosting;

namespace Annex.Upload;

/// <summary>What the process is made of.</summary>
public static class UploadService
{
    public static AnnexService Definition { get; } = new("Upload", Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
    }
}
