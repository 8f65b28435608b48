using System.Text;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Import;

/// <summary>
/// Takes the devices of an hbbs into a store that is open and in use: through the same lane as registrations, a few
/// rows at a time, so that nobody waits. What is here stays as it is, so that it may be repeated.
/// </summary>
public static class HbbsTakeover
{
    private const int AtOnce = 500;

    /// <summary>Takes the devices over, or says what would be done.</summary>
    /// <param name="file">hbbs' database; never written.</param>
    /// <param name="store">The open store.</param>
    /// <param name="dryRun">Change nothing.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="tell">Told after each few hundred rows: how many were read, and how many there are.</param>
    /// <param name="cancellationToken">Gives up; what is stored by then stays.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="StoreException">The file can't be read, or is something else.</exception>
    public static async Task<ImportReport> RunAsync(
        string file, HawserStore store, bool dryRun, DateTime now, Func<int, int, Task> tell,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(tell);
        using var source = HbbsDatabase.Open(file, "import");
        var (report, total) = (new ImportReport(), source.Count());
        foreach (var some in source.Rows().Chunk(AtOnce))
        {
            var fit = some.Where(p => HbbsPeerRules.Accepts(p, report) && IsText(p, report)).ToList();
            var fresh = await FreshAsync(fit, store, report, cancellationToken).ConfigureAwait(false);
            if (!dryRun)
            {
                await store.Devices.SaveAsync(
                    fresh.ConvertAll(p => Stored(p, now, report)), cancellationToken).ConfigureAwait(false);
            }

            report.Added += fresh.Count;
            await tell(report.Read, total).ConfigureAwait(false);
        }

        return report;
    }

    /// <summary>The public key of a secret key file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The key; empty when the file holds none that can sign.</returns>
    public static string PublicKeyOf(string file)
    {
        // A file of another size is none, and is not read into memory to see that.
        if (new FileInfo(file).Length > 1024) return "";
        return ServerKey.TryParse(File.ReadAllText(file, Encoding.UTF8), out var key, out _) ? key!.PublicText : "";
    }

    private static async Task<List<HbbsPeer>> FreshAsync(
        List<HbbsPeer> peers, HawserStore store, ImportReport report, CancellationToken cancellationToken)
    {
        var ids = peers.ConvertAll(p => p.Id);
        var db = store.CreateDb();
        await using var _ = db.ConfigureAwait(false);
        var here = await db.Devices.AsNoTracking().Where(d => ids.Contains(d.Id))
            .Select(d => new { d.Id, d.Uuid }).ToDictionaryAsync(d => d.Id, d => d.Uuid, cancellationToken)
            .ConfigureAwait(false);
        // An id that its device gave up is nobody else's, and that device is here under another one.
        var retired = await db.RetiredIds.AsNoTracking().Where(r => ids.Contains(r.Id)).Select(r => r.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var gone = retired.ToHashSet(StringComparer.Ordinal);
        var fresh = new Dictionary<string, HbbsPeer>(StringComparer.Ordinal);
        foreach (var peer in peers)
        {
            if (!here.TryGetValue(peer.Id, out var uuid) && !gone.Contains(peer.Id) && fresh.TryAdd(peer.Id, peer))
            {
                continue;
            }

            report.Kept++;
            if (uuid is not null && !uuid.AsSpan().SequenceEqual(peer.Uuid)) report.Conflict(peer.Id);
        }

        return [.. fresh.Values];
    }

    // PostgreSQL can't even be asked about such a text.
    private static bool IsText(HbbsPeer peer, ImportReport report)
    {
        if (!peer.Id.Contains('\0', StringComparison.Ordinal)) return true;
        report.Skipped++;
        report.Warn($"The peer '{HbbsPeerRules.Printable(peer.Id)}' was skipped: its id is no text.");
        return false;
    }

    private static StoredDevice Stored(HbbsPeer peer, DateTime now, ImportReport report) => new(
        peer.Id, peer.Uuid, peer.PublicKey, peer.LastHost, HbbsPeerRules.CreatedAt(peer, now, report), peer.Note,
        Listed: false, HbbsPeerRules.LastSeen(peer));
}
