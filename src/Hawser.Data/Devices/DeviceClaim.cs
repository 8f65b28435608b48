using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Devices;

/// <summary>
/// That a machine asked for an id and was refused: new devices wait for approval, or the id is another machine's. What
/// is in it was said by a stranger.
/// </summary>
public sealed class DeviceClaim
{
    /// <summary>The longest uuid that is kept, in bytes.</summary>
    public const int MaximumUuid = 256;

    /// <summary>Made of id, uuid and key: a machine that asks again, at whatever node, is the same row.</summary>
    public Guid Guid { get; set; }

    /// <summary>The id that it wants.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>What it says of its machine, exactly as sent.</summary>
    public byte[] Uuid { get; set; } = [];

    /// <summary>The 32-byte Ed25519 key.</summary>
    public byte[] PublicKey { get; set; } = [];

    /// <summary>The address it asked from last, without port.</summary>
    public string Address { get; set; } = "";

    /// <summary>What it calls itself; empty: it did not say.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>When it asked first, UTC.</summary>
    public DateTime FirstSeenAt { get; set; }

    /// <summary>When it asked last, UTC, to some minutes while it goes on asking.</summary>
    public DateTime LastSeenAt { get; set; }

    /// <summary>What becomes of it.</summary>
    public ClaimState State { get; set; }

    /// <summary>When an alarm told of it, UTC; null: none did.</summary>
    public DateTime? AlarmedAt { get; set; }

    /// <summary>The identity of a claim's row.</summary>
    /// <param name="id">The id that is wanted.</param>
    /// <param name="uuid">Who wants it.</param>
    /// <param name="publicKey">With which key.</param>
    /// <returns>The same for the same claim.</returns>
    public static Guid GuidOf(string id, ReadOnlySpan<byte> uuid, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(id);
        // Each part's hash and not the parts: where one ends must not be for the stranger to choose.
        Span<byte> parts = stackalloc byte[3 * SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), parts);
        SHA256.HashData(uuid, parts[SHA256.HashSizeInBytes..]);
        SHA256.HashData(publicKey, parts[(2 * SHA256.HashSizeInBytes)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(parts, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceClaim>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeviceClaim> builder)
        {
            builder.ToTable("device_claims");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeviceId);
            builder.HasIndex(e => e.LastSeenAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.Uuid).HasMaxLength(MaximumUuid);
            builder.Property(e => e.PublicKey).HasMaxLength(Device.KeyLength);
            builder.Property(e => e.Address).HasMaxLength(45);
            builder.Property(e => e.Hostname).HasMaxLength(255);
        }
    }
}

/// <summary>What becomes of a claim.</summary>
public enum ClaimState
{
    /// <summary>New devices wait for approval, and nobody has decided about this one.</summary>
    Waiting = 0,

    /// <summary>Somebody decided that it stays outside.</summary>
    Rejected = 1,

    /// <summary>The id was another machine's: one identity, seen from two machines.</summary>
    Refused = 2,

    /// <summary>The same, and somebody decided that both stay what they are.</summary>
    Settled = 3,
}
