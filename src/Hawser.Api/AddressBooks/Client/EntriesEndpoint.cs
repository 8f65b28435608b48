using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab/peers?ab=…</c> (reference §6.5): the devices of a book.</summary>
internal static class EntriesEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, BookReader reader, Secrets secrets,
        CancellationToken cancellationToken)
    {
        var guid = context.Request.Query["ab"].ToString();
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.Read, cancellationToken);
        if (refusal is not null) return refusal;
        var entries = BookReader.Entries(db, book.Guid)
            .Matching(context, "id", e => e.Id).Matching(context, "alias", e => e.Alias);
        var total = await entries.CountAsync(cancellationToken);
        var rows = await entries.OrderBy(e => e.Id).Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var known = await reader.KnownAsync(db, user, rows.Select(e => e.Id), cancellationToken);
        var secretive = user.Kind == TokenKind.Api;
        var items = rows.ConvertAll(e => book.IsPersonal
            ? Item(e, known.GetValueOrDefault(e.Id), Tell(e.Hash), null)
            : Item(e, known.GetValueOrDefault(e.Id), null, Tell(e.Password)));
        return ClientResults.Json(new Page<EntryItem>(total, items), AddressBooksJson.Default.PageEntryItem);

        // Scripts are not told passwords (admin reference §4.8).
        string Tell(string stored) => secretive ? "" : secrets.Unprotect(stored) ?? "";
    }

    private static EntryItem Item(AddressBookEntry entry, KnownDevice? known, string? hash, string? password) => new()
    {
        Id = entry.Id,
        Hash = hash,
        Password = password,
        Username = known?.Username ?? entry.Username,
        Hostname = known?.Hostname ?? entry.Hostname,
        Platform = known?.Platform ?? entry.Platform,
        Alias = entry.Alias,
        Tags = TagList.Read(entry.Tags),
        Note = entry.Note,
        SameServer = known is not null,
        ForceAlwaysRelay = entry.ForceAlwaysRelay ? "true" : "false",
        RdpPort = entry.RdpPort,
        RdpUsername = entry.RdpUsername,
        LoginName = entry.LoginName,
        DeviceGroupName = entry.DeviceGroupName,
    };
}

/// <summary>A device of a book.</summary>
internal sealed record EntryItem
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>In personal books only.</summary>
    [JsonPropertyName("hash")]
    public required string? Hash { get; init; }

    /// <summary>In shared books only.</summary>
    [JsonPropertyName("password")]
    public required string? Password { get; init; }

    [JsonPropertyName("username")]
    public required string Username { get; init; }

    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    [JsonPropertyName("platform")]
    public required string Platform { get; init; }

    [JsonPropertyName("alias")]
    public required string Alias { get; init; }

    [JsonPropertyName("tags")]
    public required IReadOnlyList<string> Tags { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    /// <summary>We keep names and platform up to date, clients need not.</summary>
    [JsonPropertyName("same_server")]
    public required bool SameServer { get; init; }

    [JsonPropertyName("forceAlwaysRelay")]
    public required string ForceAlwaysRelay { get; init; }

    [JsonPropertyName("rdpPort")]
    public required string RdpPort { get; init; }

    [JsonPropertyName("rdpUsername")]
    public required string RdpUsername { get; init; }

    [JsonPropertyName("loginName")]
    public required string LoginName { get; init; }

    [JsonPropertyName("device_group_name")]
    public required string DeviceGroupName { get; init; }
}
