using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.AddressBooks;

/// <summary>A tag of a book.</summary>
public sealed class AddressBookTag
{
    /// <summary>The book.</summary>
    public Guid BookGuid { get; set; }

    /// <summary>The tag.</summary>
    public string Name { get; set; } = "";

    /// <summary>ARGB, 32 bits without sign.</summary>
    public long Color { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AddressBookTag>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AddressBookTag> builder)
        {
            builder.ToTable("address_book_tags");
            builder.HasKey(e => new { e.BookGuid, e.Name });
            builder.HasOne<AddressBook>().WithMany().HasForeignKey(e => e.BookGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Name).HasMaxLength(128);
        }
    }
}
