using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>Something a device is told in the answers to its heartbeats, until it has obeyed.</summary>
public sealed class PendingCommand
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The device.</summary>
    public Guid DeviceGuid { get; set; }

    /// <summary>What.</summary>
    public PendingCommandKind Kind { get; set; }

    /// <summary>For a disconnect, the connection.</summary>
    public int ConnId { get; set; }

    /// <summary>Who asked.</summary>
    public string RequestedBy { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Given up then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<PendingCommand>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<PendingCommand> builder)
        {
            builder.ToTable("pending_commands");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeviceGuid);
            builder.HasOne<Device>().WithMany().HasForeignKey(e => e.DeviceGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.RequestedBy).HasMaxLength(128);
        }
    }
}

/// <summary>What a device is told.</summary>
public enum PendingCommandKind
{
    /// <summary>Close a connection.</summary>
    Disconnect = 0,

    /// <summary>Send sysinfo again.</summary>
    Sysinfo = 1,
}
