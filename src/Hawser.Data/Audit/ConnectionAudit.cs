using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>One connection to a device, from its opening to its end.</summary>
public sealed class ConnectionAudit : IDeviceAudit
{
    /// <summary>Heartbeats without a connection after which it counts as ended (reference §8.3).</summary>
    public const int LostAfter = 2;

    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The controlled device; null: forgotten since.</summary>
    public Guid? DeviceGuid { get; set; }

    /// <summary>Its id then.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The device's number of it; unique only within one run of its client.</summary>
    public int ConnId { get; set; }

    /// <summary>The operator's number, 64 bits without sign kept as signed; 0: not known.</summary>
    public long SessionId { get; set; }

    /// <summary>Where the operator was, as the device saw it.</summary>
    public string Address { get; set; } = "";

    /// <summary>The address that the device's own reports of it came from.</summary>
    public string ReportedFrom { get; set; } = "";

    /// <summary>The operator's id.</summary>
    public string PeerId { get; set; } = "";

    /// <summary>The operator's name, as the operator's client says.</summary>
    public string PeerName { get; set; } = "";

    /// <summary>The kind of connection (wire numbers of audits); null: never authorised.</summary>
    public int? Type { get; set; }

    /// <summary>
    /// How it was authorised: 0 unknown, 1 click, 2 one-time password, 3 permanent password, 4 switch sides.
    /// </summary>
    public int PrimaryAuth { get; set; }

    /// <summary>0 none, 1 TOTP, 2 trusted device.</summary>
    public int TwoFactor { get; set; }

    /// <summary>The introduction it came from; empty: not known.</summary>
    public string Reference { get; set; } = "";

    /// <summary>Whether it goes over a relay; null: not known.</summary>
    public bool? IsRelayed { get; set; }

    /// <summary>The relay as clients are told of it; empty: none, or the ID server's own host.</summary>
    public string Relay { get; set; } = "";

    /// <summary>The account that was logged in; null: none.</summary>
    public Guid? UserGuid { get; set; }

    /// <summary>Its name then.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The operator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When the operator was let in, UTC.</summary>
    public DateTime? AuthorizedAt { get; set; }

    /// <summary>When it ended, UTC; null: open.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>
    /// Heartbeats in a row that did not name it; <see cref="LostAfter"/> of them end it. More than none on an ended
    /// row: nobody reported its end.
    /// </summary>
    public int MissedBeats { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ConnectionAudit>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ConnectionAudit> builder)
        {
            builder.ToTable("audit_connections");
            builder.HasKey(e => e.Guid);
            // By the row and not by the id, which may change while a connection is open.
            builder.HasIndex(e => new { e.DeviceGuid, e.ConnId });
            builder.HasIndex(e => new { e.DeviceId, e.SessionId });
            builder.HasIndex(e => e.EndedAt);
            builder.HasIndex(e => e.CreatedAt);
            builder.HasIndex(e => e.UserGuid);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.Address).HasMaxLength(64);
            builder.Property(e => e.ReportedFrom).HasMaxLength(45);
            builder.Property(e => e.PeerId).HasMaxLength(253);
            builder.Property(e => e.PeerName).HasMaxLength(255);
            builder.Property(e => e.Reference).HasMaxLength(64);
            builder.Property(e => e.Relay).HasMaxLength(262);
            builder.Property(e => e.UserName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1024);
        }
    }
}
