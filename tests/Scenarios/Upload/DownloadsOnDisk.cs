using Xunit;

namespace Annex.Scenarios.Upload;

public sealed class DownloadsOnDisk(DiskHost fixture) : DownloadConversations(fixture), IClassFixture<DiskHost>;
