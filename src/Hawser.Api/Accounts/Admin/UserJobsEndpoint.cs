using System.Text.Json.Serialization;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Groups.Admin;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/users/bulk</c>: the same for many users, as a job: those named, or all that match what the list would show.
/// Ours; what the vendor's scripts do at once is in <see cref="UsersBulk"/>.
/// </summary>
internal static class UserJobsEndpoint
{
    /// <summary>What can be done, by the word of the request.</summary>
    internal static readonly IReadOnlyDictionary<string, UserWork> Works = new UserWork[]
    {
        new("enable", AdminRight.UsersEnable, ConsoleOperation.EnableUser),
        new("disable", AdminRight.UsersEnable, ConsoleOperation.DisableUser),
        new("invite", AdminRight.UsersInvite, ConsoleOperation.InviteUser),
        new("group", AdminRight.UsersGroup, ConsoleOperation.UpdateUser),
        new("control_role", AdminRight.UsersControlRole, ConsoleOperation.UpdateUser),
        new("enforce", AdminRight.UsersSecondFactor, ConsoleOperation.EnforceTwoFactor, IsGrave: true),
        new("release", AdminRight.UsersSecondFactor, ConsoleOperation.ReleaseTwoFactor, IsGrave: true),
        new("reset", AdminRight.UsersSecondFactor, ConsoleOperation.ResetTwoFactor, IsGrave: true),
        new("sign_out", AdminRight.UsersLogout, ConsoleOperation.ForceLogout),
        new("delete", AdminRight.UsersDelete, ConsoleOperation.DeleteUser, IsGrave: true),
    }.ToDictionary(w => w.Action, StringComparer.Ordinal);

    private const int NamesInRow = 100;

