using Xunit;

namespace Annex.Scenarios.Upload;

public sealed class UploadsOnDisk(DiskHost fixture) : UploadConversations(fixture), IClassFixture<DiskHost>;
