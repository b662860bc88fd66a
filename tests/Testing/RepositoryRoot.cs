namespace Annex.Testing;

/// <summary>The folder that holds <c>Annex.slnx</c>, from wherever a test's assembly was built to.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Annex.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run from inside the repository.");
    }
}
