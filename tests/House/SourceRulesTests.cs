using System.Text.RegularExpressions;
using Xunit;

namespace Annex.House;

public sealed partial class SourceRulesTests
{
    private static readonly string[] Product = ["shared", "services", "host", "tools"];

    private static readonly string[] ForbiddenFolders =
        ["Models", "Helpers", "Utils", "Utilities", "Managers", "Abstractions", "Common", "Misc", "Interfaces"];

    [Fact]
    public void No_source_file_is_longer_than_500_lines()
    {
        var broken = Repository.Sources("shared", "services", "host", "tools", "tests", "bench")
            .Select(f => (File: f, Lines: Repository.Read(f).Count(c => c == '\n')))
            .Where(f => f.Lines > 500);
        Assert.Empty(broken);
    }

    [Fact]
    public void Folders_are_named_for_what_they_do()
    {
        var broken = Repository.Sources(Product).Where(f => f.Split('/')[..^1].Any(ForbiddenFolders.Contains));
        Assert.Empty(broken);
    }

    [Fact]
    public void A_file_holds_one_public_type()
    {
        var broken = from file in Repository.Sources(Product)
                     let types = Repository.Code(file).Count(l => PublicType().IsMatch(l))
                     where types > 1
                     select $"{file}: {types} public types";
        Assert.Empty(broken);
    }

    [Fact]
    public void Hot_files_use_no_linq_and_no_string_building()
    {
        var broken = from file in Repository.Sources(Product)
                     where Repository.Read(file).StartsWith("// Hot path", StringComparison.Ordinal)
                     from line in Repository.Code(file)
                     where line.Contains("using System.Linq", StringComparison.Ordinal)
                           || line.Contains("StringBuilder", StringComparison.Ordinal)
                           || LinqCall().IsMatch(line)
                     select $"{file}: {line.Trim()}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Nothing_is_async_void_and_no_thread_sleeps()
    {
        var broken = from file in Repository.Sources("shared", "services", "host", "tools", "tests")
                     where !file.StartsWith("tests/House/", StringComparison.Ordinal)
                     from line in Repository.Code(file)
                     where line.Contains("async void", StringComparison.Ordinal)
                           || line.Contains("Thread.Sleep", StringComparison.Ordinal)
                     select $"{file}: {line.Trim()}";
        Assert.Empty(broken);
    }

    [Fact]
    public void No_test_is_skipped()
    {
        var broken = from file in Repository.Sources("tests")
                     where !file.StartsWith("tests/House/", StringComparison.Ordinal)
                     from line in Repository.Code(file)
                     where SkippedTest().IsMatch(line)
                     select $"{file}: {line.Trim()}";
        Assert.Empty(broken);
    }

    // A type nested in another is indented; file-scoped namespaces leave the outer ones at the margin.
    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|readonly|ref|partial|unsafe)\s+)*(?:class|struct|interface|enum|record)\b")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\.(Select|Where|ToList|ToArray|Any|All|First|FirstOrDefault|OrderBy|Aggregate)\(\s*\w+\s*=>")]
    private static partial Regex LinqCall();

    [GeneratedRegex(@"\b(Fact|Theory)\s*\(.*\bSkip\s*=")]
    private static partial Regex SkippedTest();
}
