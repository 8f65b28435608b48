using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Access;

/// <summary>Allows somebody to reach something; there are no rules that forbid.</summary>
public sealed class AccessRule
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>What its maker calls it; may be empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who may.</summary>
    public AccessSubject SubjectKind { get; set; }

    /// <summary>Which user or user group; null for everybody.</summary>
    public Guid? SubjectGuid { get; set; }

    /// <summary>What may be reached.</summary>
    public AccessTarget TargetKind { get; set; }

    /// <summary>Which; null for all devices.</summary>
    public Guid? TargetGuid { get; set; }

    /// <summary>When it holds, as JSON (docs/access.md); empty: always.</summary>
    public string Schedule { get; set; } = "";

    /// <summary>The control role under this rule; null: the user's own.</summary>
    public Guid? ControlRoleGuid { get; set; }

    /// <summary>A disabled rule allows nothing.</summary>
    public bool Enabled { get; set; }

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AccessRule>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AccessRule> builder)
        {
            builder.ToTable("access_rules");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.SubjectKind, e.SubjectGuid });
            builder.HasIndex(e => new { e.TargetKind, e.TargetGuid });
            builder.HasOne<ControlRole>().WithMany().HasForeignKey(e => e.ControlRoleGuid)
                .OnDelete(DeleteBehavior.SetNull);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.Schedule).HasMaxLength(2000);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}

/// <summary>Who an access rule is for.</summary>
public enum AccessSubject
{
    /// <summary>Every logged-in user.</summary>
    Everybody = 0,

    /// <summary>One user.</summary>
    User = 1,

    /// <summary>The users of a group.</summary>
    UserGroup = 2,
}

/// <summary>What an access rule opens.</summary>
public enum AccessTarget
{
    /// <summary>Every device.</summary>
    AllDevices = 0,

    /// <summary>One device.</summary>
    Device = 1,

    /// <summary>The devices of a device group.</summary>
    DeviceGroup = 2,

    /// <summary>The devices whose owners are in a user group.</summary>
    UserGroup = 3,

    /// <summary>The devices of one user.</summary>
    User = 4,

    /// <summary>The devices that belong to the one who connects.</summary>
    OwnDevices = 5,
}
