using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Notifications;

/// <summary>Where alarms are told beside the console.</summary>
public sealed class NotificationChannel
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>What its maker calls it.</summary>
    public string Name { get; set; } = "";

    /// <summary>email, webhook or slack.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Nothing is told while it is false.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The numbers of the alarms that are told, comma separated; empty: all.</summary>
    public string Types { get; set; } = "";

    /// <summary>What it is told of, words, comma separated; empty: alarms only.</summary>
    public string Events { get; set; } = "";

    /// <summary>What happened until then was told, UTC; null: nothing yet.</summary>
    public DateTime? EventsAt { get; set; }

    /// <summary>Mail addresses, comma separated.</summary>
    public string Recipients { get; set; } = "";

    /// <summary>The web address, encrypted: those of chat services are as good as a password.</summary>
    public string Url { get; set; } = "";

    /// <summary>What the body is signed with, encrypted; empty: it is not signed.</summary>
    public string Secret { get; set; } = "";

    /// <summary>More headers, JSON, encrypted.</summary>
    public string Headers { get; set; } = "";

    /// <summary>The address may be one of the own network.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Nothing is told from this minute of the day; null: there are no quiet hours.</summary>
    public int? QuietFrom { get; set; }

    /// <summary>Nothing is told before this minute of the day.</summary>
    public int? QuietUntil { get; set; }

    /// <summary>hour or day: alarms are collected that long; empty: each is told when it comes.</summary>
    public string Digest { get; set; } = "";

    /// <summary>The minute of the day at which those of a day are told.</summary>
    public int DigestAt { get; set; }

    /// <summary>Where the clock of these minutes stands, a name like Europe/Berlin.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Critical alarms neither wait nor keep quiet.</summary>
    public bool CriticalAtOnce { get; set; } = true;

    /// <summary>The name of who made it.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<NotificationChannel>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<NotificationChannel> builder)
        {
            builder.ToTable("notification_channels");
            builder.HasKey(e => e.Guid);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.Kind).HasMaxLength(16);
            builder.Property(e => e.Types).HasMaxLength(500);
            builder.Property(e => e.Events).HasMaxLength(500);
            builder.Property(e => e.Digest).HasMaxLength(8);
            builder.Property(e => e.TimeZone).HasMaxLength(64);
            builder.Property(e => e.CreatedBy).HasMaxLength(128);
        }
    }
}
