using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Access;

/// <summary>
/// A number that grows with every committed change of what it is named after. Triggers of the database move it
/// (<c>triggers.sqlite.sql</c>, <c>triggers.postgres.sql</c>), so no writer can forget to, on whatever node or by
/// whatever tool; readers compare it instead of reading everything again.
/// </summary>
public sealed class ChangeStamp
{
    /// <summary>
    /// Whatever decides who may reach what: rules, roles, groups, users, owners, disabled devices, the setting.
    /// </summary>
    public const string Access = "access";

    /// <summary>Tokens that were revoked.</summary>
    public const string Tokens = "tokens";

    /// <summary>What it is a stamp of.</summary>
    public string Name { get; set; } = "";

    /// <summary>The number.</summary>
    public long Value { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ChangeStamp>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ChangeStamp> builder)
        {
            builder.ToTable("change_stamps");
            builder.HasKey(e => e.Name);
            builder.Property(e => e.Name).HasMaxLength(32);
        }
    }
}
