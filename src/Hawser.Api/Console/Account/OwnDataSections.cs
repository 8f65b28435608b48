using Hawser.Api.Retention;
using Hawser.Data;
using Hawser.Data.Accounts;

namespace Hawser.Api.Console.Account;

/// <summary>One kind of what the server holds about somebody.</summary>
/// <param name="Name">As it is called in the file.</param>
/// <param name="Days">For how long it is kept; 0: as long as the account, or until somebody deletes it.</param>
/// <param name="Columns">The members of a row.</param>
/// <param name="Rows">The rows of a person, newest first, in the order of the columns.</param>
internal sealed record OwnDataSection(
    string Name, int Days, string[] Columns, Func<HawserDb, User, IQueryable<object?[]>> Rows)
{
    /// <summary>A log of what happened at devices.</summary>
    public bool IsLog { get; init; }
}

/// <summary>All kinds. Never a secret: no hashes, no passwords of books, no texts of tokens.</summary>
internal static class OwnDataSections
{
    public static IReadOnlyList<OwnDataSection> Of(RetentionSettings kept, int trustedDays, int loginDays) =>
    [
        .. OfAccount(trustedDays, loginDays), .. OfThings(kept), .. OfLogs(kept).Select(s => s with { IsLog = true }),
        .. OfDeeds(kept),
    ];

    private static IEnumerable<OwnDataSection> OfAccount(int trustedDays, int loginDays) =>
    [
        new("account", 0, ["name", "display_name", "email", "phone", "note", "avatar", "origin", "is_admin",
            "created_at", "last_login_at", "preferences"], static (db, me) => db.Users.Where(u => u.Guid == me.Guid)
                .Select(u => new object?[]
                {
                    u.Name, u.DisplayName, u.Email, u.Phone, u.Note, u.Avatar, u.Origin, u.IsAdmin, u.CreatedAt,
                    u.LastLoginAt, u.Preferences,
                })),
        new("sign_ins", loginDays, ["kind", "device", "device_id", "system", "address", "created_at", "last_used_at",
            "expires_at"], static (db, me) => db.AccessTokens
                .Where(t => t.UserGuid == me.Guid && t.Kind < TokenKind.Api).OrderByDescending(t => t.CreatedAt)
                .ThenBy(t => t.Guid).Select(t => new object?[]
                {
                    t.Kind == TokenKind.Console ? "console" : "client", t.DeviceName, t.DeviceId, t.DeviceOs,
                    t.LastAddress, t.CreatedAt, t.LastUsedAt, t.ExpiresAt,
                })),
        new("tokens", 0, ["name", "scopes", "allowed_from", "created_at", "last_used_at", "last_address",
            "expires_at"], static (db, me) => db.AccessTokens
                .Where(t => t.UserGuid == me.Guid && t.Kind >= TokenKind.Api).OrderByDescending(t => t.CreatedAt)
                .ThenBy(t => t.Guid).Select(t => new object?[]
                {
                    t.Name, t.Scopes, t.AllowedFrom, t.CreatedAt, t.LastUsedAt, t.LastAddress, t.ExpiresAt,
                })),
        new("passkeys", 0, ["name", "created_at", "last_used_at"], static (db, me) => db.Passkeys
            .Where(p => p.UserGuid == me.Guid).OrderByDescending(p => p.CreatedAt).ThenBy(p => p.CredentialId)
            .Select(p => new object?[] { p.Name, p.CreatedAt, p.LastUsedAt })),
        new("trusted", trustedDays, ["kind", "name", "system", "created_at", "expires_at"], static (db, me) =>
            db.TrustedDevices.Where(t => t.UserGuid == me.Guid).OrderByDescending(t => t.CreatedAt)
                .ThenBy(t => t.Guid).Select(t => new object?[] { t.Type, t.Name, t.Os, t.CreatedAt, t.ExpiresAt })),
        new("providers", 0, ["provider", "subject", "created_at", "last_used_at"], static (db, me) =>
            db.ExternalLogins.Where(l => l.UserGuid == me.Guid).OrderByDescending(l => l.CreatedAt)
                .ThenBy(l => l.Provider).ThenBy(l => l.Subject)
                .Select(l => new object?[] { l.Provider, l.Subject, l.CreatedAt, l.LastUsedAt })),
        new("places", 0, ["network", "seen_at"], static (db, me) => db.SeenPlaces.Where(p => p.UserGuid == me.Guid)
            .OrderByDescending(p => p.SeenAt).ThenBy(p => p.Network)
            .Select(p => new object?[] { p.Network, p.SeenAt })),
    ];

