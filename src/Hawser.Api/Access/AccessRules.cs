using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>What an administrator writes in a rule.</summary>
/// <param name="Name">What it is called; may be empty.</param>
/// <param name="SubjectKind">Who may.</param>
/// <param name="SubjectGuid">Which user or group; null for everybody.</param>
/// <param name="TargetKind">What may be reached.</param>
/// <param name="TargetGuid">Which; null for all and for own devices.</param>
/// <param name="Schedule">When, as JSON; empty: always.</param>
/// <param name="ControlRoleGuid">The role under this rule; null: the user's own.</param>
/// <param name="Enabled">A disabled rule allows nothing.</param>
/// <param name="Note">A note.</param>
internal sealed record AccessRuleDraft(
    string Name,
    AccessSubject SubjectKind,
    Guid? SubjectGuid,
    AccessTarget TargetKind,
    Guid? TargetGuid,
    string Schedule = "",
    Guid? ControlRoleGuid = null,
    bool Enabled = true,
    string Note = "");

/// <summary>How an edit ended.</summary>
/// <param name="Guid">The row; empty when it was refused.</param>
/// <param name="Error">Why it was refused, for the one who made it; empty when it was done.</param>
internal readonly record struct EditResult(Guid Guid, string Error)
{
    public bool IsDone => Error.Length == 0;

    public static EditResult Done(Guid guid) => new(guid, "");

    public static EditResult Refuse(string error) => new(Guid.Empty, error);
}

/// <summary>Access rules, as administrators edit them. What is stored here is valid.</summary>
internal sealed class AccessRules(TimeProvider time)
{
    /// <summary>Rules are held in memory and asked one after the other, so there is a limit.</summary>
    internal const int MaxRules = 10_000;

    /// <summary>Adds a rule.</summary>
    public async Task<EditResult> AddAsync(HawserDb db, AccessRuleDraft draft, CancellationToken cancellationToken)
    {
        if (await ComplaintAsync(db, draft, cancellationToken) is { } error) return EditResult.Refuse(error);
        if (await db.AccessRules.CountAsync(cancellationToken) >= MaxRules)
        {
            return EditResult.Refuse($"There are {MaxRules} rules already.");
        }

        var now = Now;
        var row = new AccessRule { CreatedAt = now };
        Fill(row, draft, now);
        db.AccessRules.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(row.Guid);
    }

    /// <summary>Replaces everything in a rule.</summary>
    public async Task<EditResult> UpdateAsync(
        HawserDb db, Guid guid, AccessRuleDraft draft, CancellationToken cancellationToken)
    {
        if (await db.AccessRules.FindAsync([guid], cancellationToken) is not { } row)
        {
            return EditResult.Refuse("There is no such rule.");
        }

        if (await ComplaintAsync(db, draft, cancellationToken) is { } error) return EditResult.Refuse(error);
        Fill(row, draft, Now);
        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(guid);
    }

    /// <summary>Deletes rules; those that are gone already count as deleted.</summary>
    public static Task<int> DeleteAsync(
        HawserDb db, IReadOnlyCollection<Guid> guids, CancellationToken cancellationToken) =>
        db.AccessRules.Where(r => guids.Contains(r.Guid)).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Rules that name what is being deleted go with it: a rule about nobody would only confuse.</summary>
    /// <param name="db">The database.</param>
    /// <param name="guid">A user, a user group, a device or a device group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<int> ForgetAsync(HawserDb db, Guid guid, CancellationToken cancellationToken) =>
        db.AccessRules.Where(r => r.SubjectGuid == guid || r.TargetGuid == guid).ExecuteDeleteAsync(cancellationToken);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Writes a draft into a row.</summary>
    internal static void Fill(AccessRule row, AccessRuleDraft draft, DateTime now)
    {
        row.Name = draft.Name.Trim();
        row.SubjectKind = draft.SubjectKind;
        row.SubjectGuid = draft.SubjectGuid;
        row.TargetKind = draft.TargetKind;
        row.TargetGuid = draft.TargetGuid;
        row.Schedule = draft.Schedule.Trim();
        row.ControlRoleGuid = draft.ControlRoleGuid;
        row.Enabled = draft.Enabled;
        row.Note = draft.Note;
        row.UpdatedAt = now;
    }

    /// <summary>What is wrong with a rule, as a sentence; null: nothing.</summary>
    internal static async Task<string?> ComplaintAsync(
        HawserDb db, AccessRuleDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Name.Length > 128) return "The name is longer than 128 characters.";
        if (draft.Note.Length > 1000) return "The note is longer than 1000 characters.";
        if (draft.Schedule.Length > 2000) return "The schedule is longer than 2000 characters.";
        if (!AccessSchedule.TryParse(draft.Schedule.Trim(), out _, out var error)) return error;
        if (!Enum.IsDefined(draft.SubjectKind)) return "There is no such kind of subject.";
        if (!Enum.IsDefined(draft.TargetKind)) return "There is no such kind of target.";
        if (draft.ControlRoleGuid is { } role
            && !await db.ControlRoles.AnyAsync(
                r => r.Guid == role && r.Kind != ControlRoleKind.NotLoggedIn, cancellationToken))
        {
            return "There is no such control role, or it can't be assigned.";
        }

        return await FindSubjectErrorAsync(db, draft, cancellationToken)
            ?? await FindTargetErrorAsync(db, draft, cancellationToken);
    }

    private static async Task<string?> FindSubjectErrorAsync(
        HawserDb db, AccessRuleDraft draft, CancellationToken cancellationToken)
    {
        if (draft.SubjectKind == AccessSubject.Everybody)
        {
            return draft.SubjectGuid is null ? null : "Everybody is nobody in particular: leave the subject away.";
        }

        if (draft.SubjectGuid is not { } guid) return "The rule does not say for whom it is.";
        var known = draft.SubjectKind == AccessSubject.User
            ? await db.Users.AnyAsync(u => u.Guid == guid, cancellationToken)
            : await db.UserGroups.AnyAsync(g => g.Guid == guid, cancellationToken);
        return known ? null : "There is no such user or user group.";
    }

    private static async Task<string?> FindTargetErrorAsync(
        HawserDb db, AccessRuleDraft draft, CancellationToken cancellationToken)
    {
        if (draft.TargetKind is AccessTarget.AllDevices or AccessTarget.OwnDevices)
        {
            return draft.TargetGuid is null ? null : "This kind of target is no single one: leave the target away.";
        }

        if (draft.TargetGuid is not { } guid) return "The rule does not say what it opens.";
        var known = draft.TargetKind switch
        {
            AccessTarget.Device => await db.Devices.AnyAsync(d => d.Guid == guid, cancellationToken),
            AccessTarget.DeviceGroup => await db.DeviceGroups.AnyAsync(g => g.Guid == guid, cancellationToken),
            AccessTarget.User => await db.Users.AnyAsync(u => u.Guid == guid, cancellationToken),
            _ => await db.UserGroups.AnyAsync(g => g.Guid == guid, cancellationToken),
        };
        return known ? null : "There is no such device, user or group.";
    }
}
