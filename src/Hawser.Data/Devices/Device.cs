using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Devices;

/// <summary>A peer's durable row: whose id it is, and by which key it is known.</summary>
public sealed class Device
{
    /// <summary>A device that registers for the first time.</summary>
    /// <param name="guid">Its row's identity, which survives a change of id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="uuid">The bytes exactly as sent; not empty.</param>
    /// <param name="publicKey">Its 32-byte Ed25519 key.</param>
    /// <param name="createdAt">Now, UTC.</param>
    public Device(Guid guid, string id, byte[] uuid, byte[] publicKey, DateTime createdAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(uuid);
        ArgumentNullException.ThrowIfNull(publicKey);
        ArgumentOutOfRangeException.ThrowIfZero(uuid.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, KeyLength);
        Guid = guid;
        Id = id;
        Uuid = uuid;
        PublicKey = publicKey;
        CreatedAt = createdAt;
    }

    /// <summary>The length of a device key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>The row's identity, which survives a change of id; hbbs' own guid for imported devices.</summary>
    public Guid Guid { get; private set; }

    /// <summary>The id, unique.</summary>
    public string Id { get; private set; }

    /// <summary>What the device says of its machine, exactly as sent.</summary>
    public byte[] Uuid { get; private set; }

    /// <summary>The 32-byte Ed25519 key.</summary>
    public byte[] PublicKey { get; private set; }

    /// <summary>The address it registered from, without port; null when not known.</summary>
    public string? LastAddress { get; private set; }

    /// <summary>When it first registered, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>When it was last seen, UTC, to the hour while it is online.</summary>
    public DateTime? LastSeenAt { get; private set; }

    /// <summary>An administrator's note.</summary>
    public string? Note { get; set; }

    /// <summary>An administrator has deployed it; only such devices may register in deployment mode.</summary>
    public bool Listed { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Device>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Device> builder)
        {
            builder.ToTable("devices");
            builder.HasKey(d => d.Guid);
            builder.Property(d => d.Guid).ValueGeneratedNever().HasColumnOrder(0);
            builder.Property(d => d.Id).IsRequired().HasMaxLength(253).HasColumnOrder(1);
            builder.Property(d => d.Uuid).HasColumnOrder(2);
            builder.Property(d => d.PublicKey).HasColumnOrder(3);
            builder.Property(d => d.LastAddress).HasMaxLength(45).HasColumnOrder(4);
            builder.Property(d => d.CreatedAt).HasColumnOrder(5);
            builder.Property(d => d.LastSeenAt).HasColumnOrder(6);
            builder.Property(d => d.Note).HasColumnOrder(7);
            builder.Property(d => d.Listed).HasColumnOrder(8);
            builder.HasIndex(d => d.Id).IsUnique();
            // Web hooks ask every few seconds what is new.
            builder.HasIndex(d => d.CreatedAt);
        }
    }
}
