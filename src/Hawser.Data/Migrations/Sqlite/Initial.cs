using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Hawser.Data.Migrations.Sqlite;

/// <summary>Devices and retired ids.</summary>
[DbContext(typeof(SqliteHawserDb))]
[Migration("202611200001_initial")]
internal sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "devices",
            columns: table => new
            {
                guid = table.Column<byte[]>(type: "BLOB", nullable: false),
                id = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                uuid = table.Column<byte[]>(type: "BLOB", nullable: false),
                public_key = table.Column<byte[]>(type: "BLOB", nullable: false),
                last_address = table.Column<string>(type: "TEXT", maxLength: 45, nullable: true),
                created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                last_seen_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                note = table.Column<string>(type: "TEXT", nullable: true),
                listed = table.Column<bool>(type: "INTEGER", nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_devices", x => x.guid));
        migrationBuilder.CreateTable(
            name: "retired_ids",
            columns: table => new
            {
                id = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                uuid = table.Column<byte[]>(type: "BLOB", nullable: false),
                device_guid = table.Column<byte[]>(type: "BLOB", nullable: false),
                retired_at = table.Column<DateTime>(type: "TEXT", nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_retired_ids", x => x.id));
        migrationBuilder.CreateIndex(name: "ix_devices_id", table: "devices", column: "id", unique: true);
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(name: "devices");
        migrationBuilder.DropTable(name: "retired_ids");
    }
}
