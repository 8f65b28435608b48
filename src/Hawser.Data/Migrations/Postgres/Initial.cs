using Hawser.Data.Postgres;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Hawser.Data.Migrations.Postgres;

/// <summary>The whole schema of the first version that knew PostgreSQL.</summary>
[DbContext(typeof(PostgresHawserDb))]
[Migration("202611210001_initial")]
internal sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        // Generated from the model (CONTRIBUTING.md), and compared with it by a test.
        migrationBuilder.Sql(PostgresGate.Schema());
    }
}
