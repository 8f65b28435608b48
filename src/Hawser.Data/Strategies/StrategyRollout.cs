using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Strategies;

/// <summary>Other options of a strategy, on their way to its devices ring by ring.</summary>
public sealed class StrategyRollout
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The strategy.</summary>
    public Guid StrategyGuid { get; set; }

    /// <summary>The new options as a JSON object of texts.</summary>
    public string Options { get; set; } = "";

    /// <summary>The options when it began.</summary>
    public string Before { get; set; } = "";

    /// <summary>The rings as a JSON array; the last one is everybody else.</summary>
    public string Rings { get; set; } = "";

    /// <summary>The ring that it reached, from 0.</summary>
    public int Ring { get; set; }

    /// <summary>How it goes.</summary>
    public RolloutState State { get; set; }

    /// <summary>Of the devices that were told, how many percent may lose contact.</summary>
    public int LostPercent { get; set; }

    /// <summary>How long a device is watched after it was told.</summary>
    public int WatchMinutes { get; set; }

    /// <summary>Goes on by itself when a ring was watched and nothing happened.</summary>
    public bool GoesOn { get; set; }

    /// <summary>Why, in an administrator's words.</summary>
    public string Note { get; set; } = "";

    /// <summary>Why it stopped; empty: it did not.</summary>
    public string Reason { get; set; } = "";

    /// <summary>When the ring was reached, UTC.</summary>
    public DateTime RingAt { get; set; }

    /// <summary>When it began, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>The name of who began it.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>When it ended, UTC; null: it is open.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>The name of who ended it; empty: nobody, or the server.</summary>
    public string EndedBy { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<StrategyRollout>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<StrategyRollout> builder)
        {
            builder.ToTable("strategy_rollouts");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.StrategyGuid);
            builder.HasIndex(e => e.EndedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Note).HasMaxLength(1000);
            builder.Property(e => e.Reason).HasMaxLength(64);
            builder.Property(e => e.CreatedBy).HasMaxLength(128);
            builder.Property(e => e.EndedBy).HasMaxLength(128);
            builder.HasOne<Strategy>().WithMany().HasForeignKey(e => e.StrategyGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>How a roll-out goes.</summary>
public enum RolloutState
{
    /// <summary>On its way.</summary>
    Running = 0,

    /// <summary>Somebody holds it.</summary>
    Paused = 1,

    /// <summary>Too many devices lost contact; nobody else is told.</summary>
    Stopped = 2,

    /// <summary>The options are the strategy's.</summary>
    Done = 3,

    /// <summary>Its devices have the options of before.</summary>
    RolledBack = 4,
}
