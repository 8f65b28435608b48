using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>
/// What is known of a device beyond its registration: its owner, its sysinfo, what an administrator set.
/// </summary>
public sealed class DeviceDetails
{
    /// <summary>The device.</summary>
    public Guid DeviceGuid { get; set; }

    /// <summary>The user it is assigned to.</summary>
    public Guid? OwnerGuid { get; set; }

    /// <summary>A disabled device can't be reached.</summary>
    public bool Enabled { get; set; }

    /// <summary>The client version as text.</summary>
    public string Version { get; set; } = "";

    /// <summary>As sent.</summary>
    public string Cpu { get; set; } = "";

    /// <summary>As sent.</summary>
    public string Memory { get; set; } = "";

    /// <summary>As sent.</summary>
    public string Os { get; set; } = "";

    /// <summary>As sent.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>The OS user, as sent.</summary>
    public string Username { get; set; } = "";

    /// <summary>An administrator's name for it; empty: the host name.</summary>
    public string NameOverride { get; set; } = "";

    /// <summary>An administrator's user name for it; empty: as sent.</summary>
    public string UsernameOverride { get; set; } = "";

    /// <summary>Fingerprint of the presets that were last applied; empty: none.</summary>
    public string PresetsHash { get; set; } = "";

    /// <summary>When sysinfo last changed, or came because it was asked for, UTC.</summary>
    public DateTime? SysinfoAt { get; set; }

    /// <summary>When another machine described itself under this device's id and was refused, UTC, to the hour; null:
    /// never.</summary>
    public DateTime? SysinfoRefusedAt { get; set; }

    /// <summary>When somebody last enabled it or took it out of the bin, UTC; null: never. The rule for devices that
    /// stay away counts from there, so that it does not take again what was just given back.</summary>
    public DateTime? KeptAt { get; set; }

    /// <summary>Lets it be reached.</summary>
    /// <param name="now">When that is, UTC.</param>
    public void Enable(DateTime now)
    {
        if (!Enabled) KeptAt = now;
        Enabled = true;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceDetails>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeviceDetails> builder)
        {
            builder.ToTable("device_details");
            builder.HasKey(e => e.DeviceGuid);
            builder.HasIndex(e => e.OwnerGuid);
            // The few that may not be reached are read as a whole.
            builder.HasIndex(e => e.DeviceGuid, "ix_device_details_disabled").HasFilter("NOT enabled");
            builder.HasOne<Device>().WithOne().HasForeignKey<DeviceDetails>(e => e.DeviceGuid)
                .OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.OwnerGuid)
                .OnDelete(DeleteBehavior.SetNull);
            builder.Property(e => e.Version).HasMaxLength(64);
            builder.Property(e => e.Cpu).HasMaxLength(255);
            builder.Property(e => e.Memory).HasMaxLength(64);
            builder.Property(e => e.Os).HasMaxLength(255);
            builder.Property(e => e.Hostname).HasMaxLength(255);
            builder.Property(e => e.Username).HasMaxLength(255);
            builder.Property(e => e.NameOverride).HasMaxLength(255);
            builder.Property(e => e.UsernameOverride).HasMaxLength(255);
            builder.Property(e => e.PresetsHash).HasMaxLength(64);
        }
    }
}
