using Hawser.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Hawser.Data.Migrations.Sqlite;

/// <summary>
/// Everything beside devices and retired ids: accounts, groups, books, strategies, audits and the rest.
/// </summary>
[DbContext(typeof(SqliteHawserDb))]
[Migration("202611210001_accounts")]
internal sealed class Accounts : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        // Generated from the model (CONTRIBUTING.md), and compared with it by a test.
        migrationBuilder.Sql(SchemaGate.Text("migrations.sqlite.accounts.sql"));
    }
}
