using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/deploy-tokens</c>: tokens that only bring devices in (<c>--deploy</c>, <c>--assign</c>), with what those
/// get. For administrators, holders of the right, and scripts with a scope of its own. Ours.
/// </summary>
internal static class DeployTokensAdmin
{
    private const string Path = "/api/deploy-tokens";
    private const int MostTokens = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForAdmins(Area.DeployToken, write: false, AdminRight.DeployTokensView)
            .WithSummary("Deployment tokens, newest first; never their text.").Answers<Page<DeployTokenItem>>();
        routes.MapPost(Path, AddAsync).AfterStepUp()
            .ForAdmins(Area.DeployToken, write: true, AdminRight.DeployTokensEdit)
            .WithSummary("Makes a deployment token; its text is in this answer only.")
            .Reads<DeployTokenWish>(DeployTokenWish.Example).Answers<MadeDeployToken>();
        routes.MapDelete(Path + "/{guid}", DeleteAsync)
            .ForAdmins(Area.DeployToken, write: true, AdminRight.DeployTokensEdit)
            .WithSummary("Ends a deployment token; devices that came with it stay.").ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> ListAsync(PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var all = db.AccessTokens.AsNoTracking().Where(t => t.Kind == TokenKind.Deploy);
        var total = await all.CountAsync(cancellationToken);
        var rows = await (
            from t in all
            join known in db.DeployPresets.AsNoTracking() on t.Guid equals known.TokenGuid
            orderby t.CreatedAt descending, t.Guid descending
            select new
            {
                Token = t,
                Preset = known,
                Owner = db.Users.Where(u => u.Guid == known.OwnerGuid).Select(u => u.Name).FirstOrDefault(),
                Group = db.DeviceGroups.Where(g => g.Guid == known.GroupGuid).Select(g => g.Name).FirstOrDefault(),
                Strategy = db.Strategies.Where(s => s.Guid == known.StrategyGuid).Select(s => s.Name)
                    .FirstOrDefault(),
                Book = db.AddressBooks.Where(b => b.Guid == known.BookGuid).Select(b => b.Name).FirstOrDefault(),
            }).Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var items = rows.ConvertAll(r => new DeployTokenItem
        {
            Guid = r.Token.Guid,
            Name = r.Token.Name,
            CreatedBy = r.Token.CreatedBy,
            CreatedAt = WireTime.Seconds(r.Token.CreatedAt),
            ExpiresAt = WireTime.Seconds(r.Token.ExpiresAt),
            LastUsedAt = WireTime.Seconds(r.Token.LastUsedAt),
            LastAddress = r.Token.LastAddress,
            AllowedFrom = r.Token.AllowedFrom,
            MaximumUses = r.Preset.MaximumUses,
            Uses = r.Preset.Uses,
            UserName = r.Owner ?? "",
            DeviceGroupName = r.Group ?? "",
            StrategyName = r.Strategy ?? "",
            AddressBookName = r.Book ?? "",
            AddressBookTag = r.Preset.Tag,
            Note = r.Preset.Note,
        });
        return ClientResults.Json(
            new Page<DeployTokenItem>(total, items), DeployTokensJson.Default.PageDeployTokenItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser caller, HawserDb db, TokenDesk desk, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DeployTokensJson.Default.DeployTokenWish);
        if (body is null) return error!;
        if (Complaint(body) is var (text, field) && text is not null) return Problem.Invalid(text, field);
        if (!MayGive(caller, body)) return Problem.Forbidden;
        if (await db.AccessTokens.CountAsync(t => t.Kind == TokenKind.Deploy, cancellationToken) >= MostTokens)
        {
            return Problem.Conflict($"There are at most {MostTokens} deployment tokens.", "full");
        }

        var preset = new DeployPreset
        {
            MaximumUses = body.MaximumUses ?? 0, Note = body.Note ?? "",
            Tag = DeviceAssignments.Cut(body.AddressBookTag, 128).ReplaceLineEndings(" "),
        };
        if (await NamedAsync(db, body, preset, cancellationToken) is var (unknown, at) && unknown is not null)
        {
            return Problem.Invalid(unknown, at);
        }

        var days = body.Days ?? 30;
        var row = new AccessToken
        {
            Kind = TokenKind.Deploy,
            UserGuid = caller.Guid,
            Name = AccountNames.Clean(body.Name!, 128),
            AllowedFrom = body.AllowedFrom?.Trim() ?? "",
            CreatedBy = caller.Name,
            ExpiresAt = days == 0 ? null : time.GetUtcNow().UtcDateTime.AddDays(days),
        };
        var token = desk.Issue(db, row);
        preset.TokenGuid = row.Guid;
        db.DeployPresets.Add(preset);
        log.Add(db, context, ConsoleOperation.AddDeployToken, row.Name, ("days", $"{days}"),
            ("maximum_uses", $"{preset.MaximumUses}"), ("user_name", body.UserName),
            ("device_group_name", body.DeviceGroupName), ("strategy_name", body.StrategyName),
            ("address_book_name", body.AddressBookName), ("allowed_from", body.AllowedFrom));
        await db.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(
            new MadeDeployToken(row.Guid, token, WireTime.Seconds(row.ExpiresAt)),
            DeployTokensJson.Default.MadeDeployToken);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var token = Guid.TryParse(guid, out var wanted) ? await db.AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Guid == wanted && t.Kind == TokenKind.Deploy, cancellationToken) : null;
        if (token is null) return Problem.NotFound("deployment token");
        log.Add(db, context, ConsoleOperation.DeleteDeployToken, [token.Name, token.Guid.ToString()]);
        await db.SaveChangesAsync(cancellationToken);
        await rules.RevokeAsync(token.Guid, null, cancellationToken);
        return ClientResults.Empty;
    }

    // A token gives what its maker may give; books are the administrators'.
    private static bool MayGive(CurrentUser caller, DeployTokenWish body) =>
        (string.IsNullOrEmpty(body.UserName) || caller.MayEverywhere(AdminRight.DevicesOwner))
        && (string.IsNullOrEmpty(body.DeviceGroupName) || caller.MayEverywhere(AdminRight.DevicesGroup))
        && (string.IsNullOrEmpty(body.StrategyName) || caller.MayEverywhere(AdminRight.DevicesStrategy))
        && (string.IsNullOrEmpty(body.AddressBookName) || caller.IsAdmin);

    private static (string? Text, string Field) Complaint(DeployTokenWish body)
    {
        if (NameText.Complaint(body.Name) is { } nameless) return (nameless, "name");
        if (NameText.NoteComplaint(body.Note) is { } noted) return (noted, "note");
        if (body.Days is < 0 or > 3650) return ("A token lasts between 1 and 3650 days; 0: for ever.", "days");
        if (body.MaximumUses is < 0 or > 1_000_000) return ("maximum_uses is between 0 and 1000000.", "maximum_uses");
        if (body.AllowedFrom is { Length: > 1000 }) return ("The list of networks is too long.", "allowed_from");
        return AddressNetworks.Complaint(body.AllowedFrom ?? "") is { } word
            ? ($"\"{word}\" is neither an address nor a network such as 10.0.0.0/8.", "allowed_from") : (null, "");
    }

    private static async Task<(string? Text, string Field)> NamedAsync(
        HawserDb db, DeployTokenWish body, DeployPreset preset, CancellationToken cancellationToken)
    {
        if (Name(body.UserName) is { Length: > 0 } user)
        {
            preset.OwnerGuid = await db.Users.Where(u => u.NormalizedName == user).Select(u => (Guid?)u.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            if (preset.OwnerGuid is null) return ($"There is no user \"{body.UserName}\".", "user_name");
        }

        if (Name(body.DeviceGroupName) is { Length: > 0 } group)
        {
            preset.GroupGuid = await db.DeviceGroups.Where(g => g.NormalizedName == group)
                .Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken);
            if (preset.GroupGuid is null)
            {
                return ($"There is no device group \"{body.DeviceGroupName}\".", "device_group_name");
            }
        }

        if (Name(body.StrategyName) is { Length: > 0 } strategy)
        {
            preset.StrategyGuid = await db.Strategies.Where(s => s.NormalizedName == strategy)
                .Select(s => (Guid?)s.Guid).FirstOrDefaultAsync(cancellationToken);
            if (preset.StrategyGuid is null)
            {
                return ($"There is no strategy \"{body.StrategyName}\".", "strategy_name");
            }
        }

        if (Name(body.AddressBookName) is { Length: > 0 } book)
        {
            preset.BookGuid = await db.AddressBooks.Where(b => !b.IsPersonal && b.NormalizedName == book)
                .Select(b => (Guid?)b.Guid).FirstOrDefaultAsync(cancellationToken);
            if (preset.BookGuid is null)
            {
                return ($"There is no shared address book \"{body.AddressBookName}\".", "address_book_name");
            }
        }

        return (null, "");
    }

    private static string Name(string? text) => NameText.Normalize(DeviceAssignments.Cut(text, 300));
}
