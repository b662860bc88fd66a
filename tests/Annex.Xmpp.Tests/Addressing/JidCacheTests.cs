using System.Text;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Xmpp.Tests.Addressing;

public sealed class JidCacheTests
{
    [Theory]
    [InlineData("romeo@montague.example/orchard")]
    [InlineData("r\u00F6meo@b\u00FCcher.example/\u265A")]
    [InlineData("romeo@montague.example/<&>")]
    public void Parsing_a_cached_address_allocates_nothing(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var first = Jid.FromServer(bytes);
        Jid? again = null;
        for (var i = 0; i < 50; i++)
        {
            again = Jid.FromServer(bytes);
            _ = Jid.TryParse(bytes, out again);
            _ = Jid.TryParse(text, out again);
            _ = again!.Bare;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            again = Jid.FromServer(bytes);
            _ = Jid.TryParse(bytes, out again);
            _ = Jid.TryParse(text, out again);
            _ = again!.Bare;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(first, again);
    }

    [Fact]
    public void The_cache_keeps_to_its_size()
    {
        var cache = new JidCache(100);
        Assert.Equal(128, cache.Capacity);
        for (var i = 0; i < 10_000; i++)
        {
            var jid = Jid.Parse($"user{i}@bounded.example");
            var hash = JidHash.Compute(jid.Utf8);
            cache.Add(jid, hash);
            Assert.Same(jid, cache.Find(jid.Utf8, hash));
        }

        var held = Enumerable.Range(0, 10_000)
            .Select(i => Encoding.UTF8.GetBytes($"user{i}@bounded.example"))
            .Count(bytes => cache.Find(bytes, JidHash.Compute(bytes)) is not null);
        Assert.InRange(held, 64, 128);
    }

    [Fact]
    public void An_address_is_kept_once_and_very_long_ones_are_not_kept()
    {
        var cache = new JidCache(64);
        var first = Jid.FromServer("Twice@example.org"u8)!;
        var hash = JidHash.Compute(first.Utf8);
        cache.Add(first, hash);
        cache.Add(first, hash);
        Assert.Same(first, cache.Find(first.Utf8, hash));
        var longOne = Jid.FromServer(Encoding.UTF8.GetBytes("a@b/" + new string('x', JidCache.MaxCachedBytes)))!;
        cache.Add(longOne, JidHash.Compute(longOne.Utf8));
        Assert.Null(cache.Find(longOne.Utf8, JidHash.Compute(longOne.Utf8)));
    }

    [Fact]
    public void Many_threads_get_the_right_addresses_from_a_small_cache()
    {
        var cache = new JidCache(64);
        var jids = Enumerable.Range(0, 500).Select(i => Jid.Parse($"user{i}@threads.example/r{i}")).ToArray();
        var hashes = jids.Select(jid => JidHash.Compute(jid.Utf8)).ToArray();
        var wrong = 0;
        var hits = 0;
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            for (var n = 0; n < 20_000; n++)
            {
                var i = random.Next(jids.Length);
                var found = cache.Find(jids[i].Utf8, hashes[i]);
                if (found is null)
                {
                    cache.Add(jids[i], hashes[i]);
                }
                else if (ReferenceEquals(found, jids[i]))
                {
                    Interlocked.Increment(ref hits);
                }
                else
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });
        Assert.Equal(0, wrong);
        Assert.True(hits > 0);
    }

    [Fact]
    public void Threads_that_parse_the_same_addresses_agree()
    {
        var texts = Enumerable.Range(0, 200).Select(i => Encoding.UTF8.GetBytes($"User{i}@parallel.example/R{i}")).ToArray();
        Parallel.For(0, 8, _ =>
        {
            foreach (var text in texts)
            {
                var jid = Jid.FromServer(text)!;
                Assert.True(jid.Utf8.SequenceEqual(text));
                Assert.Equal(jid.Bare, Jid.Parse(jid.Bare.ToString()));
            }
        });
    }

    [Fact]
    public void Hashes_spread_over_the_table()
    {
        var buckets = new int[256];
        for (var i = 0; i < 25_600; i++)
        {
            buckets[JidHash.Compute(Encoding.UTF8.GetBytes($"user{i}@example.org")) & 255]++;
        }

        Assert.InRange(buckets.Max(), 100, 200);
        Assert.InRange(buckets.Min(), 40, 100);
    }
}
