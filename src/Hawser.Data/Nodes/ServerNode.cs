using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Nodes;

/// <summary>A node on this database; it writes its own row, and others read how it is.</summary>
public sealed class ServerNode
{
    /// <summary>One for each data folder, whatever the machine is called.</summary>
    public Guid Guid { get; set; }

    /// <summary>The machine's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The version of the program.</summary>
    public string Version { get; set; } = "";

    /// <summary>Each part of it and its state, <c>part=state</c>, separated by semicolons.</summary>
    public string Parts { get; set; } = "";

    /// <summary>When it was started, UTC.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it wrote this, UTC.</summary>
    public DateTime SeenAt { get; set; }

    /// <summary>How many devices send it their heartbeats.</summary>
    public int Devices { get; set; }

    /// <summary>How much of one core it used lately, in percent.</summary>
    public int CpuPercent { get; set; }

    /// <summary>The memory that it holds, in bytes.</summary>
    public long Memory { get; set; }

    /// <summary>Since when an administrator keeps new work from it, UTC; null: it takes some.</summary>
    public DateTime? DrainsSince { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ServerNode>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ServerNode> builder)
        {
            builder.ToTable("server_nodes");
            builder.HasKey(e => e.Guid);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(253);
            builder.Property(e => e.Version).HasMaxLength(64);
            builder.Property(e => e.Parts).HasMaxLength(2000);
        }
    }
}
