using Hawser.Api.Access;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Notifications;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Admin;

/// <summary>Jobs on users, named by their guids.</summary>
internal abstract class UserJob(AccountEvents events) : JobKind
{
    /// <summary>The argument that says who began it: nobody locks himself out.</summary>
    internal const string By = "by";

    /// <summary>The argument that names the session it was begun in.</summary>
    internal const string Session = "session";

    /// <summary>The argument with this server's address, for mails.</summary>
    internal const string Address = "address";

    /// <summary>The argument that says which group or role.</summary>
    internal const string Value = "value";

    /// <summary>The argument by which whoever is not disabled is kept.</summary>
    internal const string OnlyDisabled = "only_disabled";

    private const int Some = 500;

    public override int Batch => 25;

    public sealed override async Task<string?> HandleAsync(
        JobStep step, string item, CancellationToken cancellationToken)
    {
        var user = Guid.TryParse(item.Split('\t')[0], out var guid)
            ? await step.Db.Users.FindAsync([guid], cancellationToken) : null;
        return user is null ? OfNobody : await ChangeAsync(step, user, item, cancellationToken);
    }

    // Again: who asked before the commit was told of what was.
    public override Task StoredAsync(JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            if (Guid.TryParse(item.Split('\t')[0], out var guid)) events.Changed(guid);
        }

        return Task.CompletedTask;
    }

    public override async Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var field in items.Select(i => i.Split('\t')).GroupBy(p => p.ElementAtOrDefault(1) ?? ""))
        {
            if (!await UserJobsEndpoint.ReachesAllAsync(
                db, user, RightFor(field.Key), field.Select(p => GuidOf(p[0])), cancellationToken)) return false;
        }

        return true;
    }

    public override async Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        UserJobsEndpoint.Works.TryGetValue(Name["users.".Length..], out var work)
        && await UserJobsEndpoint.ReachesAllAsync(
            db, user, work.Right, request.Items.Select(GuidOf), cancellationToken);

    /// <summary>What is said of an account that is gone.</summary>
    protected virtual string? OfNobody => "There is no such user any more.";

    /// <summary>Changes one; returns why not.</summary>
    protected abstract Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken);

    /// <summary>The rules, in the transaction of this step.</summary>
    protected static AccountRules Rules(JobStep step) => step.Services.GetRequiredService<AccountRules>();

    /// <summary>Whether the account is that of who began the job.</summary>
    protected static bool IsOwn(JobStep step, User user) =>
        step.Request.Args.GetValueOrDefault(By) == user.Guid.ToString();

    /// <summary>A sentence about a user that is begun with his name.</summary>
    protected static string Of(User user, string why) => $"{user.Name}: {why}";

    /// <summary>What users have in a field now, one text each: guid, field, value.</summary>
    protected static async Task<IReadOnlyList<string>> ValuesAsync(
        HawserDb db, IReadOnlyList<string> guids, string field, Func<User, string> read,
        CancellationToken cancellationToken)
    {
        var values = new Dictionary<Guid, string>();
        var wanted = guids.Select(GuidOf).ToList();
        foreach (var some in wanted.Distinct().Chunk(Some))
        {
            var rows = await db.Users.AsNoTracking().Where(u => some.Contains(u.Guid)).ToListAsync(cancellationToken);
            foreach (var row in rows) values[row.Guid] = read(row);
        }

        return wanted.ConvertAll(g => $"{g}\t{field}\t{values.GetValueOrDefault(g, "")}");
    }

    private static Guid GuidOf(string text) => Guid.TryParse(text, out var guid) ? guid : Guid.Empty;

    private static AdminRight RightFor(string field) => field switch
    {
        UserRestoreJob.Status => AdminRight.UsersEnable,
        UserRestoreJob.Group => AdminRight.UsersGroup,
        UserRestoreJob.ControlRole => AdminRight.UsersControlRole,
        _ => AdminRight.UsersSecondFactor,
    };
}

/// <summary>Lets users sign in again, or not any more.</summary>
internal sealed class UserStatusJob(bool enable, AccountEvents events) : UserJob(events)
{
    public override string Name => enable ? "users.enable" : "users.disable";

