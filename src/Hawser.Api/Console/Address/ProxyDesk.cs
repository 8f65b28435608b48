using System.Net;
using Hawser.Api.Settings;
using Hawser.Protocol.Identity;

namespace Hawser.Api.Console.Address;

/// <summary>Has the node believe the reverse proxies that the settings name, on every node that reads them.</summary>
internal sealed class ProxyDesk(ApiParts parts, SettingsStore settings)
{
    private const int Most = 32;

    /// <summary>Applies the setting now, and whenever it changes.</summary>
    public void Begin()
    {
        settings.WhenChanged(name =>
        {
            if (name == ConsoleSettings.Key.Name) Apply();
        });
        Apply();
    }

    /// <summary>What is wrong with a list; null: nothing.</summary>
    internal static string? Complaint(IReadOnlyList<string> proxies)
    {
        if (proxies.Count > Most) return $"At most {Most} addresses.";
        // As both who reads HTTP and who reads the other ports understand them.
        if (proxies.FirstOrDefault(p => !IPAddress.TryParse(p, out _) && !IPNetwork.TryParse(p, out _)) is { } bad
            || !AddressList.TryParse(proxies, out _, out bad))
        {
            return $"\"{bad}\" is neither an address nor a network like 192.168.0.0/16.";
        }

        // Who believes everybody believes anybody's word for where they are.
        return proxies.Any(p => p.EndsWith("/0", StringComparison.Ordinal))
            ? "Not everybody can be a proxy: whoever is believed may claim any address." : null;
    }

    private void Apply() => parts.TrustProxies?.Invoke(settings.Get(ConsoleSettings.Key).TrustedProxies);
}
