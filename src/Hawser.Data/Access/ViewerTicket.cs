using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Access;

/// <summary>
/// A leave to connect to one device, once, given to the browser of somebody who is signed in; only its hash is kept. It
/// ends with the sign-in that asked for it.
/// </summary>
public sealed class ViewerTicket
{
    /// <summary>How long one may be used.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the ticket's text.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>Who connects.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>The sign-in that asked for it.</summary>
    public Guid SessionGuid { get; set; }

    /// <summary>The id of the only device that it opens.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>What may be opened, as the rendezvous numbers it.</summary>
    public int ConnType { get; set; }

    /// <summary>Looking on, without touching.</summary>
    public bool ViewOnly { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    /// <summary>When it was used, UTC; it is void since, but for further requests of the same attempt.</summary>
    public DateTime? UsedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ViewerTicket>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ViewerTicket> builder)
        {
            builder.ToTable("viewer_tickets");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.Hash).IsUnique();
            builder.HasIndex(e => new { e.UserGuid, e.CreatedAt });
            builder.HasIndex(e => e.SessionGuid);
            builder.HasIndex(e => e.ExpiresAt);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<AccessToken>().WithMany().HasForeignKey(e => e.SessionGuid)
                .OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
        }
    }
}
