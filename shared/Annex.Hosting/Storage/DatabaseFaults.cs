using System.Net.Sockets;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>What a database error says about the database rather than about the statement.</summary>
internal static class DatabaseFaults
{
    /// <summary>The server cannot be reached or does not serve at the moment: the same work succeeds when it is back.</summary>
    public static bool IsAway(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException postgres)
                return IsNotServing(postgres);
            if (e is NpgsqlException or SocketException)
                return true;
        }
        return false;
    }

    /// <summary>The server's machine answers and no server is there: nobody else can use the database either.</summary>
    public static bool IsCertainlyDown(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
                return true;
            if (e is PostgresException postgres)
                return IsNotServing(postgres);
        }
        return false;
    }

    // 57P01 admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now. 53300, too many connections, is passing as well,
    // but the server serves others.
    private static bool IsNotServing(PostgresException e) => e.SqlState is "57P01" or "57P02" or "57P03" or "53300";
}
