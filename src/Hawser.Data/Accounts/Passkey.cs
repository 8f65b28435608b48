using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A passkey of a user.</summary>
public sealed class Passkey
{
    /// <summary>The credential's id; the key.</summary>
    public byte[] CredentialId { get; set; } = [];

    /// <summary>Whose.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The public credential as JSON, the form ASP.NET Core Identity uses.</summary>
    public string Data { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Last sign-in with it, UTC.</summary>
    public DateTime? LastUsedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Passkey>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Passkey> builder)
        {
            builder.ToTable("passkeys");
            builder.HasKey(e => e.CredentialId);
            builder.HasIndex(e => e.UserGuid);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Name).HasMaxLength(128);
        }
    }
}
