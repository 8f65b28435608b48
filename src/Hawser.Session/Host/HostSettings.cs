using System.Collections.ObjectModel;
using System.Globalization;

namespace Hawser.Session.Host;

/// <summary>Who must agree before a controller is let in (§5.4).</summary>
public enum ApproveMode
{
    /// <summary>A password, or somebody at the host.</summary>
    Both,

    /// <summary>A password only.</summary>
    Password,

    /// <summary>Somebody at the host only.</summary>
    Click,
}

/// <summary>Which passwords count (§5.3).</summary>
public enum VerificationMethod
{
    /// <summary>Any.</summary>
    Both,

    /// <summary>The one-time password.</summary>
    OneTime,

    /// <summary>The permanent password.</summary>
    Permanent,
}

/// <summary>
/// A host's options under the field's names, as users set them and as servers push them in strategies. Immutable: a
/// change is a new object. An option that is not in the map has its default.
/// </summary>
/// <param name="values">Names and values.</param>
public sealed class HostSettings(IReadOnlyDictionary<string, string> values)
{
    /// <summary>All defaults.</summary>
    public static HostSettings Defaults { get; } = new(ReadOnlyDictionary<string, string>.Empty);

    /// <summary>What was set.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>Who must agree.</summary>
    public ApproveMode Approve => Text("approve-mode") switch
    {
        "password" => ApproveMode.Password,
        "click" => ApproveMode.Click,
        _ => ApproveMode.Both,
    };

    /// <summary>Which passwords count.</summary>
    public VerificationMethod Verification => Text("verification-method") switch
    {
        "use-temporary-password" => VerificationMethod.OneTime,
        "use-permanent-password" => VerificationMethod.Permanent,
        _ => VerificationMethod.Both,
    };

    /// <summary>How long one-time passwords are.</summary>
    public int OneTimeLength => Number("temporary-password-length", 6) switch
    {
        8 => 8,
        10 => 10,
        _ => 6,
    };

    /// <summary>Whether they have digits only.</summary>
    public bool NumericOneTime => IsOn("allow-numeric-one-time-password");

    /// <summary>Addresses that may connect.</summary>
    public AddressWhitelist Addresses => new(Text("whitelist"));

    /// <summary>Controllers' ids that may connect: a comma list with <c>*</c> and <c>?</c>; empty for all.</summary>
    public string Ids => Text("id-whitelist");

    /// <summary>Whether trusted devices spare the second factor.</summary>
    public bool TrustsDevices => IsOn("enable-trusted-devices");

    /// <summary>Idle time after which a session is ended; null for never.</summary>
    public TimeSpan? AutoDisconnect => IsOn("allow-auto-disconnect")
        ? TimeSpan.FromMinutes(Number("auto-disconnect-timeout", 10)) : null;

    /// <summary>Whether files may only come in (§14.5).</summary>
    public bool OneWayFiles => Text("one-way-file-transfer") == "Y";

    /// <summary>The most files of one request (§14.5).</summary>
    public int MaxFiles => values.TryGetValue("file-transfer-max-files", out var text) && text.Length > 0
        ? Number("file-transfer-max-files", 10_000) : Files.FileListing.MostFiles;

    /// <summary>A text option; empty when not set.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>The value.</returns>
    public string Text(string name) => values.GetValueOrDefault(name, "");

    /// <summary>A switch by the field's rule: <c>enable-…</c> is on unless N, <c>allow-…</c> off unless Y.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>Whether it is on.</returns>
    public bool IsOn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var offByDefault = name.StartsWith("allow-", StringComparison.Ordinal)
            || name is "stop-service" or "direct-server";
        return offByDefault ? Text(name) == "Y" : Text(name) != "N";
    }

    /// <summary>The same with other values; an empty value goes back to the default.</summary>
    /// <param name="changes">Names and values.</param>
    /// <returns>New settings.</returns>
    public HostSettings With(IEnumerable<KeyValuePair<string, string>> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var all = new Dictionary<string, string>(values, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            if (value.Length > 0) all[name] = value;
            else all.Remove(name);
        }

        return new HostSettings(all);
    }

    private int Number(string name, int otherwise) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0
            ? n : otherwise;
}
