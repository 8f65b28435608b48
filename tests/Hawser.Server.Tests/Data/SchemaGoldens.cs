using Hawser.Data.Postgres;
using Hawser.Data.Sqlite;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Hawser.Server.Tests.Data;

/// <summary>
/// The schema files are made from the model: run these tests with HAWSER_UPDATE_GOLDENS=1 after changing an entity.
/// </summary>
public sealed class SchemaGoldens : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_for_PostgreSQL_is_what_the_model_says()
    {
        // Nothing is connected to: only the model is asked.
        using var source = Npgsql.NpgsqlDataSource.Create("Host=nowhere;Username=nobody");
        using var db = PostgresContexts.Create(source);
        var script = db.Database.GenerateCreateScript().ReplaceLineEndings("\n").Trim() + "\n";
        Golden.Check("src/Hawser.Data/schema.postgres.sql", script);
    }

    [Fact]
    public void The_files_for_SQLite_are_what_the_model_says()
    {
        using var db = SqliteContexts.Create(new SqliteFile(_folder.File("none.db"), "--data"));
        var script = db.Database.GenerateCreateScript().ReplaceLineEndings("\n").Trim() + "\n";
        Golden.Check("src/Hawser.Data/schema.sqlite.sql", script);
        // What was there before accounts came; the rest is that migration.
        string[] old = ["\"devices\" (\n", "\"retired_ids\" (\n", "\"ix_devices_id\""];
        var added = script.Split("\n\n").Where(s => !old.Any(o => s.Contains(o, StringComparison.Ordinal)));
        Golden.Check("src/Hawser.Data/Migrations/Sqlite/accounts.sql", string.Join("\n\n", added).Trim() + "\n");
    }
}
