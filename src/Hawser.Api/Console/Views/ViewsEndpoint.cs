using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Views;

/// <summary>
/// <c>/api/views</c>: filters, order and columns of lists, kept under names by each user; administrators keep some for
/// everybody. How a list is opened is the view without a name: <c>/api/views/{page}/columns</c>. Ours.
/// </summary>
internal static class ViewsEndpoint
{
    private const int MostViews = 200;
    private const int MostColumns = 64;
    private const int MostShared = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/views", ListAsync).ForUsers()
            .WithSummary("The own views and those for everybody, by name; not paged.")
            .Query("page", "Only those of this list.").Answers<IReadOnlyList<ViewItem>>();
        routes.MapPost("/api/views", AddAsync).ForUsers()
            .WithSummary("Keeps a view under a name; only administrators keep one for everybody.")
            .Reads<ViewBody>(ViewBody.Example).Answers<ViewItem>();
        routes.MapPatch("/api/views/{guid}", ChangeAsync).ForUsers()
            .WithSummary("Changes a view of one's own; what is missing stays. Administrators: any for everybody.")
            .Reads<ViewBody>("""{"query":"status=0"}""").Answers<ViewItem>();
        routes.MapDelete("/api/views/{guid}", DeleteAsync).ForUsers()
            .WithSummary("Forgets a view.").ReadsNothing().AnswersNothing();
        routes.MapGet("/api/views/{page}/columns", ColumnsAsync).ForUsers()
            .WithSummary("The columns that the caller chose for a list; empty: the usual ones.")
            .Answers<ColumnsBody>();
        routes.MapPut("/api/views/{page}/columns", SetColumnsAsync).ForUsers()
            .WithSummary("Keeps the columns of a list, in their order; an empty list: the usual ones.")
            .Reads<ColumnsBody>("""{"columns":["state","name","id"]}""").Answers<ColumnsBody>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var page = context.Request.Query["page"].ToString();
        var rows = db.SavedViews.AsNoTracking().Where(v => v.Name != "" && (v.UserGuid == user.Guid || v.Shared));
        if (page.Length > 0) rows = rows.Where(v => v.Page == page);
        var found = await rows.OrderBy(v => v.Page).ThenBy(v => v.NormalizedName).ThenBy(v => v.Guid)
            .Take(MostViews + MostShared)
            .Join(db.Users, v => v.UserGuid, u => u.Guid, (v, u) => new { View = v, u.Name })
            .ToListAsync(cancellationToken);
        IReadOnlyList<ViewItem> items = [.. found
            .OrderBy(f => f.View.Page, StringComparer.Ordinal)
            .ThenBy(f => f.View.NormalizedName, StringComparer.Ordinal).ThenBy(f => f.View.Guid)
            .Select(f => ViewItem.Of(f.View, f.Name, user))];
        return ClientResults.Json(items, ViewsJson.Default.IReadOnlyListViewItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ViewsJson.Default.ViewBody);
        if (body is null) return error!;
        if (PageComplaint(body.Page) is { } pageless) return Problem.Invalid(pageless, "page");
        if (NameText.Complaint(body.Name) is { } nameless) return Problem.Invalid(nameless, "name");
        if (await db.SavedViews.CountAsync(v => v.UserGuid == user.Guid, cancellationToken) >= MostViews)
        {
            return Problem.Conflict($"Somebody keeps at most {MostViews} views.", "too_many");
        }

