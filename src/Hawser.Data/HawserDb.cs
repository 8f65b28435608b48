using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Hawser.Data;

/// <summary>
/// Everything that survives a restart, for whoever queries or edits it. Abstract only because each engine has
/// migrations of its own; the model is one.
/// </summary>
public abstract class HawserDb : DbContext
{
    /// <summary>A context.</summary>
    /// <param name="options">Engine and connection.</param>
    protected HawserDb(DbContextOptions options)
        : base(options)
    {
    }

    /// <summary>The devices.</summary>
    public DbSet<Device> Devices => Set<Device>();

    /// <summary>Tombstones of ids that were given up.</summary>
    public DbSet<RetiredId> RetiredIds => Set<RetiredId>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfiguration(new Device.Mapping());
        modelBuilder.ApplyConfiguration(new RetiredId.Mapping());
        SnakeCase.Apply(modelBuilder);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        // Times are UTC everywhere; SQLite forgets the kind, PostgreSQL insists on it.
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcTime>();
        // PostgreSQL has a type for them; in SQLite 16 bytes take half the room of the text, and their order is kept.
        if (Database.IsSqlite()) configurationBuilder.Properties<Guid>().HaveConversion<GuidBytes>();
    }

    private sealed class UtcTime() : ValueConverter<DateTime, DateTime>(
        time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private sealed class GuidBytes() : ValueConverter<Guid, byte[]>(
        guid => guid.ToByteArray(true), bytes => new Guid(bytes, true));
}

/// <summary>The database on SQLite.</summary>
/// <param name="options">The file.</param>
public sealed class SqliteHawserDb(DbContextOptions<SqliteHawserDb> options) : HawserDb(options);
