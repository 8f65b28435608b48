using System.Globalization;
using System.Net;
using Hawser.Api.Settings;
using Hawser.Cluster;

namespace Hawser.Api.Relays;

/// <summary>Keeps the node's list of relays to what the settings say, on every node that reads them.</summary>
internal sealed class RelayDesk(ApiParts parts, SettingsStore settings)
{
    internal const int MostRelays = 64;

    /// <summary>Applies the settings now, and whenever they change.</summary>
    public void Begin()
    {
        settings.WhenChanged(name =>
        {
            if (name == RelaySettings.Key.Name) Apply();
        });
        Apply();
    }

    /// <summary>What is wrong with a setting; empty: nothing.</summary>
    internal static IReadOnlyList<string> Complaints(RelaySettings value)
    {
        var wrong = new List<string>();
        if (value.Added.Count > MostRelays) wrong.Add($"At most {MostRelays} relays can be added.");
        if (value.Disabled.Count > 4 * MostRelays) wrong.Add("Too many relays are switched off.");
        if (value.Names.Count > 4 * MostRelays) wrong.Add("Too many relays have names.");
        wrong.AddRange(value.Added.Select(a => Complaint(a.Address)).OfType<string>());
        wrong.AddRange(value.Names.Values.Where(n => n.Length > 128).Select(_ => "A name has at most 128 characters."));
        if (value.Limits.Single is < 0 or > 1_000_000) wrong.Add("single is from 0 to 1000000 Mb/s.");
        if (value.Limits.Total is < 0 or > 10_000_000) wrong.Add("total is from 0 to 10000000 Mb/s.");
        if (value.Limits.Slowed is < 0.001 or > 1_000_000) wrong.Add("slowed is from 0.001 to 1000000 Mb/s.");
        return wrong;
    }

    /// <summary>What is wrong with an address; null: nothing.</summary>
    internal static string? Complaint(string address)
    {
        var text = address.Trim();
        if (text.Length is 0 or > 260) return "A relay is named by host or host:port.";
        if (IPEndPoint.TryParse(text, out _)) return null;
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (colon >= 0 && (!ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0))
        {
            return $"\"{text}\": the port is a number between 1 and 65535.";
        }

        return Uri.CheckHostName(host) == UriHostNameType.Unknown
            ? $"\"{text}\" is neither a host nor an address." : null;
    }

    private void Apply()
    {
        var value = settings.Get(RelaySettings.Key);
        parts.OverrideRelays?.Invoke([.. value.Added.Select(a => a.Address)], value.Disabled);
        parts.LimitRelay?.Invoke(new RelayLimits(value.Limits.Single, value.Limits.Total, value.Limits.Slowed));
    }
}
