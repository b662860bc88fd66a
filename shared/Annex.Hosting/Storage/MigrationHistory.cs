using System.Reflection;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>Which migrations there are, and which the database has had, as EF Core sees it and without it.</summary>
internal static class MigrationHistory
{
    private const string Namespace = "Microsoft.EntityFrameworkCore";

    /// <summary>A context's migrations, in its assembly and marked with it.</summary>
    public static IReadOnlySet<string> Known(Type context)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in context.Assembly.GetTypes())
        {
            if (type.BaseType?.FullName != $"{Namespace}.Migrations.Migration")
                continue;
            // Read and not made: nothing of EF Core is run.
            var attributes = type.GetCustomAttributesData();
            if (ArgumentOf(attributes, $"{Namespace}.Infrastructure.DbContextAttribute") as Type == context
                && ArgumentOf(attributes, $"{Namespace}.Migrations.MigrationAttribute") is string name)
                known.Add(name);
        }
        return known;
    }

    private static object? ArgumentOf(IEnumerable<CustomAttributeData> attributes, string name) =>
        attributes.FirstOrDefault(a => a.AttributeType.FullName == name)?.ConstructorArguments[0].Value;

    /// <summary>Those that the database has had; none where it is new.</summary>
    public static async Task<IReadOnlySet<string>> ReadAppliedAsync(NpgsqlConnection connection, string schema,
        CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        var table = $"{schema}.\"{AnnexDatabase.HistoryTable}\"";
        await using (var exists = new NpgsqlCommand("select to_regclass($1) is not null", connection) { Parameters = { new() { Value = table } } })
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
                return applied;
        }
        await using var read = new NpgsqlCommand($"select \"MigrationId\" from {table}", connection);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }
}
