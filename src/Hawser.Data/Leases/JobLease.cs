using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Leases;

/// <summary>Which node runs a job that only one may run.</summary>
public sealed class JobLease
{
    /// <summary>The job.</summary>
    public string Name { get; set; } = "";

    /// <summary>The node.</summary>
    public string Holder { get; set; } = "";

    /// <summary>Anybody's from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<JobLease>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<JobLease> builder)
        {
            builder.ToTable("job_leases");
            builder.HasKey(e => e.Name);
            builder.Property(e => e.Name).HasMaxLength(64);
            builder.Property(e => e.Holder).HasMaxLength(128);
        }
    }
}
