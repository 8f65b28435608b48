using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// What providers publish about themselves, kept for an hour: the discovery document and the keys. Keys are read anew
/// when a token names one that is not known, at most once in <see cref="KeyRefetch"/>, so that made-up tokens can't
/// make us hammer a provider. When a provider can't be reached, what is known is used for a day.
/// </summary>
internal sealed class ProviderDocuments(ProviderHttp http, TimeProvider time)
{
    /// <summary>The least time between two reads of the same keys.</summary>
    internal static readonly TimeSpan KeyRefetch = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan FaultMemory = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The discovery document of an issuer.</summary>
    /// <exception cref="ProviderFault">It can't be had, or is not one.</exception>
    public async Task<Discovery> DiscoverAsync(ProviderProfile profile, CancellationToken cancellationToken)
    {
        var entry = _entries.GetOrAdd(profile.Issuer + " " + profile.Settings.AllowHttp, _ => new Entry());
        if (entry.Discovery is { } known && Age(entry.DiscoveredAt) < Fresh) return known;
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Discovery is { } other && Age(entry.DiscoveredAt) < Fresh) return other;
            // Those who waited for the same answer need not wait for the next time-out too.
            if (entry.Fault is { } fault && Age(entry.FailedAt) < FaultMemory)
            {
                throw new ProviderFault(fault.Message, fault);
            }

            var url = profile.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            entry.Discovery = Discovery.Read(await http.GetAsync(url, null, cancellationToken), profile);
            entry.DiscoveredAt = time.GetTimestamp();
            entry.Fault = null;
            return entry.Discovery;
        }
        catch (ProviderFault) when (entry.Discovery is not null && Age(entry.DiscoveredAt) < Usable)
        {
            return entry.Discovery;
        }
        catch (ProviderFault e)
        {
            (entry.Fault, entry.FailedAt) = (e, time.GetTimestamp());
            throw;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Forgets what an issuer said, so that it is asked again.</summary>
    public void Forget(ProviderProfile profile)
    {
        if (_entries.TryRemove(profile.Issuer + " " + profile.Settings.AllowHttp, out var entry)
            && entry.Discovery is { } discovery)
        {
            _entries.TryRemove("keys " + discovery.KeysUrl, out _);
        }
    }

    /// <summary>The keys to check a token with: all that are known, or after a rollover the new ones.</summary>
    public async Task<ImmutableArray<VerificationKey>> KeysAsync(
        Discovery discovery, string? keyId, CancellationToken cancellationToken)
    {
        var entry = _entries.GetOrAdd("keys " + discovery.KeysUrl, _ => new Entry());
        if (IsEnough(entry, keyId)) return entry.Keys;
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (IsEnough(entry, keyId)) return entry.Keys;
            entry.KeysAskedAt = time.GetTimestamp();
            entry.WasAsked = true;
            entry.Keys = ReadKeys(await http.GetAsync(discovery.KeysUrl, null, cancellationToken));
            entry.KeysReadAt = time.GetTimestamp();
            return entry.Keys;
        }
        catch (ProviderFault) when (!entry.Keys.IsDefaultOrEmpty && Age(entry.KeysReadAt) < Usable)
        {
            return entry.Keys;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private static ImmutableArray<VerificationKey> ReadKeys(JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("keys", out var keys)
            || keys.ValueKind != JsonValueKind.Array) throw new ProviderFault("the provider's key set is not one");
        return [.. keys.EnumerateArray().Take(100).Select(VerificationKey.Read).OfType<VerificationKey>()];
    }

    private bool IsEnough(Entry entry, string? keyId)
    {
        if (entry.Keys.IsDefault) return false;
        if (entry.WasAsked && Age(entry.KeysAskedAt) < KeyRefetch) return true;
        return Age(entry.KeysReadAt) < Fresh
            && (keyId is null ? !entry.Keys.IsEmpty : entry.Keys.Any(k => k.Id is null || k.Id == keyId));
    }

    private TimeSpan Age(long at) => time.GetElapsedTime(at);

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public Discovery? Discovery { get; set; }

        public long DiscoveredAt { get; set; }

        public ProviderFault? Fault { get; set; }

        public long FailedAt { get; set; }

        public ImmutableArray<VerificationKey> Keys { get; set; }

        public long KeysReadAt { get; set; }

        public long KeysAskedAt { get; set; }

        public bool WasAsked { get; set; }
    }
}

/// <summary>A provider's discovery document, as far as it is needed.</summary>
internal sealed record Discovery(
    string Issuer, string AuthorizeUrl, string TokenUrl, string KeysUrl, string? UserUrl,
    IReadOnlyList<string> TokenAuthentications, IReadOnlyList<string>? Algorithms, bool SendsIssuer)
{
    /// <summary>Reads it; the issuer must be the one that was asked.</summary>
    public static Discovery Read(JsonElement document, ProviderProfile profile)
    {
        var issuer = JsonPath.Text(document, "issuer") ?? "";
        if (!IsThe(issuer, profile.Issuer)) throw new ProviderFault($"{profile.Issuer} says that it is another issuer");
        string Url(string name) => JsonPath.Text(document, name) is { } url
            && SignInRules.IsWeb(url, profile.Settings.AllowHttp)
            ? url : throw new ProviderFault($"{profile.Issuer} has no usable {name}");
        return new Discovery(
            issuer, Url("authorization_endpoint"), Url("token_endpoint"), Url("jwks_uri"),
            JsonPath.Text(document, "userinfo_endpoint") is null ? null : Url("userinfo_endpoint"),
            JsonPath.Texts(document, "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"],
            JsonPath.Texts(document, "id_token_signing_alg_values_supported"),
            JsonPath.Flag(document, "authorization_response_iss_parameter_supported") == true);
    }

    // With or without a slash at the end is the same address to people. Microsoft's shared documents name a place
    // holder instead of a tenant.
    private static bool IsThe(string issuer, string asked)
    {
        if (issuer.TrimEnd('/') == asked.TrimEnd('/')) return true;
        const string Microsoft = "https://login.microsoftonline.com/";
        string[] shared = [Microsoft + "common/v2.0", Microsoft + "organizations/v2.0", Microsoft + "consumers/v2.0"];
        return issuer == Microsoft + "{tenantid}/v2.0" && shared.Contains(asked.TrimEnd('/'), StringComparer.Ordinal);
    }
}
