using System.Diagnostics;
using Annex.Rooms;

// dotnet run -c Release --project bench/Rooms [-- join join=NUMBER fanout large memory idle]
// Each figure: the whole of the service's path of a stanza (mailbox, room, effects, queue, write loop) but framing and socket.
var wanted = args.Length > 0 ? args : ["join", "fanout", "memory", "idle"];
if (wanted.Contains("join")) await JoinAsync(1000);
if (wanted.Contains("large")) await JoinAsync(10_000);
if (wanted.FirstOrDefault(w => w.StartsWith("join=", StringComparison.Ordinal)) is { } some)
    await JoinAsync(int.Parse(some[5..], System.Globalization.CultureInfo.InvariantCulture));
if (wanted.Contains("fanout")) await FanOutAsync(1000, 2000);
if (wanted.Contains("memory")) await MemoryAsync(100_000, 100);
if (wanted.Contains("idle")) await IdleAsync(100_000);

static async Task JoinAsync(int people)
{
    await using var world = await World.StartAsync();
    world.Join("coven", 0);
    world.Unlock("coven", 0);
    await world.UntilAsync(() => world.Room("coven") is { IsLocked: false, SessionCount: 1 });
    var (cpu, clock, bytes) = (Cpu(), Stopwatch.StartNew(), world.BytesOut);
    for (var i = 1; i < people; i++)
    {
        world.Join("coven", i);
        // A server hands them over one after the other; a mailbox of ten thousand would measure the waiting too.
        if (i % 1000 == 0)
            await world.UntilAsync(() => world.Room("coven")!.SessionCount == i + 1);
    }
    await world.UntilAsync(() => world.Room("coven")!.SessionCount == people);
    Console.WriteLine($"join    {people} into one room: {Cpu() - cpu:F2} s of CPU, {clock.Elapsed.TotalSeconds:F2} s, " +
        $"{(world.BytesOut - bytes) / 1e6:F0} MB written, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB");
}

static async Task FanOutAsync(int people, int messages)
{
    await using var world = await World.StartAsync();
    world.Join("coven", 0);
    world.Unlock("coven", 0, "<field var='muc#roomconfig_historylength'><value>0</value></field>");
    for (var i = 1; i < people; i++)
        world.Join("coven", i);
    await world.UntilAsync(() => world.Room("coven") is { } room && room.SessionCount == people);
    for (var round = 0; round < 3; round++)
    {
        var (cpu, clock, bytes, allocated) = (Cpu(), Stopwatch.StartNew(), world.BytesOut, GC.GetTotalAllocatedBytes());
        for (var i = 0; i < messages; i++)
            world.Say("coven", i % people, i);
        await world.UntilAsync(() => world.Rooms.Mailboxes.All(m => !m.IsBusy));
        var spent = Cpu() - cpu;
        Console.WriteLine($"fan-out {messages} messages to {people}: {messages * people / spent / 1e6:F1} million deliveries a second of CPU, " +
            $"{(world.BytesOut - bytes) / 1e6:F0} MB, {(GC.GetTotalAllocatedBytes() - allocated) / messages} bytes allocated a message " +
            "(the making of the stanza included)");
    }
}

static async Task MemoryAsync(int sessions, int perRoom)
{
    await using var world = await World.StartAsync();
    var (heap, rss) = Memory();
    for (var room = 0; room < sessions / perRoom; room++)
    {
        var name = $"room{room}";
        world.Join(name, room * perRoom);
        world.Unlock(name, room * perRoom);
        for (var i = 1; i < perRoom; i++)
            world.Join(name, room * perRoom + i);
        if (room % 50 == 0)
            await world.UntilAsync(() => world.Service.Census.Sessions == (room + 1) * perRoom);
    }
    await world.UntilAsync(() => world.Service.Census.Sessions == sessions);
    var (heapAfter, rssAfter) = Memory();
    Console.WriteLine($"memory  {sessions} sessions in rooms of {perRoom}: {(heapAfter - heap) / (double)sessions:F0} bytes of managed heap each, " +
        $"{(rssAfter - rss) / (double)sessions:F0} of RSS");
}

static async Task IdleAsync(int rooms)
{
    await using var world = await World.StartAsync();
    var (heap, rss) = Memory();
    for (var i = 0; i < rooms; i++)
    {
        var name = $"room{i}";
        world.Join(name, i);
        world.Unlock(name, i, "<field var='muc#roomconfig_persistentroom'><value>1</value></field>");
        world.Post($"<presence type='unavailable' from='{World.Person(i)}' to='{name}@rooms.example.org/Nick {i}'/>");
        if (i % 1000 == 0)
            await world.UntilAsync(() => world.Rooms.Count == i + 1 && world.Service.Census.Sessions == 0);
    }
    await world.UntilAsync(() => world.Rooms.Count == rooms && world.Service.Census.Sessions == 0);
    var (heapAfter, rssAfter) = Memory();
    Console.WriteLine($"idle    {rooms} empty persistent rooms in memory: {(heapAfter - heap) / (double)rooms:F0} bytes of managed heap each, " +
        $"{(rssAfter - rss) / (double)rooms:F0} of RSS");
}

static double Cpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

static (long Heap, long Rss) Memory()
{
    for (var i = 0; i < 3; i++)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }
    using var process = Process.GetCurrentProcess();
    return (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
}
