using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Notifications;

/// <summary>A message on its way to a person; a row until it is sent.</summary>
public sealed class OutboxMessage
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>email, sms, webhook or slack.</summary>
    public string Channel { get; set; } = "";

    /// <summary>The channel that an administrator made; null: a message to a person.</summary>
    public Guid? ChannelGuid { get; set; }

    /// <summary>The address or number.</summary>
    public string Recipient { get; set; } = "";

    /// <summary>For mails.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The text, encrypted: codes may be in it. Of a mail gone once it is sent.</summary>
    public string Body { get; set; } = "";

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>It is sent in the quiet hours of its channel too.</summary>
    public bool Urgent { get; set; }

    /// <summary>Not before then, UTC.</summary>
    public DateTime NextAttemptAt { get; set; }

    /// <summary>Of no use from then, UTC.</summary>
    public DateTime GiveUpAt { get; set; }

    /// <summary>When it was taken by the next server, UTC.</summary>
    public DateTime? SentAt { get; set; }

    /// <summary>Given up then, UTC.</summary>
    public DateTime? FailedAt { get; set; }

    /// <summary>What the last attempt said.</summary>
    public string LastError { get; set; } = "";

    /// <summary>The status that a web hook was answered with last; null: it was not answered.</summary>
    public int? ResponseStatus { get; set; }

    /// <summary>The beginning of that answer, encrypted.</summary>
    public string Response { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<OutboxMessage>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<OutboxMessage> builder)
        {
            builder.ToTable("outbox");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NextAttemptAt);
            builder.HasIndex(e => new { e.ChannelGuid, e.CreatedAt });
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Channel).HasMaxLength(16);
            builder.Property(e => e.Recipient).HasMaxLength(254);
            builder.Property(e => e.Subject).HasMaxLength(300);
            builder.Property(e => e.LastError).HasMaxLength(500);
        }
    }
}