        var row = new SavedView { UserGuid = user.Guid, Page = body.Page! };
        db.SavedViews.Add(row);
        return await StoreAsync(row, body, user, (db, time), cancellationToken);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ViewsJson.Default.ViewBody);
        if (body is null) return error!;
        if (await FindAsync(db, user, guid, cancellationToken) is not { } row) return Problem.NotFound("view");
        if (body.Name is not null && NameText.Complaint(body.Name) is { } nameless)
        {
            return Problem.Invalid(nameless, "name");
        }

        if (body.Page is not null && body.Page != row.Page)
        {
            return Problem.Invalid("A view stays with its list.", "page");
        }

        return await StoreAsync(row, body, user, (db, time), cancellationToken);
    }

    private static async Task<IResult> StoreAsync(
        SavedView row, ViewBody body, CurrentUser user, (HawserDb Db, TimeProvider Time) with,
        CancellationToken cancellationToken)
    {
        var (db, time) = with;
        if (body.Query is { Length: > 4000 }) return Problem.Invalid("query has at most 4000 characters.", "query");
        if (ColumnsComplaint(body.Columns) is { } wrong) return Problem.Invalid(wrong, "columns");
        if (body.Shared == true && !user.IsAdmin) return Problem.Forbidden;
        if (body.Shared == true && !row.Shared
            && await db.SavedViews.CountAsync(v => v.Shared, cancellationToken) >= MostShared)
        {
            return Problem.Conflict($"There are {MostShared} views for everybody already.", "too_many");
        }

        if (body.Name is { } name) (row.Name, row.NormalizedName) = (name.Trim(), NameText.Normalize(name));
        if (body.Query is { } query) row.Query = query.Replace("\0", "", StringComparison.Ordinal);
        if (body.Columns is { } columns) row.Columns = string.Join(',', columns);
        if (body.Shared is { } shared) row.Shared = shared;
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        if (await db.SavedViews.AnyAsync(v => v.UserGuid == row.UserGuid && v.Page == row.Page
            && v.NormalizedName == row.NormalizedName && v.Guid != row.Guid, cancellationToken))
        {
            return Problem.Conflict($"There is a view \"{row.Name}\" already.", "name_taken");
        }

        await db.SaveChangesAsync(cancellationToken);
        var owner = await db.Users.Where(u => u.Guid == row.UserGuid).Select(u => u.Name)
            .FirstAsync(cancellationToken);
        return ClientResults.Json(ViewItem.Of(row, owner, user), ViewsJson.Default.ViewItem);
    }

    private static async Task<IResult> DeleteAsync(
        string guid, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, user, guid, cancellationToken) is not { } row) return Problem.NotFound("view");
        db.SavedViews.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> ColumnsAsync(
        string page, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var kept = await db.SavedViews.AsNoTracking()
            .Where(v => v.UserGuid == user.Guid && v.Page == page && v.NormalizedName == "").Select(v => v.Columns)
            .FirstOrDefaultAsync(cancellationToken);
        return Answer(kept ?? "");
    }

    private static async Task<IResult> SetColumnsAsync(
        HttpContext context, string page, CurrentUser user, HawserDb db, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ViewsJson.Default.ColumnsBody);
        if (body is null) return error!;
        if (PageComplaint(page) is { } pageless) return Problem.Invalid(pageless, "page");
        if (body.Columns is null) return Problem.Invalid("columns is missing.", "columns");
        if (ColumnsComplaint(body.Columns) is { } wrong) return Problem.Invalid(wrong, "columns");
        var row = await db.SavedViews.FirstOrDefaultAsync(
            v => v.UserGuid == user.Guid && v.Page == page && v.NormalizedName == "", cancellationToken);
        if (row is null && body.Columns.Count == 0) return Answer("");
        if (row is null)
        {
            if (await db.SavedViews.CountAsync(v => v.UserGuid == user.Guid, cancellationToken) >= MostViews)
            {
                return Problem.Conflict($"Somebody keeps at most {MostViews} views.", "too_many");
            }

            db.SavedViews.Add(row = new SavedView { UserGuid = user.Guid, Page = page });
        }

        row.Columns = string.Join(',', body.Columns);
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            // Two tabs at once: the other one made the row a moment earlier.
            var columns = row.Columns;
            db.ChangeTracker.Clear();
            await db.SavedViews.Where(v => v.UserGuid == user.Guid && v.Page == page && v.NormalizedName == "")
                .ExecuteUpdateAsync(s => s.SetProperty(v => v.Columns, columns), cancellationToken);
        }

        return Answer(row.Columns);
    }

    private static IResult Answer(string columns) => ClientResults.Json(
        new ColumnsBody { Columns = ViewItem.Split(columns) }, ViewsJson.Default.ColumnsBody);

    // One's own; and what everybody sees is every administrator's to tidy.
    private static async Task<SavedView?> FindAsync(
        HawserDb db, CurrentUser user, string guid, CancellationToken cancellationToken)
    {
        var all = user.IsAdmin;
        return Guid.TryParse(guid, out var wanted)
            ? await db.SavedViews.FirstOrDefaultAsync(
                v => v.Guid == wanted && v.Name != "" && (v.UserGuid == user.Guid || (all && v.Shared)),
                cancellationToken)
            : null;
    }

    private static string? PageComplaint(string? page) =>
        page is { Length: > 0 and <= 64 } && page.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null : "page is the name of a list: up to 64 letters, digits, hyphens and dots.";

    private static string? ColumnsComplaint(IReadOnlyList<string?>? columns)
    {
        if (columns is null) return null;
        if (columns.Count > MostColumns) return $"A list has at most {MostColumns} columns.";
        var wrong = columns.FirstOrDefault(c => c is not { Length: > 0 and <= 30 }
            || !c.All(x => char.IsAsciiLetterOrDigit(x) || x is '_' or '-'));
        if (wrong is not null || columns.Contains(null)) return $"\"{wrong}\" is not the name of a column.";
        return columns.Distinct(StringComparer.Ordinal).Count() == columns.Count ? null : "A column is named twice.";
    }
}

