using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A bearer token; only its hash is kept.</summary>
public sealed class AccessToken
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Who uses it.</summary>
    public TokenKind Kind { get; set; }

    /// <summary>Whose rights it carries.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>SHA-256 of the token text.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>For API tokens, what its maker called it.</summary>
    public string Name { get; set; } = "";

    /// <summary>For API tokens, what it may do: area:r or area:rw, separated by blanks; empty otherwise.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>For client tokens, the id of the device that logged in.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>For client tokens, its uuid in base64.</summary>
    public string DeviceUuid { get; set; } = "";

    /// <summary>What the device said of its system.</summary>
    public string DeviceOs { get; set; } = "";

    /// <summary>client or browser, as it said.</summary>
    public string DeviceType { get; set; } = "";

    /// <summary>The host name it said.</summary>
    public string DeviceName { get; set; } = "";

    /// <summary>Networks (CIDR, comma separated) it may be used from; empty: any.</summary>
    public string AllowedFrom { get; set; } = "";

    /// <summary>The name of who made it, for API tokens.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC; null: never.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>Last use, UTC, to the minute.</summary>
    public DateTime? LastUsedAt { get; set; }

    /// <summary>The address of the last use.</summary>
    public string LastAddress { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<AccessToken>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AccessToken> builder)
        {
            builder.ToTable("access_tokens");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.Hash).IsUnique();
            builder.HasIndex(e => e.UserGuid);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.Scopes).HasMaxLength(512);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.DeviceUuid).HasMaxLength(400);
            builder.Property(e => e.DeviceOs).HasMaxLength(64);
            builder.Property(e => e.DeviceType).HasMaxLength(64);
            builder.Property(e => e.DeviceName).HasMaxLength(255);
            builder.Property(e => e.AllowedFrom).HasMaxLength(1000);
            builder.Property(e => e.CreatedBy).HasMaxLength(128);
            builder.Property(e => e.LastAddress).HasMaxLength(45);
        }
    }
}

/// <summary>Who uses a token; those before <see cref="Api"/> are logins, and end with a sign-out everywhere.</summary>
public enum TokenKind
{
    /// <summary>A stock client that logged in.</summary>
    Client = 0,

    /// <summary>A browser signed in to the console.</summary>
    Console = 1,

    /// <summary>A script; carries scopes.</summary>
    Api = 2,

    /// <summary>Brings new devices in, and does nothing else.</summary>
    Deploy = 3,
}
