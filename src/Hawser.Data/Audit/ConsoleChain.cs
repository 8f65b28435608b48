using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>
/// Makes a chain of what was done in the console: each row gets a number and the hash of itself and of the row before,
/// so that one that was changed, taken away or put in between later is found. Any node adds rows; one at a time seals
/// them (docs/adr/0013). The hash has no key: who may write the database may write a whole new chain, so the head is
/// worth keeping elsewhere.
/// </summary>
public static class ConsoleChain
{
    private const int ReadAtOnce = 1000;

    /// <summary>The length of a hash.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>Seals rows that are not yet, the oldest first.</summary>
    /// <param name="db">The database; nothing else is changed in it.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many.</returns>
    /// <exception cref="DbUpdateException">Another node did in the same moment; nothing was changed here.</exception>
    public static async Task<int> SealAsync(HawserDb db, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        var rows = await db.ConsoleAudits.Where(r => r.Sequence == null)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).Take(most)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0) return 0;
        var last = await db.ConsoleAudits.AsNoTracking().Where(r => r.Sequence != null)
            .OrderByDescending(r => r.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var (sequence, previous) = (last?.Sequence ?? 0, last?.Hash ?? new byte[HashLength]);
        foreach (var row in rows)
        {
            row.Sequence = ++sequence;
            row.PreviousHash = previous;
            row.Hash = previous = HashOf(row);
        }

        // One transaction: all of them, or none.
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return rows.Count;
    }

    /// <summary>Checks the whole chain.</summary>
    /// <param name="db">The database.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found.</returns>
    public static async Task<ChainReport> VerifyAsync(HawserDb db, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        var faults = new List<string>();
        long first = 0, at = 0, rows = 0;
        byte[]? previous = null;
        while (true)
        {
            var after = at;
            var page = await db.ConsoleAudits.AsNoTracking().Where(r => r.Sequence > after).OrderBy(r => r.Sequence)
                .Take(ReadAtOnce).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                var sequence = row.Sequence!.Value;
                if (rows == 0) first = sequence;
                if (faults.Count < ChainReport.MostFaults)
                {
                    Check(row, sequence, rows == 0 ? null : at, previous, faults);
                }

                (at, previous) = (sequence, row.Hash ?? []);
                rows++;
            }

            if (page.Count < ReadAtOnce) break;
        }

        var waiting = await db.ConsoleAudits.CountAsync(r => r.Sequence == null, cancellationToken)
            .ConfigureAwait(false);
        return new ChainReport(rows, first, at, previous ?? [], waiting, faults);
    }

    /// <summary>Whether a head that was written down once is still in the chain.</summary>
    /// <param name="db">The database.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is.</returns>
    public static async Task<bool> HasAsync(
        HawserDb db, long sequence, byte[] hash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        var row = await db.ConsoleAudits.AsNoTracking().FirstOrDefaultAsync(
            r => r.Sequence == sequence, cancellationToken).ConfigureAwait(false);
        return row is not null && Same(row.Hash, hash);
    }

    /// <summary>The hash of a row that has its number and its predecessor's hash.</summary>
    /// <param name="row">The row.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] HashOf(ConsoleAudit row)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData("hawser console audit 1\n"u8);
        hash.AppendData(row.PreviousHash ?? []);
        Add(hash, number, row.Sequence ?? 0);
        hash.AppendData(row.Guid.ToByteArray(bigEndian: true));
        hash.AppendData((row.OperatorGuid ?? Guid.Empty).ToByteArray(bigEndian: true));
        Add(hash, number, row.Area);
        Add(hash, number, row.Operation);
        // Milliseconds: what both engines keep.
        Add(hash, number, (row.CreatedAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond);
        foreach (var text in new[] { row.Operator, row.Info, row.Address })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            // With its length, so that nothing can move from one text to the next.
            Add(hash, number, bytes.Length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, Span<byte> room, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(room, number);
        hash.AppendData(room);
    }

    private static void Check(ConsoleAudit row, long sequence, long? before, byte[]? previous, List<string> faults)
    {
        if (before is { } known && sequence != known + 1)
        {
            faults.Add($"{known + 1}..{sequence - 1} are missing");
        }
        else if (previous is not null && !Same(row.PreviousHash, previous))
        {
            faults.Add($"{sequence} does not follow the row before it");
        }

        if (!Same(row.Hash, HashOf(row))) faults.Add($"{sequence} was changed after it was sealed");
    }

    private static bool Same(byte[]? one, byte[] other) => one is not null && one.AsSpan().SequenceEqual(other);
}

/// <summary>What a check of the chain found.</summary>
/// <param name="Rows">How many sealed rows there are.</param>
/// <param name="First">The number of the first; larger than 1 when retention removed older ones.</param>
/// <param name="Last">The number of the last; 0: none.</param>
/// <param name="Head">The hash of the last.</param>
/// <param name="Waiting">Rows that are not sealed yet.</param>
/// <param name="Faults">What is wrong, as sentences, the first few.</param>
public sealed record ChainReport(
    long Rows, long First, long Last, IReadOnlyList<byte> Head, int Waiting, IReadOnlyList<string> Faults)
{
    internal const int MostFaults = 20;
}
