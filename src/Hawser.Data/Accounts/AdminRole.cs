using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Accounts;

/// <summary>A part of administration, for people who are no administrators (admin reference §6.4).</summary>
public sealed class AdminRole
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Unique name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case; unique.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>What its rights reach; it stays as it was made.</summary>
    public AdminRoleKind Kind { get; set; }

    /// <summary>The rights by name, separated by blanks.</summary>
    public string Rights { get; set; } = "";

    /// <summary>For a role of groups: devices of nobody and of no group, too.</summary>
    public bool Unassigned { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AdminRole>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AdminRole> builder)
        {
            builder.ToTable("admin_roles");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NormalizedName).IsUnique();
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
            builder.Property(e => e.Rights).HasMaxLength(1000);
        }
    }
}

/// <summary>What the rights of an admin role reach.</summary>
public enum AdminRoleKind
{
    /// <summary>The whole server.</summary>
    Global = 0,

    /// <summary>The holder's own devices and own records.</summary>
    Individual = 1,

    /// <summary>Chosen user groups and device groups.</summary>
    Group = 2,
}

/// <summary>That a user holds an admin role.</summary>
public sealed class AdminRoleHolder
{
    /// <summary>The role.</summary>
    public Guid RoleGuid { get; set; }

    /// <summary>The user.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>Who gave it: empty for a person, else ldap or oidc/NAME; those take back what they gave.</summary>
    public string Source { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<AdminRoleHolder>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AdminRoleHolder> builder)
        {
            builder.ToTable("admin_role_holders");
            builder.HasKey(e => new { e.RoleGuid, e.UserGuid });
            builder.Property(e => e.Source).HasMaxLength(80);
            builder.HasIndex(e => e.UserGuid);
            builder.HasOne<AdminRole>().WithMany().HasForeignKey(e => e.RoleGuid).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>That a role of groups reaches the users of a group, and their devices.</summary>
public sealed class AdminRoleUserGroup
{
    /// <summary>The role.</summary>
    public Guid RoleGuid { get; set; }

    /// <summary>The user group.</summary>
    public Guid GroupGuid { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AdminRoleUserGroup>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AdminRoleUserGroup> builder)
        {
            builder.ToTable("admin_role_user_groups");
            builder.HasKey(e => new { e.RoleGuid, e.GroupGuid });
            builder.HasIndex(e => e.GroupGuid);
            builder.HasOne<AdminRole>().WithMany().HasForeignKey(e => e.RoleGuid).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<UserGroup>().WithMany().HasForeignKey(e => e.GroupGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>That a role of groups reaches the devices of a group.</summary>
public sealed class AdminRoleDeviceGroup
{
    /// <summary>The role.</summary>
    public Guid RoleGuid { get; set; }

    /// <summary>The device group.</summary>
    public Guid GroupGuid { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AdminRoleDeviceGroup>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AdminRoleDeviceGroup> builder)
        {
            builder.ToTable("admin_role_device_groups");
            builder.HasKey(e => new { e.RoleGuid, e.GroupGuid });
            builder.HasIndex(e => e.GroupGuid);
            builder.HasOne<AdminRole>().WithMany().HasForeignKey(e => e.RoleGuid).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<DeviceGroup>().WithMany().HasForeignKey(e => e.GroupGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
