using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Jobs;

/// <summary>Work on many rows that somebody asked for; it goes on where it was after a restart.</summary>
public sealed class Job
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>What is done, for instance <c>devices.disable</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>How far it is.</summary>
    public JobState State { get; set; }

    /// <summary>How many items there are.</summary>
    public int Total { get; set; }

    /// <summary>How many of them are handled, failed ones included.</summary>
    public int Done { get; set; }

    /// <summary>How many of them could not be done.</summary>
    public int Failed { get; set; }

    /// <summary>What is to be done, JSON, encrypted: passwords may be in it. Empty once it is done.</summary>
    public string Request { get; set; } = "";

    /// <summary>The first items that could not be done and why, JSON.</summary>
    public string Failures { get; set; } = "";

    /// <summary>What was there before, JSON lines, encrypted; empty: it can't be undone.</summary>
    public string Undo { get; set; } = "";

    /// <summary>What came of it, JSON; empty: nothing to say.</summary>
    public string Result { get; set; } = "";

    /// <summary>Why it failed as a whole.</summary>
    public string Error { get; set; } = "";

    /// <summary>Whose rights it has.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>The name of who asked.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The caller's word for this request; the same word is the same job. Null: none was given.</summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>SHA-256 of the request that came with the word.</summary>
    public byte[] RequestHash { get; set; } = [];

    /// <summary>Somebody wants it to stop.</summary>
    public bool CancelAsked { get; set; }

    /// <summary>The job that this one takes back.</summary>
    public Guid? UndoOf { get; set; }

    /// <summary>When it was asked for, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it began, UTC.</summary>
    public DateTime? StartedAt { get; set; }

    /// <summary>When it ended, UTC.</summary>
    public DateTime? EndedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Job>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Job> builder)
        {
            builder.ToTable("jobs");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.State);
            builder.HasIndex(e => e.CreatedAt);
            builder.HasIndex(e => new { e.UserGuid, e.IdempotencyKey }).IsUnique();
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Kind).HasMaxLength(64);
            builder.Property(e => e.UserName).HasMaxLength(128);
            builder.Property(e => e.IdempotencyKey).HasMaxLength(128);
            builder.Property(e => e.Error).HasMaxLength(1000);
        }
    }
}

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>Nobody began with it.</summary>
    Waiting = 0,

    /// <summary>A node works on it.</summary>
    Running = 1,

    /// <summary>All items are handled.</summary>
    Done = 2,

    /// <summary>Somebody stopped it; what was done stays.</summary>
    Cancelled = 3,

    /// <summary>It could not go on.</summary>
    Failed = 4,
}
