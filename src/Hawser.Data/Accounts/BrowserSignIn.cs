using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A sign-in in the browser that a client polls for.</summary>
public sealed class BrowserSignIn
{
    /// <summary>SHA-256 of the code that the client polls with.</summary>
    public byte[] CodeHash { get; set; } = [];

    /// <summary>SHA-256 of the state that the provider returns.</summary>
    public byte[] StateHash { get; set; } = [];

    /// <summary>The provider.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The polling device.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>Its uuid in base64.</summary>
    public string DeviceUuid { get; set; } = "";

    /// <summary>What it said of its system.</summary>
    public string DeviceOs { get; set; } = "";

    /// <summary>client or browser.</summary>
    public string DeviceType { get; set; } = "";

    /// <summary>Its host name.</summary>
    public string DeviceName { get; set; } = "";

    /// <summary>Nonce, PKCE verifier and callback address, encrypted.</summary>
    public string Secrets { get; set; } = "";

    /// <summary>Who signed in; null: nobody yet.</summary>
    public Guid? UserGuid { get; set; }

    /// <summary>Why it failed; empty: it did not.</summary>
    public string Error { get; set; } = "";

    /// <summary>
    /// What the client is told, encrypted, so that a lost answer can be repeated; empty: not told yet.
    /// </summary>
    public string Result { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<BrowserSignIn>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<BrowserSignIn> builder)
        {
            builder.ToTable("browser_sign_ins");
            builder.HasKey(e => e.CodeHash);
            builder.HasIndex(e => e.StateHash).IsUnique();
            builder.HasIndex(e => e.ExpiresAt);
            builder.Property(e => e.Provider).HasMaxLength(80);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.DeviceUuid).HasMaxLength(400);
            builder.Property(e => e.DeviceOs).HasMaxLength(64);
            builder.Property(e => e.DeviceType).HasMaxLength(64);
            builder.Property(e => e.DeviceName).HasMaxLength(255);
            builder.Property(e => e.Error).HasMaxLength(300);
        }
    }
}
