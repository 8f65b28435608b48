using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Accounts;

/// <summary>
/// Filters, order and columns of a list, kept under a name; the one without a name is how its owner sees the list when
/// he opens it.
/// </summary>
public sealed class SavedView
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Whose.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>The list, as the console calls it.</summary>
    public string Page { get; set; } = "";

    /// <summary>Its name; empty: how the list is opened.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>The query of the page's address.</summary>
    public string Query { get; set; } = "";

    /// <summary>The columns in their order, separated by commas; empty: the usual ones.</summary>
    public string Columns { get; set; } = "";

    /// <summary>Everybody sees it.</summary>
    public bool Shared { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<SavedView>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<SavedView> builder)
        {
            builder.ToTable("saved_views");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.UserGuid, e.Page, e.NormalizedName }).IsUnique();
            builder.HasIndex(e => new { e.Page, e.Shared });
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Page).HasMaxLength(64);
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Query).HasMaxLength(4000);
            builder.Property(e => e.Columns).HasMaxLength(2000);
        }
    }
}
