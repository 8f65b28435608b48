using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Identity;

/// <summary>Passkeys: one row each, so that a credential is found by its id.</summary>
internal sealed partial class UserStore
{
    public async Task AddOrUpdatePasskeyAsync(
        User user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var row = await db.Passkeys.FindAsync([passkey.CredentialId], cancellationToken);
        if (row is null)
        {
            row = new Passkey
            {
                CredentialId = passkey.CredentialId, UserGuid = user.Guid, CreatedAt = passkey.CreatedAt.UtcDateTime,
            };
            db.Passkeys.Add(row);
        }
        else if (row.UserGuid != user.Guid)
        {
            throw new InvalidOperationException("The passkey belongs to another user.");
        }
        else
        {
            row.LastUsedAt = time.GetUtcNow().UtcDateTime;
        }

        row.Name = AccountNames.Clean(passkey.Name, 128);
        row.Data = JsonSerializer.Serialize(PasskeyData.Of(passkey), PasskeyJson.Default.PasskeyData);
        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken)
    {
        var rows = await db.Passkeys.AsNoTracking().Where(p => p.UserGuid == user.Guid)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.CredentialId).ToListAsync(cancellationToken);
        return [.. rows.Select(PasskeyData.Read)];
    }

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Passkeys.AsNoTracking().FirstOrDefaultAsync(p => p.CredentialId == credentialId, cancellationToken)
            is { } row ? await db.Users.FindAsync([row.UserGuid], cancellationToken) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(
        User user, byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Passkeys.AsNoTracking().FirstOrDefaultAsync(
            p => p.CredentialId == credentialId && p.UserGuid == user.Guid, cancellationToken)
            is { } row ? PasskeyData.Read(row) : null;

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        db.Passkeys.Where(p => p.CredentialId == credentialId && p.UserGuid == user.Guid)
            .ExecuteDeleteAsync(cancellationToken);
}

/// <summary>The public part of a passkey as it is stored.</summary>
internal sealed record PasskeyData(
    byte[] PublicKey, uint SignCount, string[]? Transports, bool IsUserVerified, bool IsBackupEligible,
    bool IsBackedUp, byte[] AttestationObject, byte[] ClientDataJson)
{
    public static PasskeyData Of(UserPasskeyInfo key) => new(
        key.PublicKey, key.SignCount, key.Transports, key.IsUserVerified, key.IsBackupEligible, key.IsBackedUp,
        key.AttestationObject, key.ClientDataJson);

    public static UserPasskeyInfo Read(Passkey row)
    {
        var data = JsonSerializer.Deserialize(row.Data, PasskeyJson.Default.PasskeyData)!;
        return new UserPasskeyInfo(
            row.CredentialId, data.PublicKey, new DateTimeOffset(row.CreatedAt, TimeSpan.Zero), data.SignCount,
            data.Transports, data.IsUserVerified, data.IsBackupEligible, data.IsBackedUp, data.AttestationObject,
            data.ClientDataJson)
        {
            Name = row.Name,
        };
    }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PasskeyData))]
internal sealed partial class PasskeyJson : JsonSerializerContext;