    public override string UndoneBy => UserRestoreJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        ValuesAsync(db, request.Items, UserRestoreJob.Status, u => $"{(int)u.Status}", cancellationToken);

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        if (!enable && IsOwn(step, user)) return Of(user, "You can't disable your own account.");
        // Without a password he could not sign in: the invitation lets him choose one.
        if (enable && user.Status == UserStatus.Unverified)
        {
            return Of(user, "The invitation is not accepted yet.");
        }

        var wanted = enable ? UserStatus.Normal : UserStatus.Disabled;
        if (user.Status == wanted && user.LockoutEnd is null) return null;
        var (done, error) = await Rules(step).SetStatusAsync(user.Guid, wanted, cancellationToken);
        return done is null ? Of(user, error) : null;
    }
}

/// <summary>Mails the link with which somebody chooses his first password once more.</summary>
internal sealed class UserInviteJob(AccountEvents events, Invitations invitations, Outbox outbox) : UserJob(events)
{
    public override string Name => "users.invite";

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        await base.StoredAsync(step, items, cancellationToken);
        outbox.Wake();
    }

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        if (user.Status != UserStatus.Unverified) return Of(user, "The account is in use, or disabled.");
        if (user.Email.Length == 0) return Of(user, "There is no mail address.");
        await invitations.AddAsync(step.Db, user, step.Request.Args[Address], cancellationToken);
        return null;
    }
}

/// <summary>Moves users to a group.</summary>
internal sealed class UserGroupJob(AccountEvents events) : UserJob(events)
{
    public override string Name => "users.group";

    public override string UndoneBy => UserRestoreJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        ValuesAsync(db, request.Items, UserRestoreJob.Group, u => $"{u.UserGroupGuid}", cancellationToken);

    protected override Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken) =>
        MoveAsync(step, user, step.Request.Args[Value], cancellationToken);

    /// <summary>Moves one; returns why not.</summary>
    internal static async Task<string?> MoveAsync(
        JobStep step, User user, string group, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(group, out var wanted)
            || !await step.Db.UserGroups.AnyAsync(g => g.Guid == wanted, cancellationToken))
        {
            return Of(user, "The user group is gone.");
        }

        var (done, error) = await Rules(step).EditAsync(
            user.Guid, new UserEdit(null, null, null, null, wanted, null), cancellationToken);
        return done is null ? Of(user, error) : null;
    }
}

/// <summary>Gives users a control role, or the default one.</summary>
internal sealed class UserControlRoleJob(AccountEvents events) : UserJob(events)
{
    public override string Name => "users.control_role";

    public override string UndoneBy => UserRestoreJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        ValuesAsync(db, request.Items, UserRestoreJob.ControlRole, u => $"{u.ControlRoleGuid}", cancellationToken);

    protected override Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken) =>
        GiveAsync(step, user, step.Request.Args[Value], cancellationToken);

    /// <summary>Gives it to one; returns why not.</summary>
    internal static async Task<string?> GiveAsync(
        JobStep step, User user, string role, CancellationToken cancellationToken)
    {
        Guid? wanted = Guid.TryParse(role, out var guid) ? guid : null;
        var done = await ControlRoles.AssignAsync(step.Db, [user.Guid], wanted, cancellationToken);
        return done.IsDone ? null : Of(user, done.Error);
    }
}

/// <summary>Demands authenticators of users, or none any more.</summary>
internal sealed class UserFactorJob(bool enforce, AccountEvents events, Outbox outbox) : UserJob(events)
{
    public override string Name => enforce ? "users.enforce" : "users.release";

    public override string UndoneBy => UserRestoreJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        ValuesAsync(db, request.Items, UserRestoreJob.Factor, u => u.TotpEnforced ? "1" : "0", cancellationToken);

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        await base.StoredAsync(step, items, cancellationToken);
        outbox.Wake();
    }

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        var address = step.Request.Args.GetValueOrDefault(Address, "");
        if (enforce && !Rules(step).Policy.AllowAuthenticator) return "Authenticators are switched off here.";
        if (enforce && address.Length > 0 && outbox.CanSend(Outbox.Email))
        {
            await UsersBulk.AskAsync(step.Db, outbox, [user.Guid], address, cancellationToken);
        }

        await Rules(step).EnforceTotpAsync([user.Guid], enforce, cancellationToken);
        return null;
    }
}

