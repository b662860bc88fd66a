using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Annex.Fuzz;

/// <summary>
/// A world of its own in which the code that reads what strangers send reports its edges: the assemblies are rewritten in memory, and this very
/// project is loaded a second time, against them. Only plain values cross the border.
/// </summary>
internal sealed class Instrumented : AssemblyLoadContext
{
    private static readonly string[] Targets = ["Annex.Xmpp", "Annex.Xmpp.Extensions", "Annex.Muc", "Annex.Upload", "Annex.Rpc"];

    private readonly Dictionary<string, byte[]> _rewritten = [];

    public Instrumented()
        : base("instrumented", isCollectible: false)
    {
        int blocks = 0;
        foreach (string name in Targets)
        {
            string path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
            if (File.Exists(path)) _rewritten.Add(name, Rewrite(path, ref blocks));
        }

        Blocks = blocks;
    }

    public int Blocks { get; }

    /// <summary>Calls <see cref="Fuzzer.Run"/> in there.</summary>
    public FuzzReport Run(string target, double seconds, int seed, string folder)
    {
        var fuzzer = LoadFromAssemblyName(new AssemblyName("Annex.Fuzz")).GetType(typeof(Fuzzer).FullName!)!;
        var run = fuzzer.GetMethod(nameof(Fuzzer.Run), BindingFlags.Public | BindingFlags.Static)!;
        object?[] result = (object?[])run.Invoke(null, [target, seconds, seed, folder])!;
        return new FuzzReport(target, (long)result[0]!, (int)result[1]!, (int)result[2]!, (byte[]?)result[3],
            (string?)result[4]);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (_rewritten.TryGetValue(name, out byte[]? image)) return LoadFromStream(new MemoryStream(image));
        return name == "Annex.Fuzz" ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Annex.Fuzz.dll"))
            : null;
    }

    private static byte[] Rewrite(string path, ref int blocks)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var hit = assembly.MainModule.ImportReference(typeof(Coverage).GetMethod(nameof(Coverage.Hit))!);
        foreach (var method in assembly.MainModule.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
        {
            method.Body.SimplifyMacros();
            foreach (var leader in Leaders(method.Body)) Probe(method.Body, leader, hit, blocks++);
            method.Body.OptimizeMacros();
        }

        var output = new MemoryStream();
        assembly.Write(output);
        return output.ToArray();
    }

    // The first instruction of each block: the method's, what a branch goes to, what follows a branch.
    private static HashSet<Instruction> Leaders(Mono.Cecil.Cil.MethodBody body)
    {
        var leaders = new HashSet<Instruction> { body.Instructions[0] };
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction to)
            {
                leaders.Add(to);
                if (instruction.Next is not null) leaders.Add(instruction.Next);
            }
            else if (instruction.Operand is Instruction[] all)
            {
                leaders.UnionWith(all);
                if (instruction.Next is not null) leaders.Add(instruction.Next);
            }
        }

        leaders.UnionWith(body.ExceptionHandlers.Select(h => h.HandlerStart));
        // A prefix (constrained., volatile. …) must stand right before its instruction.
        leaders.RemoveWhere(l => l.Previous?.OpCode.OpCodeType == OpCodeType.Prefix);
        return leaders;
    }

    // The probe takes the instruction's own place, so that branches to it reach the probe first.
    private static void Probe(Mono.Cecil.Cil.MethodBody body, Instruction leader, MethodReference hit, int block)
    {
        var moved = Instruction.Create(OpCodes.Nop);
        moved.OpCode = leader.OpCode;
        moved.Operand = leader.Operand;
        leader.OpCode = OpCodes.Ldc_I4;
        leader.Operand = block;
        var il = body.GetILProcessor();
        il.InsertAfter(leader, moved);
        il.InsertAfter(leader, Instruction.Create(OpCodes.Call, hit));
    }
}
