using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>Who a user is at an identity provider or in a directory.</summary>
public sealed class ExternalLogin
{
    /// <summary>The provider's name in our settings; ldap for the directory.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The provider's unchanging name for the person.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The user here.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Last sign-in or synchronisation, UTC.</summary>
    public DateTime? LastUsedAt { get; set; }

    /// <summary>Since when the directory does not know the person any more, UTC; null: it does.</summary>
    public DateTime? VanishedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ExternalLogin>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ExternalLogin> builder)
        {
            builder.ToTable("external_logins");
            builder.HasKey(e => new { e.Provider, e.Subject });
            builder.HasIndex(e => e.UserGuid);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Provider).HasMaxLength(80);
            builder.Property(e => e.Subject).HasMaxLength(255);
        }
    }
}
