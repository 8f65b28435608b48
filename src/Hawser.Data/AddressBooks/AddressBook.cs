using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.AddressBooks;

/// <summary>An address book: the personal one of a user, or a shared one.</summary>
public sealed class AddressBook
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Whose.</summary>
    public Guid OwnerGuid { get; set; }

    /// <summary>The owner's personal book; there is one.</summary>
    public bool IsPersonal { get; set; }

    /// <summary>The name of a shared book; unique, whatever the case. Empty for a personal one.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>A note.</summary>
    public string Note { get; set; } = "";

    /// <summary>The default connection password, encrypted; empty: none.</summary>
    public string Password { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>When its owner was deleted, UTC; null: it is there. Until it comes back with him, or goes for good, no
    /// query finds it that does not ask for such books.</summary>
    public DateTime? DeletedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AddressBook>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AddressBook> builder)
        {
            builder.ToTable("address_books");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.OwnerGuid);
            // One personal book a user; names of shared books are unique, because clients know books by name.
            builder.HasIndex(e => e.OwnerGuid, "ix_address_books_personal").IsUnique().HasFilter("is_personal");
            builder.HasIndex(e => e.NormalizedName, "ix_address_books_shared_name").IsUnique()
                .HasFilter("NOT is_personal AND deleted_at IS NULL");
            // No reference to the owner: it outlives his row while he is in the bin.
            builder.HasQueryFilter(e => e.DeletedAt == null);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}