    private static IEnumerable<OwnDataSection> OfThings(RetentionSettings kept) =>
    [
        new("devices", 0, ["id", "host_name", "os_user", "system", "version", "address", "created_at",
            "last_seen_at"], static (db, me) => db.DeviceDetails.Where(d => d.OwnerGuid == me.Guid)
                .Join(db.Devices, d => d.DeviceGuid, r => r.Guid, (d, r) => new { Details = d, Row = r })
                .OrderBy(d => d.Row.Id).Select(d => new object?[]
                {
                    d.Row.Id, d.Details.Hostname, d.Details.Username, d.Details.Os, d.Details.Version,
                    d.Row.LastAddress, d.Row.CreatedAt, d.Row.LastSeenAt,
                })),
        new("books", 0, ["name", "note", "created_at", "updated_at"], static (db, me) => db.AddressBooks
            .Where(b => b.OwnerGuid == me.Guid).OrderBy(b => b.CreatedAt).ThenBy(b => b.Guid)
            .Select(b => new object?[] { b.Name, b.Note, b.CreatedAt, b.UpdatedAt })),
        new("book_entries", 0, ["book", "id", "alias", "host_name", "user_name", "platform", "tags", "note",
            "created_at", "updated_at", "deleted_at"], static (db, me) => db.AddressBookEntries
                .Join(db.AddressBooks.Where(b => b.OwnerGuid == me.Guid), e => e.BookGuid, b => b.Guid,
                    (e, b) => new { Entry = e, Book = b.Name })
                .OrderBy(e => e.Book).ThenBy(e => e.Entry.Guid).Select(e => new object?[]
                {
                    e.Book, e.Entry.Id, e.Entry.Alias, e.Entry.Hostname, e.Entry.Username, e.Entry.Platform,
                    e.Entry.Tags, e.Entry.Note, e.Entry.CreatedAt, e.Entry.UpdatedAt, e.Entry.DeletedAt,
                })),
        new("views", 0, ["page", "name", "query", "columns", "shared", "updated_at"], static (db, me) =>
            db.SavedViews.Where(v => v.UserGuid == me.Guid).OrderByDescending(v => v.UpdatedAt).ThenBy(v => v.Guid)
                .Select(v => new object?[] { v.Page, v.Name, v.Query, v.Columns, v.Shared, v.UpdatedAt })),
        new("jobs", kept.JobDays, ["kind", "total", "done", "failed", "created_at", "ended_at"], static (db, me) =>
            db.Jobs.Where(j => j.UserGuid == me.Guid).OrderByDescending(j => j.CreatedAt).ThenBy(j => j.Guid)
                .Select(j => new object?[] { j.Kind, j.Total, j.Done, j.Failed, j.CreatedAt, j.EndedAt })),
        new("mails", kept.OutboxDays, ["subject", "created_at", "sent_at"], static (db, me) => db.Outbox
            .Where(m => me.Email != "" && m.Recipient == me.Email && m.Channel == "email")
            .OrderByDescending(m => m.CreatedAt).ThenBy(m => m.Guid)
            .Select(m => new object?[] { m.Subject, m.CreatedAt, m.SentAt })),
    ];

    private static IEnumerable<OwnDataSection> OfLogs(RetentionSettings kept) =>
    [
        new("my_sessions", kept.ConnectionDays, ["device_id", "type", "address", "peer_id", "peer_name", "note",
            "created_at", "ended_at"], static (db, me) => db.ConnectionAudits.Where(a => a.UserGuid == me.Guid)
                .OrderByDescending(a => a.CreatedAt).ThenBy(a => a.Guid).Select(a => new object?[]
                {
                    a.DeviceId, a.Type, a.Address, a.PeerId, a.PeerName, a.Note, a.CreatedAt, a.EndedAt,
                })),
        new("sessions_on_my_devices", kept.ConnectionDays, ["device_id", "type", "user", "address", "peer_id",
            "peer_name", "created_at", "ended_at"], static (db, me) => db.ConnectionAudits
                .Where(a => db.DeviceDetails.Any(d => d.DeviceGuid == a.DeviceGuid && d.OwnerGuid == me.Guid))
                .OrderByDescending(a => a.CreatedAt).ThenBy(a => a.Guid).Select(a => new object?[]
                {
                    a.DeviceId, a.Type, a.UserName, a.Address, a.PeerId, a.PeerName, a.CreatedAt, a.EndedAt,
                })),
        new("files_on_my_devices", kept.FileDays, ["device_id", "direction", "path", "files", "peer_id",
            "peer_name", "address", "created_at"], static (db, me) => db.FileAudits
                .Where(a => db.DeviceDetails.Any(d => d.DeviceGuid == a.DeviceGuid && d.OwnerGuid == me.Guid))
                .OrderByDescending(a => a.CreatedAt).ThenBy(a => a.Guid).Select(a => new object?[]
                {
                    a.DeviceId, a.Direction, a.Path, a.FileCount, a.PeerId, a.PeerName, a.Address, a.CreatedAt,
                })),
        new("alarms", kept.AlarmDays, ["device_id", "type", "info", "created_at"], static (db, me) =>
            db.AlarmAudits.Where(a => a.UserGuid == me.Guid
                    || db.DeviceDetails.Any(d => d.DeviceGuid == a.DeviceGuid && d.OwnerGuid == me.Guid))
                .OrderByDescending(a => a.CreatedAt).ThenBy(a => a.Guid)
                .Select(a => new object?[] { a.DeviceId, a.Type, a.Info, a.CreatedAt })),
    ];

    private static IEnumerable<OwnDataSection> OfDeeds(RetentionSettings kept) =>
    [
        new("operations", kept.ConsoleDays, ["operation", "info", "address", "created_at"], static (db, me) =>
            db.ConsoleAudits.Where(a => a.OperatorGuid == me.Guid).OrderByDescending(a => a.CreatedAt)
                .ThenBy(a => a.Guid).Select(a => new object?[] { a.Operation, a.Info, a.Address, a.CreatedAt })),
        new("recordings", 0, ["id", "device_id", "title", "note", "size", "created_at"], static (db, me) =>
            db.Recordings.Where(r => r.OwnerGuid == me.Guid).OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Guid)
                .Select(r => new object?[] { r.RecordId, r.DeviceId, r.Title, r.Note, r.Size, r.CreatedAt })),
    ];
}
