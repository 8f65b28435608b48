using System.Net.Mail;
using System.Text.Json;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/users/import</c>: new users from CSV. One without a password can sign in through a directory or a provider,
/// or when he is given one. Ours.
/// </summary>
internal static class UsersImport
{
    private static readonly string[] Columns = ["name", "password", "email", "display_name", "group_name", "note"];

    public static void Map(IEndpointRouteBuilder routes) => ImportPlan.Describe(
        routes.MapPost("/api/users/import", StartAsync).ForAdmins(Area.User, write: true, AdminRight.UsersCreate)
            .WithSummary("Makes users by CSV, as a job; with a dry run."));

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, AccountRules rules,
        CancellationToken cancellationToken)
    {
        var (rows, error) = await ImportPlan.ReadAsync(context, "name", Columns);
        if (rows is null) return error!;
        if (await ForeignAsync(db, user, rows, cancellationToken) is { } foreign)
        {
            return Problem.Invalid($"You may not put users into the group \"{foreign}\".", "group_name");
        }

        var plan = await CheckAsync(db, rules.Policy, rows, cancellationToken);
        if (ImportPlan.Of(plan).Answer(context) is { } answer) return answer;
        var request = new JobRequest { Items = [.. plan.Where(r => r.Error.Length == 0).Select(r => r.Item)] };
        return await desk.StartAsync(context, db, UserImportJob.KindName, request, cancellationToken);
    }

    // The first group that the caller's role does not reach; an empty name is the default group.
    private static async Task<string?> ForeignAsync(
        HawserDb db, CurrentUser user, List<(int Line, Dictionary<string, string> Cells)> rows,
        CancellationToken cancellationToken)
    {
        if (user.MayEverywhere(AdminRight.UsersCreate)) return null;
        var names = rows.Select(r => r.Cells.GetValueOrDefault("group_name", "").Trim())
            .Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var normalized = NameText.Normalize(name);
            var group = await db.UserGroups.Where(g => g.NormalizedName == normalized).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            // A group that is not there is told of, line by line.
            if (name.Length > 0 && group is null) continue;
            if (!await AdminScope.MayPutAsync(db, user, AdminRight.UsersCreate, group, cancellationToken)) return name;
        }

        return null;
    }

    private static async Task<List<ImportRow>> CheckAsync(
        HawserDb db, AccountSettings policy, List<(int Line, Dictionary<string, string> Cells)> rows,
        CancellationToken cancellationToken)
    {
        var names = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "name"), some => db.Users.Where(u => some.Contains(u.NormalizedName))
                .Select(u => u.NormalizedName).ToListAsync(cancellationToken));
        var mails = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "email"), some => db.Users.Where(u => some.Contains(u.NormalizedEmail))
                .Select(u => u.NormalizedEmail).ToListAsync(cancellationToken));
        var groups = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "group_name"), some => db.UserGroups.Where(g => some.Contains(g.NormalizedName))
                .Select(g => g.NormalizedName).ToListAsync(cancellationToken));
        return rows.ConvertAll(row =>
        {
            var cells = row.Cells;
            var name = cells["name"].Trim();
            return new ImportRow(row.Line, name, Complaint(cells, policy, names, mails, groups) ?? "")
            {
                Item = JsonSerializer.Serialize(cells, ImportJson.Default.DictionaryStringString),
            };
        });
    }

    // What is found good is added to what is taken: a name may come once only.
    private static string? Complaint(
        Dictionary<string, string> cells, AccountSettings policy, HashSet<string> names, HashSet<string> mails,
        HashSet<string> groups)
    {
        var name = cells["name"].Trim();
        if (NameText.Complaint(name) is { } nameless) return nameless;
        if (names.Contains(NameText.Normalize(name))) return $"There is a user \"{name}\" already.";
        if (cells.GetValueOrDefault("password") is { Length: > 0 } password
            && PasswordPolicy.Complaint(name, password, policy) is { } weak) return weak;
        if (NameText.NoteComplaint(cells.GetValueOrDefault("note")) is { } noted) return noted;
        var mail = cells.GetValueOrDefault("email", "").Trim();
        if (mail.Length > 0 && (!MailAddress.TryCreate(mail, out var parsed) || parsed.Address != mail))
        {
            return $"\"{mail}\" is not a mail address.";
        }

        if (mail.Length > 0 && !mails.Add(NameText.Normalize(mail))) return $"\"{mail}\" is another user's address.";
        var group = cells.GetValueOrDefault("group_name", "").Trim();
        if (group.Length > 0 && !groups.Contains(NameText.Normalize(group)))
        {
            return $"There is no user group \"{group}\".";
        }

        names.Add(NameText.Normalize(name));
        return null;
    }
}

/// <summary>Makes one user as a row says.</summary>
internal sealed class UserImportJob : JobKind
{
    // Passwords are in it.
    public override bool IsRepeatable(JobRequest request) => false;

    internal const string KindName = "users.import";

    public override string Name => KindName;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var cells = JsonSerializer.Deserialize(item, ImportJson.Default.DictionaryStringString)!;
        var name = cells["name"].Trim();
        var (group, error) = await UsersAdmin.GroupAsync(
            step.Db, cells.GetValueOrDefault("group_name"), cancellationToken);
        if (error.Length > 0) return $"{name}: {error}";
        var password = cells.GetValueOrDefault("password");
        var (made, refusal) = await step.Services.GetRequiredService<AccountRules>().CreateAsync(
            new NewUser(name, string.IsNullOrEmpty(password) ? null : password)
            {
                Email = cells.GetValueOrDefault("email", "").Trim(),
                DisplayName = AccountNames.Clean(cells.GetValueOrDefault("display_name", ""), 128),
                Note = cells.GetValueOrDefault("note", ""),
                Status = UserStatus.Normal,
                UserGroup = group,
            },
            cancellationToken);
        return made is null ? $"{name}: {refusal}" : null;
    }
}
