using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Access;

/// <summary>What a controller may do in a session, imposed on the controlled device.</summary>
public sealed class ControlRole
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Unique name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case; unique.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>Whether it is one of the two built-in roles.</summary>
    public ControlRoleKind Kind { get; set; }

    /// <summary>A disabled role imposes nothing.</summary>
    public bool Enabled { get; set; }

    /// <summary>Two bits a permission at 2 × index: 0 unset, 1 deny, 2 allow; the wire's map.</summary>
    public long Permissions { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ControlRole>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ControlRole> builder)
        {
            builder.ToTable("control_roles");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NormalizedName).IsUnique();
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}

/// <summary>Built-in or made.</summary>
public enum ControlRoleKind
{
    /// <summary>Made by an administrator.</summary>
    Custom = 0,

    /// <summary>For logged-in users without a role.</summary>
    Default = 1,

    /// <summary>For controllers that are not logged in; can't be assigned.</summary>
    NotLoggedIn = 2,
}
