using Hawser.Data;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Server.Tests.Api;

/// <summary>Makes a database refuse rows of one table, on either engine, until it is disposed.</summary>
internal sealed class BrokenTable : IAsyncDisposable
{
    private readonly HawserDb _db;
    private readonly string _table;

    private BrokenTable(HawserDb db, string table) => (_db, _table) = (db, table);

    public static async Task<BrokenTable> BreakAsync(HawserDb db, string table, string condition = "1 = 1")
    {
        var statement = db.Database.IsSqlite()
            ? $"CREATE TRIGGER broken BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            : $"""
                CREATE OR REPLACE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$ LANGUAGE plpgsql;
                CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION broken()
                """;
        await db.Database.ExecuteSqlRawAsync(statement);
        return new BrokenTable(db, table);
    }

    public async ValueTask DisposeAsync() =>
        await _db.Database.ExecuteSqlRawAsync(_db.Database.IsSqlite() ? "DROP TRIGGER broken" : $"DROP TRIGGER broken ON {_table}");
}
