using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Annex.Testing.Servers;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>What holds the files fails while people upload.</summary>
public sealed class UploadTests(ITestOutputHelper output)
{
    [RootFact]
    public async Task With_a_full_disk_files_are_refused_and_when_there_is_room_again_those_acknowledged_are_whole()
    {
        using var disk = new SmallDisk(megabytes: 64);
        var directory = Path.Combine(disk.Path, "upload");
        using var load = new UploadLoad(await DatabaseAsync(), ("Upload__Directory", directory));
        await load.DuringUploadsAsync(async () =>
        {
            disk.Fill();
            var before = load.RefusedCount;
            await UploadLoad.UntilAsync(() => load.RefusedCount >= before + 5);
            disk.MakeRoom();
        });
        Assert.All(load.Refused.Keys, status => Assert.Equal(HttpStatusCode.InsufficientStorage, status));
        await AssertNothingLostAsync(load, () => Task.FromResult(
            Directory.GetFiles(Path.Combine(directory, "files"), "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).ToList()));
        Assert.Empty(Directory.GetFiles(Path.Combine(directory, "incoming")));
    }

    [Fact]
    public async Task When_the_object_gateway_is_killed_files_are_refused_and_those_acknowledged_are_whole()
    {
        var ceph = await CephServer.SharedAsync();
        var bucket = $"bucket-{Guid.NewGuid():N}";
        using var client = new AmazonS3Client(ceph.AccessKey, ceph.SecretKey,
            new AmazonS3Config { ServiceURL = ceph.Url.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(bucket);
        using var load = new UploadLoad(await DatabaseAsync(), ("Upload__Store", "S3"), ("Upload__S3__Bucket", bucket),
            ("Upload__S3__Endpoint", ceph.Url.GetLeftPart(UriPartial.Authority)), ("Upload__S3__AccessKey", ceph.AccessKey),
            ("Upload__S3__SecretKey", ceph.SecretKey));
        for (var round = 0; round < 2; round++)
        {
            await load.DuringUploadsAsync(async () =>
            {
                await ceph.KillGatewayAsync();
                var before = load.RefusedCount;
                await UploadLoad.UntilAsync(() => load.RefusedCount > before);
                await ceph.StartGatewayAsync();
            });
        }
        Assert.All(load.Refused.Keys, status => Assert.InRange((int)status, 502, 504));
        await AssertNothingLostAsync(load, async () =>
        {
            var keys = new List<string>();
            var request = new ListObjectsV2Request { BucketName = bucket };
            ListObjectsV2Response page;
            do
            {
                page = await client.ListObjectsV2Async(request);
                keys.AddRange((page.S3Objects ?? []).Select(o => o.Key[(o.Key.LastIndexOf('/') + 1)..]));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true);
            return keys;
        });
    }

    private static async Task<string> DatabaseAsync() => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    private async Task AssertNothingLostAsync(UploadLoad load, Func<Task<List<string>>> stored)
    {
        await load.KillAndRestartAsync();
        var wrong = await load.WrongAsync(stored);
        var lost = await load.LostAsync();
        output.WriteLine($"{load.AcknowledgedCount} acknowledged, refused {string.Join(", ", load.Refused.Select(r => $"{r.Value} x {(int)r.Key}"))}; "
            + $"acknowledged and lost {lost}, books wrong {wrong}");
        Assert.Equal((0, 0), (lost, wrong));
    }
}