    private const AdminRight Delegated = AdminRight.UsersEnable | AdminRight.UsersInvite | AdminRight.UsersGroup
        | AdminRight.UsersControlRole | AdminRight.UsersSecondFactor | AdminRight.UsersLogout | AdminRight.UsersDelete;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<UserStatusJob>(p, true));
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<UserStatusJob>(p, false));
        services.AddSingleton<JobKind, UserInviteJob>();
        services.AddSingleton<JobKind, UserGroupJob>();
        services.AddSingleton<JobKind, UserControlRoleJob>();
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<UserFactorJob>(p, true));
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<UserFactorJob>(p, false));
        services.AddSingleton<JobKind, UserResetJob>();
        services.AddSingleton<JobKind, UserSignOutJob>();
        services.AddSingleton<JobKind, UserDeleteJob>();
        services.AddSingleton<JobKind, UserRestoreJob>();
        services.AddSingleton<JobKind, UserUndeleteJob>();
        services.AddSingleton<JobKind, UserPurgeJob>();
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/users/bulk", StartAsync).ForAdmins(Area.User, write: true, Delegated)
            .WithSummary("Does something to many users, as a job; an Idempotency-Key makes it one job.")
            .Reads<UserWorkBody>(UserWorkBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);

    /// <summary>Whether a right reaches each of some users; administrators reach who is not there, too.</summary>
    internal static async Task<bool> ReachesAllAsync(
        HawserDb db, CurrentUser user, AdminRight right, IEnumerable<Guid> guids, CancellationToken cancellationToken)
    {
        if (user.IsAdmin) return true;
        var wanted = guids.ToHashSet();
        return user.May(right)
            && (await AdminScope.EditableAsync(db, user, right, wanted, cancellationToken)).Count == wanted.Count;
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, Invitations invitations,
        SettingsStore settings, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, UserWorkJson.Default.UserWorkBody, 2 << 20);
        if (body is null) return error!;
        if (!Works.TryGetValue(body.Action ?? "", out var work))
        {
            return Problem.Invalid($"action is one of {string.Join(", ", Works.Keys)}.", "action");
        }

        if (AskedAgain.Refusal(body.Guids, body.Query, body.AsOf, "users") is { } unclear) return unclear;
        if (!user.May(work.Right)) return Problem.Forbidden;
        if (work.IsGrave && StepUp.IsNeeded(context)) return Problem.StepUp;
        var args = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [UserJob.By] = user.Guid.ToString(), [UserJob.Session] = user.TokenGuid.ToString(),
        };
        if (PublicAddress.Of(context, settings.Get(SignInSettings.Key), null) is { } address)
        {
            args[UserJob.Address] = address;
        }

        if (await RefusalAsync(db, work, body, invitations, args, cancellationToken) is { } refusal) return refusal;
        if (work.Action == "delete" && !user.IsAdmin) args[UserJob.OnlyDisabled] = "1";
        var items = body.Guids is { } guids ? [.. guids.Distinct()]
            : await MatchingAsync(
                db, user, work.Right, body.Query!, (UserView.Of(context), AskedAgain.Until(body.AsOf)),
                cancellationToken);
        if (items.Count == 0) return Problem.Invalid("There is no user to do this to.", "guids");
        if (AskedAgain.CountRefusal(body.Expected, items.Count, "users") is { } others) return others;

        if (body.Guids is not null && !await ReachesAllAsync(db, user, work.Right, items, cancellationToken))
        {
            return Problem.NotFound("user for you to do this to, at least one of them");
        }

        await WriteDownAsync(context, db, log, (work, body.Value, items), cancellationToken);
        var request = new JobRequest { Args = args, Items = items.ConvertAll(g => g.ToString()) };
        return await desk.StartAsync(context, db, work.Kind, request, cancellationToken);
    }

    // What would be wrong with everybody is said before there is a job.
    private static async Task<IResult?> RefusalAsync(
        HawserDb db, UserWork work, UserWorkBody body, Invitations invitations, Dictionary<string, string> args,
        CancellationToken cancellationToken)
    {
        switch (work.Action)
        {
            case "invite":
                if (!invitations.CanInvite)
                {
                    return Problem.Invalid("This server can't send mails yet: see the setting \"mail\".", "action");
                }

                return args.ContainsKey(UserJob.Address) ? null : Problem.Invalid(
                    "This server does not know its address: see publicUrls in the setting \"signIn\".", "action");
            case "group":
                var (group, complaint) = await UsersAdmin.GroupAsync(db, body.Value, cancellationToken);
                args[UserJob.Value] = group?.ToString() ?? "";
                return group is not null ? null
                    : Problem.Invalid(complaint.Length > 0 ? complaint : "value is missing.", "value");
            case "control_role":
                args[UserJob.Value] = "";
                if (string.IsNullOrEmpty(body.Value)) return null;
                var role = await NewUsers.ControlRoleAsync(db, body.Value, cancellationToken);
                args[UserJob.Value] = role?.ToString() ?? "";
                return role is not null ? null
                    : Problem.Invalid($"There is no control role \"{body.Value}\" to give.", "value");
            default:
                return null;
        }
    }

    // Who it was done to stays known when the job and they are gone. The job's row is stored with it, or neither.
    private static async Task WriteDownAsync(
        HttpContext context, HawserDb db, ConsoleLog log, (UserWork Work, string? Value, List<Guid> Users) done,
        CancellationToken cancellationToken)
    {
        foreach (var some in done.Users.Chunk(NamesInRow))
        {
            var names = await db.Users.Where(u => some.Contains(u.Guid)).OrderBy(u => u.NormalizedName)
                .Select(u => u.Name).ToListAsync(cancellationToken);
            if (names.Count == 0) continue;
            log.Add(db, context, done.Work.Operation, names, ("how", "job"),
                ("user_group", done.Work.Action == "group" ? done.Value : null),
                ("control_role", done.Work.Action == "control_role" ? done.Value ?? "" : null));
        }
    }

    // What the list would show for the same query at this moment, as far as the right reaches, without who was added
    // since it was read.
    private static async Task<List<Guid>> MatchingAsync(
        HawserDb db, CurrentUser user, AdminRight right, string query, (UserView View, DateTime? AsOf) with,
        CancellationToken cancellationToken)
    {
        var users = AdminScope.Editable(db, user, right).AsNoTracking();
        if (with.AsOf is { } read) users = users.Where(u => u.CreatedAt <= read);
        return await UserRow.Filter(db, UserRow.Of(db, users), AskedAgain.Of(query), with.View)
            .OrderBy(r => r.User.NormalizedName).ThenBy(r => r.User.Guid).Select(r => r.User.Guid)
            .Take(JobDesk.MostItems + 1).ToListAsync(cancellationToken);
    }
}

/// <summary>Something that is done to many users.</summary>
/// <param name="Action">Its word in requests.</param>
/// <param name="Right">The right that it needs.</param>
/// <param name="Operation">Its number in the log.</param>
/// <param name="IsGrave">Who asks must have proved lately who he is.</param>
internal sealed record UserWork(string Action, AdminRight Right, ConsoleOperation Operation, bool IsGrave = false)
{
    /// <summary>The name of the kind of job.</summary>
    public string Kind => "users." + Action;
}

/// <summary>What is done to many users.</summary>
internal sealed record UserWorkBody
{
    internal const string Example =
        """{"action":"group","value":"Help desk","query":"group_name=Default","expected":12,"as_of":1772447400000}""";

    /// <summary>
    /// enable, disable, invite (again), group, control_role, enforce, release or reset (the second factor), sign_out
    /// or delete (who is disabled).
    /// </summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>Which users.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list of users shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>How many users the caller saw; when there are others by now, nothing is begun.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>When the list was read, in milliseconds, as it said: who was added later is left alone.</summary>
    [JsonPropertyName("as_of")]
    public long? AsOf { get; init; }

    /// <summary>group: the name of the user group. control_role: its name; empty for the default one.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }
}

/// <summary>What this route reads.</summary>
[JsonSerializable(typeof(UserWorkBody))]
internal sealed partial class UserWorkJson : JsonSerializerContext;
