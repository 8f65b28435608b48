using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hawser.Data.Accounts;
using Hawser.Data.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Rights;

/// <summary>What a signature in a request's query is worth.</summary>
internal enum LinkVerdict
{
    /// <summary>There is none.</summary>
    Unsigned,

    /// <summary>It holds.</summary>
    Valid,

    /// <summary>It is altered, of another file, expired, or of an account that is no more.</summary>
    Void,
}

/// <summary>A signature that was looked at.</summary>
/// <param name="Verdict">What it is worth.</param>
internal sealed record LinkCheck(LinkVerdict Verdict)
{
    /// <summary>There is none.</summary>
    public static LinkCheck Unsigned { get; } = new(LinkVerdict.Unsigned);

    /// <summary>It is worth nothing.</summary>
    public static LinkCheck Void { get; } = new(LinkVerdict.Void);

    /// <summary>Who gave the link away.</summary>
    public Guid Account { get; init; }

    /// <summary>The account's name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>
/// Links that open one file for a while without credentials, for pages and players that can send none: <c>?exp=</c>
/// seconds since 1970, <c>&amp;sig=</c> the account and an HMAC over file, end and account (reference §4.8). The
/// secret is a row, so that every node of a database opens every node's links.
/// </summary>
internal sealed class DownloadLinks(RecordingOptions options, RecordingParts parts) : IDisposable
{
    /// <summary>The row.</summary>
    internal const string SecretKey = "recorder.linkSecret";

    private const int AccountLength = 16;
    private const int Length = AccountLength + HMACSHA256.HashSizeInBytes;
    private static readonly int TextLength = Base64Url.GetEncodedLength(Length);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private byte[]? _secret;

    /// <summary>The query, with its question mark, that opens a file for whoever has it.</summary>
    /// <param name="file">For instance <c>abc123/final.webm</c>.</param>
    /// <param name="account">Who gives it away.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<string> SignAsync(string file, Guid account, CancellationToken cancellationToken)
    {
        var secret = _secret ?? await SecretAsync(cancellationToken);
        var end = parts.Time.GetUtcNow().AddMinutes(options.LinkMinutes).ToUnixTimeSeconds();
        var text = Base64Url.EncodeToString(Sign(secret, file, end, account));
        return string.Create(CultureInfo.InvariantCulture, $"?exp={end}&sig={text}");
    }

    /// <summary>Whether a request's query opens a file.</summary>
    public async ValueTask<LinkCheck> CheckAsync(
        string file, IQueryCollection query, CancellationToken cancellationToken)
    {
        if (!query.TryGetValue("sig", out var sig) && !query.ContainsKey("exp")) return LinkCheck.Unsigned;
        var text = sig.ToString();
        if (text.Length != TextLength || !Base64Url.IsValid(text)) return LinkCheck.Void;
        if (!long.TryParse(query["exp"], NumberStyles.None, CultureInfo.InvariantCulture, out var end))
        {
            return LinkCheck.Void;
        }

        var given = Base64Url.DecodeFromChars(text);
        var account = new Guid(given.AsSpan(0, AccountLength));
        var secret = _secret ?? await SecretAsync(cancellationToken);
        if (!CryptographicOperations.FixedTimeEquals(given, Sign(secret, file, end, account))) return LinkCheck.Void;
        if (parts.Time.GetUtcNow().ToUnixTimeSeconds() >= end) return LinkCheck.Void;
        await using var db = parts.Store.CreateDb();
        var name = await db.Users.Where(u => u.Guid == account && u.Status == UserStatus.Normal).Select(u => u.Name)
            .FirstOrDefaultAsync(cancellationToken);
        return name is null ? LinkCheck.Void : new LinkCheck(LinkVerdict.Valid) { Account = account, Name = name };
    }

    public void Dispose() => _turn.Dispose();

    private static byte[] Sign(byte[] secret, string file, long end, Guid account)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"recording\n{file}\n{end}\n{account:N}");
        var bytes = new byte[Length];
        account.TryWriteBytes(bytes);
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signed), bytes.AsSpan(AccountLength));
        return bytes;
    }

    private async Task<byte[]> SecretAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _secret ??= await ReadAsync(cancellationToken) ?? await MakeAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var text = await db.Settings.AsNoTracking().Where(s => s.Key == SecretKey).Select(s => s.Value)
            .FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : Convert.FromHexString(text.Trim('"'));
    }

    private async Task<byte[]> MakeAsync(CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        await using var db = parts.Store.CreateDb();
        db.Settings.Add(new Setting
        {
            Key = SecretKey,
            Value = $"\"{Convert.ToHexString(secret)}\"",
            IsSecret = true,
            UpdatedAt = parts.Time.GetUtcNow().UtcDateTime,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return secret;
        }
        catch (DbUpdateException)
        {
            // Another node was first; its secret is everybody's.
            if (await ReadAsync(cancellationToken) is { } theirs) return theirs;
            throw;
        }
    }
}
