using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>Everything that holds on a local disk, with all bytes on their way through us into a real bucket.</summary>
public sealed class UploadsOnCeph(CephHost fixture) : UploadConversations(fixture), IClassFixture<CephHost>;

public sealed class DownloadsOnCeph(CephHost fixture) : DownloadConversations(fixture), IClassFixture<CephHost>;

public sealed class DownloadsAfterPreSigned(CephPreSignedHost fixture)
    : DownloadConversations(fixture), IClassFixture<CephPreSignedHost>;