/// <summary>Takes every second factor of users away.</summary>
internal sealed class UserResetJob(AccountEvents events) : UserJob(events)
{
    public override string Name => "users.reset";

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        var (done, error) = await Rules(step).ResetTwoFactorAsync(user.Guid, cancellationToken);
        return done is null ? Of(user, error) : null;
    }
}

/// <summary>Ends every login of users, but the one that the job was begun with.</summary>
internal sealed class UserSignOutJob(AccountEvents events) : UserJob(events)
{
    public override string Name => "users.sign_out";

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        var keep = IsOwn(step, user) && Guid.TryParse(step.Request.Args.GetValueOrDefault(Session), out var session)
            ? session : (Guid?)null;
        if (keep is null) await Rules(step).LogOutEverywhereAsync([user.Guid], cancellationToken);
        else await Rules(step).LogOutEverywhereAsync(user.Guid, keep, cancellationToken);
        return null;
    }
}

/// <summary>Deletes users that are not in use any more, into the bin.</summary>
internal sealed class UserDeleteJob(AccountEvents events, TimeProvider time) : UserJob(events)
{
    public override string Name => "users.delete";

    public override string UndoneBy => UserUndeleteJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) => Task.FromResult(request.Items);

    public override Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        UserUndeleteJob.ReachesAsync(db, user, items, cancellationToken);

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        await base.StoredAsync(step, items, cancellationToken);
        await step.Services.GetRequiredService<StrategyEpoch>().BumpAsync(step.Db, cancellationToken);
    }

    // Gone is gone, also after a crash.
    protected override string? OfNobody => null;

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        if (IsOwn(step, user)) return Of(user, "You can't delete your own account.");
        // Roles delete who is disabled only (admin reference §6.4); by one press for all nobody deletes who is in use.
        if (user.Status == UserStatus.Normal
            || (user.Status != UserStatus.Disabled && step.Request.Args.ContainsKey(OnlyDisabled)))
        {
            return Of(user, "Disable the account before it is deleted.");
        }

        var by = Guid.TryParse(step.Request.Args.GetValueOrDefault(By), out var who) ? who : Guid.Empty;
        var name = await step.Db.Users.Where(u => u.Guid == by).Select(u => u.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";
        var (done, error) = await UsersAdmin.RemoveAsync(
            step.Db, Rules(step), user, (by, name), time.GetUtcNow().UtcDateTime, cancellationToken);
        return done is null ? Of(user, error) : null;
    }
}

/// <summary>Gives users back what they had; the items say what.</summary>
internal sealed class UserRestoreJob(AccountEvents events) : UserJob(events)
{
    internal const string KindName = "users.restore";
    internal const string Status = "status";
    internal const string Group = "group";
    internal const string ControlRole = "control_role";
    internal const string Factor = "enforced";

    public override string Name => KindName;

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        MayUndoAsync(db, user, request.Items, cancellationToken);

    protected override async Task<string?> ChangeAsync(
        JobStep step, User user, string item, CancellationToken cancellationToken)
    {
        if (item.Split('\t', 3) is not [_, var field, { Length: > 0 } value])
        {
            // The default control role has no name.
            return item.Contains($"\t{ControlRole}\t", StringComparison.Ordinal)
                ? await UserControlRoleJob.GiveAsync(step, user, "", cancellationToken)
                : Of(user, "It is not known what was before.");
        }

        switch (field)
        {
            case Status:
                var status = (UserStatus)int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                if (user.Status == status) return null;
                var (done, error) = await Rules(step).SetStatusAsync(user.Guid, status, cancellationToken);
                return done is null ? Of(user, error) : null;
            case Group: return await UserGroupJob.MoveAsync(step, user, value, cancellationToken);
            case ControlRole: return await UserControlRoleJob.GiveAsync(step, user, value, cancellationToken);
            default:
                await Rules(step).EnforceTotpAsync([user.Guid], value == "1", cancellationToken);
                return null;
        }
    }
}
