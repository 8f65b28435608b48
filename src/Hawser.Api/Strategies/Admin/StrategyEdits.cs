using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Strategies.Admin;

/// <summary>Making, changing and deleting strategies: ours, the vendor's console has no open call for it.</summary>
internal static class StrategyEdits
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/strategies/options", Options)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("The options that a strategy can set.").Answers<IReadOnlyList<OptionItem>>();
        routes.MapPost("/api/strategies", AddAsync)
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary("Makes a strategy.").Reads<StrategyBody>(StrategyBody.Example).Answers<StrategyItem>();
        routes.MapPatch("/api/strategies/{guid}", UpdateAsync)
            .GuardsEdits("strategy", "guid", VersionAsync)
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary("Changes a strategy; what is missing stays, options are replaced as a whole.")
            .Reads<StrategyBody>(StrategyBody.Example).Answers<StrategyItem>();
        routes.MapDelete("/api/strategies/{guid}", DeleteAsync)
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary("Deletes a strategy; devices under it get their options back.").ReadsNothing()
            .AnswersNothing();
    }

    /// <summary>The version of a strategy as it is now; null: there is none.</summary>
    internal static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken) =>
        (await StrategiesAdmin.ItemAsync(
            context.RequestServices.GetRequiredService<HawserDb>(), guid, cancellationToken))?.Version;

    private static IResult Options()
    {
        IReadOnlyList<OptionItem> all =
        [
            .. StrategyCatalogue.All.Values.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => new OptionItem(
                o.Key, Kind(o.Kind), o.Default, o.Choices, o.Since, o.Warning)),
        ];
        return ClientResults.Json(all, StrategiesAdminJson.Default.IReadOnlyListOptionItem);
    }

    private static string Kind(OptionKind kind) => kind == OptionKind.YesNo ? "yes_no"
        : kind.ToString().ToLowerInvariant();

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, StrategyRules rules, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, StrategiesAdminJson.Default.StrategyBody, 256 << 10);
        if (body is null) return error!;
        if (NameText.Complaint(body.Name) is { } nameless) return Problem.Invalid(nameless, "name");
        if (NameText.NoteComplaint(body.Note) is { } noteless) return Problem.Invalid(noteless, "note");
        if (Checked(body, out var options) is { } wrong) return wrong;
        log.Add(db, context, ConsoleOperation.AddStrategy, body.Name!.Trim(), ("options", Keys(options)));
        var made = await rules.CreateAsync(db, body.Name!, body.Note ?? "", options, cancellationToken,
            CurrentUser.Of(context).Name);
        if (made is null) return Problem.Conflict($"There is a strategy \"{body.Name}\" already.", "name_taken");
        if (body.Enabled == false) await rules.SetEnabledAsync(db, made.Guid, enabled: false, cancellationToken);
        return await AnswerAsync(db, made.Guid, cancellationToken);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, StrategyRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, StrategiesAdminJson.Default.StrategyBody, 256 << 10);
        if (body is null) return error!;
        if (body.Name is not null && NameText.Complaint(body.Name) is { } nameless)
        {
            return Problem.Invalid(nameless, "name");
        }

        if (NameText.NoteComplaint(body.Note) is { } noteless) return Problem.Invalid(noteless, "note");
        if (NameText.NoteComplaint(body.Reason) is { } unreasoned) return Problem.Invalid(unreasoned, "reason");
        if (Checked(body, out var options) is { } wrong) return wrong;
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        if (await ConflictAsync(db, strategy, body, options, cancellationToken) is { } conflict) return conflict;
        log.Add(db, context, ConsoleOperation.UpdateStrategy, strategy.Name, ("new_name", body.Name),
            ("note", body.Note), ("enabled", body.Enabled?.ToString()),
            ("options", body.ConfigOptions is null ? null : Keys(options)), ("reason", body.Reason));
        await db.SaveChangesAsync(cancellationToken);
        await rules.RenameAsync(db, strategy.Guid, body.Name ?? strategy.Name, body.Note ?? strategy.Note,
            cancellationToken);
        if (body.ConfigOptions is not null)
        {
            await rules.SetOptionsAsync(
                db, strategy.Guid, options, cancellationToken, CurrentUser.Of(context).Name,
                body.Reason?.Trim() ?? "");
        }

        if (body.Enabled is { } enabled && enabled != strategy.Enabled)
        {
            await rules.SetEnabledAsync(db, strategy.Guid, enabled, cancellationToken);
        }

        return await AnswerAsync(db, strategy.Guid, cancellationToken);
    }

    private static async Task<Problem?> ConflictAsync(
        HawserDb db, Strategy strategy, StrategyBody body, Dictionary<string, string> options,
        CancellationToken cancellationToken)
    {
        if (body.ConfigOptions is not null && await RolloutRules.IsOpenAsync(db, strategy.Guid, cancellationToken))
        {
            return Problem.Conflict("A roll-out of this strategy is open; end it first.", "rollout_open");
        }

        if (body.ConfigOptions is not null && (body.Enabled ?? strategy.Enabled)
            && AddressRules.Moves(StrategyText.Parse(strategy.Options), options)
            && await AddressRules.GovernsAsync(db, strategy.Guid, cancellationToken))
        {
            return Problem.Conflict(AddressRules.Refusal, AddressRules.Code);
        }

        if (body.Name is not { } wanted) return null;
        var normalized = NameText.Normalize(wanted);
        return await db.Strategies.AnyAsync(
            s => s.NormalizedName == normalized && s.Guid != strategy.Guid, cancellationToken)
            ? Problem.Conflict($"There is a strategy \"{wanted}\" already.", "name_taken") : null;
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, StrategyRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        log.Add(db, context, ConsoleOperation.DeleteStrategy, strategy.Name);
        await db.SaveChangesAsync(cancellationToken);
        await rules.DeleteAsync(db, strategy.Guid, cancellationToken);
        return ClientResults.Empty;
    }

    private static Problem? Checked(StrategyBody body, out Dictionary<string, string> options)
    {
        options = new(StringComparer.Ordinal);
        foreach (var (key, value) in body.ConfigOptions ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            options[key] = value ?? "";
        }

        var check = StrategyRules.Check(options, body.StopConfirmed);
        return check.Errors.Count == 0 ? null : Problem.Invalid(check.Errors, "config_options");
    }

    // Values may be passwords of books.
    private static string Keys(Dictionary<string, string> options) =>
        string.Join(' ', options.Keys.Order(StringComparer.Ordinal));

    private static async Task<IResult> AnswerAsync(HawserDb db, Guid guid, CancellationToken cancellationToken) =>
        ClientResults.Json(
            (await StrategiesAdmin.ItemAsync(db, guid.ToString(), cancellationToken))!,
            StrategiesAdminJson.Default.StrategyItem);
}
