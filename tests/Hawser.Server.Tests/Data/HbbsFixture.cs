using System.Globalization;
using System.Text;
using Hawser.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace Hawser.Server.Tests.Data;

/// <summary>A folder as hbbs leaves it, made from the description in the reference (§9).</summary>
internal sealed class HbbsFixture : IDisposable
{
    internal const string CreatePeer =
        """
        CREATE TABLE peer (
            guid blob primary key not null, id varchar(100) not null, uuid blob not null, pk blob not null,
            created_at datetime not null default(current_timestamp), user blob, status tinyint, note varchar(300),
            info text not null) without rowid;
        CREATE UNIQUE INDEX index_peer_id ON peer (id);
        CREATE INDEX index_peer_user ON peer (user);
        CREATE INDEX index_peer_created_at ON peer (created_at);
        CREATE INDEX index_peer_status ON peer (status);
        """;

    internal HbbsFixture(string sql = CreatePeer)
    {
        DataFolder.Run(Database, sql);
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("hawser-hbbs-").FullName;

    internal string Database => File("db_v2.sqlite3");

    internal ServerKey Key { get; } = ServerKey.Generate();

    internal static byte[] PkOf(int number) => [.. Enumerable.Range(0, 32).Select(i => (byte)((i * 7) + number))];

    internal static byte[] UuidOf(int number) => [0, .. Encoding.ASCII.GetBytes($"{number:x8}-7a1b-4c2d"), 0xFF, 0];

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    internal void WriteKey()
    {
        System.IO.File.WriteAllText(File("id_ed25519"), Key.ToSecretText());
        System.IO.File.WriteAllText(File("id_ed25519.pub"), Key.PublicText);
    }

    internal void AddMany(int count)
    {
        for (var i = 0; i < count; i++) Add((200_000_000 + i).ToString(CultureInfo.InvariantCulture), i);
    }

    internal void Add(
        string id,
        int number,
        string? info = """{"ip":"::ffff:203.0.113.7"}""",
        object? created = null,
        object? note = null,
        byte[]? uuid = null,
        byte[]? pk = null,
        byte[]? guid = null)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO peer (guid, id, uuid, pk, created_at, note, info)
            VALUES (@guid, @id, @uuid, @pk, @created, @note, @info)
            """;
        command.Parameters.AddWithValue("@guid", guid ?? Guid.NewGuid().ToByteArray());
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@uuid", uuid ?? UuidOf(number));
        command.Parameters.AddWithValue("@pk", pk ?? PkOf(number));
        command.Parameters.AddWithValue("@created", created ?? "2023-04-05 06:07:08");
        command.Parameters.AddWithValue("@note", note ?? DBNull.Value);
        command.Parameters.AddWithValue("@info", info ?? "");
        command.ExecuteNonQuery();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
