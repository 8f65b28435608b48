using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>
/// Sign-ins in the browser that a client polls for (reference §5). Three handles that can't stand for each other: the
/// code, with which only the device polls, and only together with its id and uuid; the state, which is in the address
/// that the browser opens and in the provider's answer; and a cookie, which ties the browser that confirmed the device
/// to the browser that comes back from the provider.
/// </summary>
internal sealed class BrowserSignIns(SettingsStore settings, Secrets secrets, TimeProvider time)
{
    /// <summary>Clients poll for 180 s.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long a success is repeated, because an answer may be lost.</summary>
    internal static readonly TimeSpan Repeat = TimeSpan.FromSeconds(15);

    /// <summary>The type of the "device" when it is the console that signs in.</summary>
    internal const string ConsoleType = "console";

    /// <summary>The type of the "device" when an administrator only tries a provider; nobody is signed in.</summary>
    internal const string TrialType = "trial";

    /// <summary>Whether a type is one of those that no device may say of itself.</summary>
    internal static bool IsOurs(string type) => type is ConsoleType or TrialType;

    private const int MaximumPending = 20_000;
    private const int MaximumPerDevice = 5;

    /// <summary>The provider of a name, when it is there and enabled.</summary>
    public ProviderProfile? Provider(string? name) =>
        settings.Get(SignInSettings.Key).Providers.FirstOrDefault(p => p.Enabled && p.Name == name) is { } found
            ? ProviderProfile.Of(found) : null;

    /// <summary>The provider of a name; for a try also one that is not switched on yet.</summary>
    public ProviderProfile? ProviderOfTrial(string? name) =>
        settings.Get(SignInSettings.Key).Providers.FirstOrDefault(p => p.Name == name) is { } found
            ? ProviderProfile.Of(found) : null;

    /// <summary>Begins; null when far too many are under way.</summary>
    public async Task<Begun?> BeginAsync(
        HawserDb db, ProviderProfile provider, DeviceTrait device, string publicUrl, string address,
        CancellationToken cancellationToken)
    {
        var now = Now;
        await db.BrowserSignIns.Where(s => s.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        if (await db.BrowserSignIns.CountAsync(cancellationToken) >= MaximumPending) return null;
        var mine = await db.BrowserSignIns.Where(s => s.DeviceId == device.Id && s.DeviceUuid == device.Uuid)
            .OrderByDescending(s => s.CreatedAt).ThenBy(s => s.CodeHash).Select(s => s.CodeHash)
            .Skip(MaximumPerDevice - 1).Take(100).ToListAsync(cancellationToken);
        foreach (var old in mine)
        {
            await db.BrowserSignIns.Where(s => s.CodeHash == old).ExecuteDeleteAsync(cancellationToken);
        }

        var begun = new Begun(Secrets.NewHandle(), Secrets.NewHandle());
        db.BrowserSignIns.Add(new BrowserSignIn
        {
            CodeHash = Secrets.Hash(begun.Code),
            StateHash = Secrets.Hash(begun.State),
            Provider = provider.Name,
            DeviceId = device.Id,
            DeviceUuid = device.Uuid,
            DeviceOs = device.Os,
            DeviceType = device.Type,
            DeviceName = device.Name,
            Secrets = Seal(new Memory { PublicUrl = publicUrl, Address = address }),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        });
        await db.SaveChangesAsync(cancellationToken);
        return begun;
    }

    /// <summary>The sign-in of a state; null when there is none (any more).</summary>
    public async Task<BrowserSignIn?> FindAsync(HawserDb db, string? state, CancellationToken cancellationToken)
    {
        if (state is not { Length: > 0 and <= 100 }) return null;
        var hash = Secrets.Hash(state);
        var now = Now;
        return await db.BrowserSignIns.AsNoTracking()
            .FirstOrDefaultAsync(s => s.StateHash == hash && s.ExpiresAt > now, cancellationToken);
    }

    /// <summary>What is remembered of a sign-in; null when it went to the provider and back already.</summary>
    public Memory? Open(BrowserSignIn row) => row.Secrets.Length > 0 && secrets.Unprotect(row.Secrets) is { } json
        ? JsonSerializer.Deserialize(json, SignInMemoryJson.Default.Memory) : null;

    /// <summary>A browser was told to go to the provider: its trip, and the cookie it must come back with.</summary>
    /// <returns>False when the sign-in moved on meanwhile.</returns>
    public async Task<bool> DepartAsync(
        HawserDb db, BrowserSignIn row, Memory memory, CancellationToken cancellationToken)
    {
        var (stored, now) = (Seal(memory), row.Secrets);
        return await db.BrowserSignIns
            .Where(s => s.CodeHash == row.CodeHash && s.Secrets == now && s.UserGuid == null && s.Error == "")
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Secrets, stored), cancellationToken) == 1;
    }

    /// <summary>A browser came back: from now on nobody else can, with this state.</summary>
    public static async Task<bool> ArriveAsync(HawserDb db, BrowserSignIn row, CancellationToken cancellationToken)
    {
        var now = row.Secrets;
        return await db.BrowserSignIns
            .Where(s => s.CodeHash == row.CodeHash && s.Secrets == now && s.UserGuid == null && s.Error == "")
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Secrets, ""), cancellationToken) == 1;
    }

    /// <summary>Somebody is signed in: the device may fetch the token.</summary>
    public static Task CompleteAsync(HawserDb db, BrowserSignIn row, Guid user, CancellationToken cancellationToken) =>
        db.BrowserSignIns.Where(s => s.CodeHash == row.CodeHash && s.Error == "")
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.UserGuid, user), cancellationToken);

    /// <summary>It failed: the device stops polling and shows the sentence.</summary>
    public static Task FailAsync(
        HawserDb db, BrowserSignIn row, string sentence, CancellationToken cancellationToken) =>
        db.BrowserSignIns.Where(s => s.CodeHash == row.CodeHash && s.UserGuid == null)
            .ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Error, sentence).SetProperty(x => x.Secrets, ""), cancellationToken);

    /// <summary>Whether a polled row is asked for by the device that began it.</summary>
    public static bool IsOf(BrowserSignIn row, string id, string uuid) =>
        Same(row.DeviceId, id) & Same(row.DeviceUuid, uuid);

    /// <summary>Whether two texts are equal, in a time that does not tell where they differ.</summary>
    internal static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private string Seal(Memory memory) =>
        secrets.Protect(JsonSerializer.Serialize(memory, SignInMemoryJson.Default.Memory));
}

/// <summary>The two handles of a new sign-in.</summary>
/// <param name="Code">For the device, to poll with.</param>
/// <param name="State">For the browser.</param>
internal sealed record Begun(string Code, string State);

/// <summary>What is remembered of a sign-in until the browser is back; encrypted in its row.</summary>
internal sealed record Memory
{
    /// <summary>The address of this server, as browsers see it.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Where the device asked from.</summary>
    public string Address { get; set; } = "";

    /// <summary>SHA-256 of the browser's cookie, in hex; empty: no browser confirmed yet.</summary>
    public string Cookie { get; set; } = "";

    /// <summary>The trip to the provider.</summary>
    public Trip? Trip { get; set; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(Memory))]
internal sealed partial class SignInMemoryJson : JsonSerializerContext;
