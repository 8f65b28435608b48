using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.AddressBooks;

/// <summary>One device in a book; with a deletion time, in its recycle bin.</summary>
public sealed class AddressBookEntry
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The book.</summary>
    public Guid BookGuid { get; set; }

    /// <summary>The device's id, or an address, or id@server.</summary>
    public string Id { get; set; } = "";

    /// <summary>What the book calls it.</summary>
    public string Alias { get; set; } = "";

    /// <summary>The OS user there.</summary>
    public string Username { get; set; } = "";

    /// <summary>The host name there.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Windows, Linux, Mac OS, Android or WebDesktop.</summary>
    public string Platform { get; set; } = "";

    /// <summary>A note.</summary>
    public string Note { get; set; } = "";

    /// <summary>Tag names, as <see cref="TagList"/> writes them.</summary>
    public string Tags { get; set; } = "";

    /// <summary>The stored-password hash, encrypted; personal books only.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The connection password, encrypted; shared books only.</summary>
    public string Password { get; set; } = "";

    /// <summary>Connect through a relay.</summary>
    public bool ForceAlwaysRelay { get; set; }

    /// <summary>As sent.</summary>
    public string RdpPort { get; set; } = "";

    /// <summary>As sent.</summary>
    public string RdpUsername { get; set; } = "";

    /// <summary>As sent.</summary>
    public string LoginName { get; set; } = "";

    /// <summary>As sent.</summary>
    public string DeviceGroupName { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>In the recycle bin since then, UTC; null: in the book.</summary>
    public DateTime? DeletedAt { get; set; }

    /// <summary>Who put it into the recycle bin: their name then; empty: in the book.</summary>
    public string DeletedBy { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<AddressBookEntry>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AddressBookEntry> builder)
        {
            builder.ToTable("address_book_entries");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.BookGuid, e.Id }).IsUnique().HasFilter("deleted_at IS NULL");
            builder.HasIndex(e => new { e.BookGuid, e.DeletedAt });
            builder.HasOne<AddressBook>().WithMany().HasForeignKey(e => e.BookGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Id).HasMaxLength(300);
            builder.Property(e => e.Alias).HasMaxLength(255);
            builder.Property(e => e.Username).HasMaxLength(255);
            builder.Property(e => e.Hostname).HasMaxLength(255);
            builder.Property(e => e.DeletedBy).HasMaxLength(128);
            builder.Property(e => e.Platform).HasMaxLength(32);
            builder.Property(e => e.Note).HasMaxLength(1000);
            builder.Property(e => e.RdpPort).HasMaxLength(16);
            builder.Property(e => e.RdpUsername).HasMaxLength(255);
            builder.Property(e => e.LoginName).HasMaxLength(255);
            builder.Property(e => e.DeviceGroupName).HasMaxLength(128);
        }
    }
}
