using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Accounts;

/// <summary>
/// An account that was deleted a while ago, with all that it takes to have it back but its address books, which stay
/// in their tables. Sign-ins and tokens are not kept: they ended with it.
/// </summary>
public sealed class DeletedUser
{
    /// <summary>The identity that its row had.</summary>
    public Guid Guid { get; set; }

    /// <summary>Its name then; another account may have that by now.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>Its display name then.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>Its mail address then.</summary>
    public string Email { get; set; } = "";

    /// <summary>The name of its user group then.</summary>
    public string UserGroup { get; set; } = "";

    /// <summary>It was an administrator's.</summary>
    public bool IsAdmin { get; set; }

    /// <summary>How many devices belonged to it.</summary>
    public int Devices { get; set; }

    /// <summary>How many shared address books were its own.</summary>
    public int Books { get; set; }

    /// <summary>When it was deleted, UTC.</summary>
    public DateTime DeletedAt { get; set; }

    /// <summary>Who did it.</summary>
    public Guid DeletedByGuid { get; set; }

    /// <summary>Their name then.</summary>
    public string DeletedBy { get; set; } = "";

    /// <summary>What it was, JSON.</summary>
    public string Content { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<DeletedUser>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeletedUser> builder)
        {
            builder.ToTable("deleted_users");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeletedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.DisplayName).HasMaxLength(128);
            builder.Property(e => e.Email).HasMaxLength(254);
            builder.Property(e => e.UserGroup).HasMaxLength(128);
            builder.Property(e => e.DeletedBy).HasMaxLength(128);
        }
    }
}
