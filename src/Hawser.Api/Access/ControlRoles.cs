using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>What an administrator writes in a control role.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Permissions">Which permission has which state; the others are unset.</param>
/// <param name="Enabled">A disabled role imposes nothing.</param>
/// <param name="Note">A note.</param>
internal sealed record ControlRoleDraft(
    string Name, IReadOnlyDictionary<string, PermissionState> Permissions, bool Enabled = true, string Note = "");

/// <summary>
/// Control roles, as administrators edit them (admin reference §6.2). The two built-in ones keep their names and
/// can't be
/// deleted; "Not logged in" can't be given to a user.
/// </summary>
internal sealed class ControlRoles(TimeProvider time)
{
    /// <summary>Adds a role.</summary>
    public async Task<EditResult> AddAsync(HawserDb db, ControlRoleDraft draft, CancellationToken cancellationToken)
    {
        if (await FindErrorAsync(db, draft, Guid.Empty, cancellationToken) is { } error)
        {
            return EditResult.Refuse(error);
        }
        var now = Now;
        var row = new ControlRole { CreatedAt = now };
        Fill(row, draft, now);
        db.ControlRoles.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(row.Guid);
    }

    /// <summary>Replaces everything in a role but the name of a built-in one.</summary>
    public async Task<EditResult> UpdateAsync(
        HawserDb db, Guid guid, ControlRoleDraft draft, CancellationToken cancellationToken)
    {
        if (await db.ControlRoles.FindAsync([guid], cancellationToken) is not { } row)
        {
            return EditResult.Refuse("There is no such control role.");
        }

        if (row.Kind != ControlRoleKind.Custom) draft = draft with { Name = row.Name };
        if (await FindErrorAsync(db, draft, guid, cancellationToken) is { } error) return EditResult.Refuse(error);
        Fill(row, draft, Now);
        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(guid);
    }

    /// <summary>Deletes a role; users and rules that had it fall back to the default one.</summary>
    public static async Task<EditResult> DeleteAsync(HawserDb db, Guid guid, CancellationToken cancellationToken)
    {
        var deleted = await db.ControlRoles.Where(r => r.Guid == guid && r.Kind == ControlRoleKind.Custom)
            .ExecuteDeleteAsync(cancellationToken);
        return deleted == 1 ? EditResult.Done(guid) : EditResult.Refuse("There is no such role, or it is built in.");
    }

    /// <summary>Gives users a role, or takes it from them.</summary>
    /// <param name="db">The database.</param>
    /// <param name="users">The users.</param>
    /// <param name="role">The role; null: the default one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<EditResult> AssignAsync(
        HawserDb db, IReadOnlyCollection<Guid> users, Guid? role, CancellationToken cancellationToken)
    {
        if (role is { } guid && !await db.ControlRoles.AnyAsync(
            r => r.Guid == guid && r.Kind != ControlRoleKind.NotLoggedIn, cancellationToken))
        {
            return EditResult.Refuse("There is no such control role, or it can't be assigned.");
        }

        await db.Users.Where(u => users.Contains(u.Guid))
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.ControlRoleGuid, role), cancellationToken);
        return EditResult.Done(role ?? Guid.Empty);
    }

    /// <summary>All roles, the built-in ones first.</summary>
    public static Task<List<ControlRole>> ListAsync(HawserDb db, CancellationToken cancellationToken) =>
        db.ControlRoles.AsNoTracking().OrderByDescending(r => r.Kind).ThenBy(r => r.NormalizedName)
            .ToListAsync(cancellationToken);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static void Fill(ControlRole row, ControlRoleDraft draft, DateTime now)
    {
        PermissionMap.TryBuild(draft.Permissions, out var map, out _);
        row.Name = draft.Name.Trim();
        row.NormalizedName = row.Name.ToUpperInvariant();
        row.Note = draft.Note;
        row.Enabled = draft.Enabled;
        row.Permissions = (long)map;
        row.UpdatedAt = now;
    }

    private static async Task<string?> FindErrorAsync(
        HawserDb db, ControlRoleDraft draft, Guid self, CancellationToken cancellationToken)
    {
        var name = draft.Name.Trim();
        if (name.Length is 0 or > 128) return "The name must have 1 to 128 characters.";
        if (draft.Note.Length > 1000) return "The note is longer than 1000 characters.";
        if (!PermissionMap.TryBuild(draft.Permissions, out _, out var unknown))
        {
            return $"\"{unknown}\" is no permission, or has no such state.";
        }

        var normalized = name.ToUpperInvariant();
        return await db.ControlRoles.AnyAsync(r => r.NormalizedName == normalized && r.Guid != self, cancellationToken)
            ? "There is a control role of this name already."
            : null;
    }
}