/// <summary>A view as it is written.</summary>
internal sealed record ViewBody
{
    internal const string Example = """
        {"page":"devices","name":"Old clients","query":"version=1.2%25&sort=-last_online","columns":["name","version"],
        "shared":false}
        """;

    /// <summary>The list, as the console calls it.</summary>
    [JsonPropertyName("page")]
    public string? Page { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The query of the page's address: filters and order.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>The columns in their order; an empty list: the usual ones.</summary>
    [JsonPropertyName("columns")]
    public IReadOnlyList<string?>? Columns { get; init; }

    /// <summary>Everybody sees it; for administrators.</summary>
    [JsonPropertyName("shared")]
    public bool? Shared { get; init; }
}

/// <summary>A view.</summary>
internal sealed record ViewItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("page")]
    public required string Page { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("query")]
    public required string Query { get; init; }

    [JsonPropertyName("columns")]
    public required IReadOnlyList<string> Columns { get; init; }

    [JsonPropertyName("shared")]
    public required bool Shared { get; init; }

    /// <summary>Who keeps it.</summary>
    [JsonPropertyName("owner")]
    public required string Owner { get; init; }

    /// <summary>Whether the caller may change it.</summary>
    [JsonPropertyName("editable")]
    public required bool Editable { get; init; }

    internal static ViewItem Of(SavedView row, string owner, CurrentUser user) => new()
    {
        Guid = row.Guid, Page = row.Page, Name = row.Name, Query = row.Query, Columns = Split(row.Columns),
        Shared = row.Shared, Owner = owner, Editable = row.UserGuid == user.Guid || user.IsAdmin,
    };

    internal static string[] Split(string columns) => columns.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The columns of a list.</summary>
internal sealed record ColumnsBody
{
    [JsonPropertyName("columns")]
    public IReadOnlyList<string?>? Columns { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(ViewBody))]
[JsonSerializable(typeof(ViewItem))]
[JsonSerializable(typeof(IReadOnlyList<ViewItem>))]
[JsonSerializable(typeof(ColumnsBody))]
internal sealed partial class ViewsJson : JsonSerializerContext;
