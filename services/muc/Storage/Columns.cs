using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Many rows as parameters of one statement: an array for each column, for unnest.</summary>
internal static class Columns
{
    public static NpgsqlParameter Texts(IEnumerable<string?> values) => Array(NpgsqlDbType.Text, values);

    public static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
