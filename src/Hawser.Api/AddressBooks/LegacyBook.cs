using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.AddressBooks;

/// <summary>
/// The old single book of clients up to 1.2.3-1 and of the Sciter client (reference §6.9): written from the personal
/// book, and merged back into it by id. What the old form can't carry stays.
/// </summary>
internal sealed partial class LegacyBook(
    AddressBookRules rules, EntryDesk entries, BookReader reader, BookGates gates, Secrets secrets, TimeProvider time,
    ILogger<LegacyBook> log) : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Two large books at a time are enough in memory.
    private readonly SemaphoreSlim _parsing = new(2, 2);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public void Dispose() => _parsing.Dispose();

    /// <summary>The whole answer to <c>GET /api/ab</c>.</summary>
    public async Task<byte[]> ReadAsync(HawserDb db, CurrentUser user, CancellationToken cancellationToken)
    {
        var book = await rules.PersonalAsync(db, user.Guid, cancellationToken);
        var tags = await db.AddressBookTags.AsNoTracking().Where(t => t.BookGuid == book).OrderBy(t => t.Name)
            .ToListAsync(cancellationToken);
        var rows = await BookReader.Entries(db, book).OrderBy(e => e.Id).ToListAsync(cancellationToken);
        var known = await reader.KnownAsync(db, user, rows.Select(e => e.Id), cancellationToken);
        var inner = new ArrayBufferWriter<byte>(1024 + (rows.Count * 256));
        using (var writer = new Utf8JsonWriter(inner, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tags");
            foreach (var tag in tags) writer.WriteStringValue(tag.Name);
            writer.WriteEndArray();
            writer.WriteStartArray("peers");
            foreach (var row in rows) WritePeer(writer, row, known.GetValueOrDefault(row.Id));
            writer.WriteEndArray();
            writer.WriteString("tag_colors", Colors(tags));
            writer.WriteEndObject();
        }

        var outer = new ArrayBufferWriter<byte>(inner.WrittenCount * 5 / 4);
        using (var writer = new Utf8JsonWriter(outer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("data"u8, inner.WrittenSpan);
            writer.WriteEndObject();
        }

        return outer.WrittenSpan.ToArray();
    }

    /// <summary>Takes over what <c>POST /api/ab</c> sent.</summary>
    /// <returns>Why not; null: done.</returns>
    /// <exception cref="JsonException">It is not of the expected shape.</exception>
    public async Task<string?> MergeAsync(
        HawserDb db, CurrentUser user, byte[] body, CancellationToken cancellationToken)
    {
        await _parsing.WaitAsync(cancellationToken);
        try
        {
            var blob = LegacyBlob.Parse(body, rules.EntryLimit);
            var book = new OpenBook(
                await rules.PersonalAsync(db, user.Guid, cancellationToken), true, ShareRule.FullControl);
            await MergeAsync(db, user, book, blob, cancellationToken);
            return null;
        }
        catch (LegacyBlobTooLargeException)
        {
            return EntryDesk.Full(rules.EntryLimit);
        }
        finally
        {
            _parsing.Release();
        }
    }

    private async Task MergeAsync(
        HawserDb db, CurrentUser user, OpenBook book, LegacyBlob blob, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (blob.Tags is { } tags) await MergeTagsAsync(db, book, tags, blob.Colors, cancellationToken);
        if (blob.Peers is { } peers) await MergePeersAsync(db, user, book, peers, cancellationToken);
        var now = Now;
        await db.SaveChangesAsync(cancellationToken);
        await EntryDesk.TrimBinAsync(db, book.Guid, cancellationToken);
        await db.AddressBooks.Where(b => b.Guid == book.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.UpdatedAt, now), cancellationToken);
        await change.CommitAsync(cancellationToken);
    }

    private async Task MergePeersAsync(
        HawserDb db, CurrentUser user, OpenBook book, Dictionary<string, EntryBody> peers,
        CancellationToken cancellationToken)
    {
        var now = Now;
        var (changed, removed) = (0, 0);
        var there = await db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && e.DeletedAt == null)
            .ToDictionaryAsync(e => e.Id, StringComparer.Ordinal, cancellationToken);
        var gone = there.Keys.Where(id => !peers.ContainsKey(id)).ToArray();
        // The bin keeps the last state of a device, not its history.
        foreach (var some in gone.Chunk(500))
        {
            await db.AddressBookEntries
                .Where(e => e.BookGuid == book.Guid && e.DeletedAt != null && some.Contains(e.Id))
                .ExecuteDeleteAsync(cancellationToken);
        }

        foreach (var id in gone)
        {
            (there[id].DeletedAt, there[id].DeletedBy, there[id].UpdatedAt) = (now, user.Name, now);
            removed++;
        }

        foreach (var (id, peer) in peers)
        {
            if (!there.TryGetValue(id, out var entry))
            {
                entry = new AddressBookEntry { BookGuid = book.Guid, Id = id, CreatedAt = now, UpdatedAt = now };
                db.AddressBookEntries.Add(entry);
            }

            entries.Apply(entry, book, peer, cut: true);
        }

        foreach (var row in db.ChangeTracker.Entries<AddressBookEntry>())
        {
            if (row.State is not (EntityState.Modified or EntityState.Added)) continue;
            row.Entity.UpdatedAt = now;
            changed++;
        }

        Log.Merged(log, book.Guid, peers.Count, changed - removed, removed);
    }

    private static async Task MergeTagsAsync(
        HawserDb db, OpenBook book, List<string> tags, Dictionary<string, long> colors,
        CancellationToken cancellationToken)
    {
        var there = await db.AddressBookTags.Where(t => t.BookGuid == book.Guid)
            .ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
        foreach (var name in tags.Distinct(StringComparer.Ordinal))
        {
            if (there.Remove(name, out var tag))
            {
                if (colors.TryGetValue(name, out var color)) tag.Color = color;
                continue;
            }

            db.AddressBookTags.Add(new AddressBookTag
            {
                BookGuid = book.Guid,
                Name = name,
                Color = colors.TryGetValue(name, out var sent) ? sent : TagDesk.ColorOf(name),
            });
        }

        db.AddressBookTags.RemoveRange(there.Values);
    }

    private void WritePeer(Utf8JsonWriter writer, AddressBookEntry row, KnownDevice? known)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("username"u8, known?.Username ?? row.Username);
        writer.WriteString("hostname"u8, known?.Hostname ?? row.Hostname);
        writer.WriteString("platform"u8, known?.Platform ?? row.Platform);
        writer.WriteString("alias"u8, row.Alias);
        writer.WriteStartArray("tags"u8);
        foreach (var tag in TagList.Read(row.Tags)) writer.WriteStringValue(tag);
        writer.WriteEndArray();
        writer.WriteString("hash"u8, secrets.Unprotect(row.Hash) ?? "");
        // Clients 1.2.0 and 1.2.1 only.
        if (row.ForceAlwaysRelay) writer.WriteString("forceAlwaysRelay"u8, "true"u8);
        if (row.RdpPort.Length > 0) writer.WriteString("rdpPort"u8, row.RdpPort);
        if (row.RdpUsername.Length > 0) writer.WriteString("rdpUsername"u8, row.RdpUsername);
        writer.WriteEndObject();
    }

    private static string Colors(IEnumerable<AddressBookTag> tags)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, Relaxed))
        {
            writer.WriteStartObject();
            foreach (var tag in tags) writer.WriteNumber(tag.Name, tag.Color);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(6300, LogLevel.Debug,
            "Old book merged into {Book}: {Sent} sent, {Changed} changed, {Removed} removed")]
        internal static partial void Merged(ILogger logger, Guid book, int sent, int changed, int removed);
    }
}
