using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Devices;

/// <summary>
/// The tombstone of an id that its device gave up for another one. Whoever still calls the old id must not reach a
/// stranger, so only the same device may take it again.
/// </summary>
public sealed class RetiredId
{
    /// <summary>A tombstone.</summary>
    /// <param name="id">The id that was given up.</param>
    /// <param name="uuid">Who had it.</param>
    /// <param name="deviceGuid">The row that had it.</param>
    /// <param name="retiredAt">Now, UTC.</param>
    public RetiredId(string id, byte[] uuid, Guid deviceGuid, DateTime retiredAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        Id = id;
        Uuid = uuid;
        DeviceGuid = deviceGuid;
        RetiredAt = retiredAt;
    }

    /// <summary>The id that was given up.</summary>
    public string Id { get; private set; }

    /// <summary>Who had it.</summary>
    public byte[] Uuid { get; private set; }

    /// <summary>The row that had it; the row may be gone by now.</summary>
    public Guid DeviceGuid { get; private set; }

    /// <summary>When it was given up, UTC.</summary>
    public DateTime RetiredAt { get; private set; }

    internal sealed class Mapping : IEntityTypeConfiguration<RetiredId>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<RetiredId> builder)
        {
            builder.ToTable("retired_ids");
            builder.HasKey(r => r.Id);
            builder.Property(r => r.Id).HasMaxLength(253).HasColumnOrder(0);
            builder.Property(r => r.Uuid).HasColumnOrder(1);
            builder.Property(r => r.DeviceGuid).HasColumnOrder(2);
            builder.Property(r => r.RetiredAt).HasColumnOrder(3);
            builder.HasIndex(r => r.DeviceGuid);
        }
    }
}
