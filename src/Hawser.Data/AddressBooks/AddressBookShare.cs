using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.AddressBooks;

/// <summary>Who else may use a shared book.</summary>
public sealed class AddressBookShare
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The book.</summary>
    public Guid BookGuid { get; set; }

    /// <summary>Who.</summary>
    public ShareSubject SubjectKind { get; set; }

    /// <summary>Which user or user group; null for everybody.</summary>
    public Guid? SubjectGuid { get; set; }

    /// <summary>What they may.</summary>
    public ShareRule Rule { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AddressBookShare>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AddressBookShare> builder)
        {
            builder.ToTable("address_book_shares");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.BookGuid);
            builder.HasIndex(e => new { e.SubjectKind, e.SubjectGuid });
            builder.HasOne<AddressBook>().WithMany().HasForeignKey(e => e.BookGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
        }
    }
}

/// <summary>Who a book is shared with; the more particular wins.</summary>
public enum ShareSubject
{
    /// <summary>Every user.</summary>
    Everybody = 0,

    /// <summary>The users of a group.</summary>
    UserGroup = 1,

    /// <summary>One user.</summary>
    User = 2,
}

/// <summary>What a share allows; the numbers are the wire's.</summary>
public enum ShareRule
{
    /// <summary>See and connect.</summary>
    Read = 1,

    /// <summary>Edit entries and tags.</summary>
    ReadWrite = 2,

    /// <summary>Share, rename and delete the book too.</summary>
    FullControl = 3,
}
