using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>A one-time leave to connect back, given by the device that may be reached.</summary>
public sealed class SwitchGrantRow
{
    /// <summary>How long one may be used.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>The verifier of the switch code, base64.</summary>
    public string Verifier { get; set; } = "";

    /// <summary>The device that gave it: the only one that it opens.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    /// <summary>When it was used, UTC; it is void since.</summary>
    public DateTime? UsedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<SwitchGrantRow>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<SwitchGrantRow> builder)
        {
            builder.ToTable("switch_grants");
            builder.HasKey(e => e.Verifier);
            builder.HasIndex(e => e.ExpiresAt);
            builder.Property(e => e.Verifier).HasMaxLength(64);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
        }
    }
}

/// <summary>Using grants.</summary>
public static class SwitchGrants
{
    /// <summary>Uses the grant of a code, if there is one; only one caller ever gets true for it.</summary>
    /// <param name="db">The database.</param>
    /// <param name="switchCode">The code that the caller sent.</param>
    /// <param name="deviceId">The device that it wants to reach.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this one introduction is granted.</returns>
    public static async Task<bool> TryUseSwitchGrantAsync(
        this HawserDb db, string switchCode, string deviceId, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (switchCode.Length is 0 or > 64) return false;
        var verifier = SwitchGrant.Verifier(switchCode);
        return await db.SwitchGrants
            .Where(g => g.Verifier == verifier && g.DeviceId == deviceId && g.UsedAt == null && g.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(g => g.UsedAt, now), cancellationToken)
            .ConfigureAwait(false) == 1;
    }
}
