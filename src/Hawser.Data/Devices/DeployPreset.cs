using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Devices;

/// <summary>What a deployment token gives to the devices that come with it.</summary>
public sealed class DeployPreset
{
    /// <summary>The token.</summary>
    public Guid TokenGuid { get; set; }

    /// <summary>Who shall own them; null: nobody.</summary>
    public Guid? OwnerGuid { get; set; }

    /// <summary>Their device group; null: none.</summary>
    public Guid? GroupGuid { get; set; }

    /// <summary>Their own strategy; null: none.</summary>
    public Guid? StrategyGuid { get; set; }

    /// <summary>The shared book they are entered in; null: none.</summary>
    public Guid? BookGuid { get; set; }

    /// <summary>Their tag in that book; empty: none.</summary>
    public string Tag { get; set; } = "";

    /// <summary>Their note; empty: none.</summary>
    public string Note { get; set; } = "";

    /// <summary>How many devices may come; 0: any number.</summary>
    public int MaximumUses { get; set; }

    /// <summary>How many came.</summary>
    public int Uses { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeployPreset>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeployPreset> builder)
        {
            builder.ToTable("deploy_presets");
            builder.HasKey(e => e.TokenGuid);
            builder.HasOne<AccessToken>().WithOne().HasForeignKey<DeployPreset>(e => e.TokenGuid)
                .OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.TokenGuid).ValueGeneratedNever();
            builder.Property(e => e.Tag).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}
