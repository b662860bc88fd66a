using Npgsql;

namespace Annex.Interop.Hosting;

/// <summary>Statements of a test on a connection of its own.</summary>
internal static class Sql
{
    public static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Asks until the answer is true. The limit is for a machine under load, not a measure.</summary>
    public static async Task UntilAsync(string database, string condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(patience.Token);
        while (true)
        {
            await using var command = new NpgsqlCommand($"select {condition}", connection);
            if (await command.ExecuteScalarAsync(patience.Token) is true)
                return;
            await Task.Delay(20, patience.Token);
        }
    }
}
