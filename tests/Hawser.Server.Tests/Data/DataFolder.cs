using System.Globalization;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace Hawser.Server.Tests.Data;

/// <summary>A data folder of one test, gone afterwards.</summary>
internal sealed class DataFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("hawser-data-").FullName;

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    internal static StoredDevice Device(int number, byte seed = 1) => new(
        (100_000_000 + number).ToString(CultureInfo.InvariantCulture),
        [seed, 0, (byte)number, (byte)(number >> 8), 0xFF],
        [.. Enumerable.Range(0, 32).Select(i => (byte)(i + number + seed))],
        PeerAddress.FromIPv4(0xCB007100u | (byte)number, 0),
        new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc),
        null,
        false);

    /// <summary>One value of a database file, read by a stranger.</summary>
    internal static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static void Run(string file, string sql) => Scalar(file, sql);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
