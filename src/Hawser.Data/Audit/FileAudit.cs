using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>One transfer of files.</summary>
public sealed class FileAudit : IDeviceAudit
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The controlled device; null: forgotten since.</summary>
    public Guid? DeviceGuid { get; set; }

    /// <summary>Its id then.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The operator's id.</summary>
    public string PeerId { get; set; } = "";

    /// <summary>The operator's name.</summary>
    public string PeerName { get; set; } = "";

    /// <summary>Where the operator was.</summary>
    public string Address { get; set; } = "";

    /// <summary>The connection.</summary>
    public int? ConnId { get; set; }

    /// <summary>0 from the device, 1 to it.</summary>
    public int Direction { get; set; }

    /// <summary>The path on the device.</summary>
    public string Path { get; set; } = "";

    /// <summary>Exactly one file.</summary>
    public bool IsFile { get; set; }

    /// <summary>How many files.</summary>
    public int FileCount { get; set; }

    /// <summary>The largest ones, JSON: [[name, size], …].</summary>
    public string Files { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<FileAudit>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<FileAudit> builder)
        {
            builder.ToTable("audit_files");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeviceId);
            builder.HasIndex(e => e.CreatedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.PeerId).HasMaxLength(253);
            builder.Property(e => e.PeerName).HasMaxLength(255);
            builder.Property(e => e.Address).HasMaxLength(64);
            builder.Property(e => e.Path).HasMaxLength(4096);
        }
    }
}
