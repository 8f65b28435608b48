using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Api.Notifications.Wire;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications.Admin;

/// <summary>What a channel may be; writes a body into a row, or says what is wrong with it.</summary>
internal static class ChannelRules
{
    private const int MostTypes = 50;
    private const int MostRecipients = 50;
    private const int MostHeaders = 20;
    private const string Stars = "********";

    // Those say how the request is carried.
    private static readonly HashSet<string> NotTheirs = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Upgrade", "Expect", "TE",
        "Trailer", "Cookie",
    };

    /// <summary>Takes over what a body says.</summary>
    /// <returns>What is wrong, and with which member; null: nothing.</returns>
    public static (string Text, string Field)? Apply(NotificationChannel row, ChannelBody body, Secrets secrets)
    {
        if (body.Name is not null || row.Name.Length == 0)
        {
            if (NameText.Complaint(body.Name) is { } nameless) return (nameless, "name");
            row.Name = body.Name!.Trim();
        }

        if (body.Types is { } types)
        {
            if (types.Count > MostTypes || types.Any(t => t is < 0 or > 9999))
            {
                return ($"types is a list of at most {MostTypes} numbers of alarms.", "types");
            }

            row.Types = string.Join(
                ',', types.Distinct().Order().Select(t => t.ToString(CultureInfo.InvariantCulture)));
        }

        if (Events(row, body) is { } unknown) return unknown;
        if (Times(row, body) is { } untimely) return untimely;
        row.Enabled = body.Enabled ?? row.Enabled;
        row.AllowPrivate = body.AllowPrivate ?? row.AllowPrivate;
        return row.Kind == Outbox.Email ? Recipients(row, body) : Hook(row, body, secrets);
    }

    private static (string Text, string Field)? Events(NotificationChannel row, ChannelBody body)
    {
        if (body.Events is not { } events) return null;
        var known = row.Kind == Outbox.Email ? [HookEvents.Alarm] : HookEvents.All;
        if (events.Any(e => !known.Contains(e))) return ($"events are {string.Join(", ", known)}.", "events");
        var wanted = known.Where(e => events.Contains(e)).ToList();
        row.Events = wanted is [] or [HookEvents.Alarm] ? "" : string.Join(',', wanted);
        // What happened before anybody asked for it is nobody's news.
        row.EventsAt = null;
        return null;
    }

    private static (string Text, string Field)? Times(NotificationChannel row, ChannelBody body)
    {
        if (body.TimeZone is { } zone)
        {
            if (zone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            {
                return ($"\"{zone}\" is no time zone; use a name like Europe/Berlin.", "time_zone");
            }

            row.TimeZone = zone;
        }

        if (body.Digest is { } digest)
        {
            if (digest is not ("" or ChannelTimes.Hour or ChannelTimes.Day))
            {
                return ("digest is hour, day or empty.", "digest");
            }

            row.Digest = digest;
        }

        const string Clock = "A time of day is written like 22:00.";
        if (body.DigestAt is { } at)
        {
            if (ChannelTimes.MinuteOf(at) is not { } minutes) return (Clock, "digest_at");
            row.DigestAt = minutes;
        }

        row.CriticalAtOnce = body.CriticalAtOnce ?? row.CriticalAtOnce;
        if (body.QuietFrom is { Length: > 0 } from && ChannelTimes.MinuteOf(from) is null) return (Clock, "quiet_from");
        if (body.QuietUntil is { Length: > 0 } until && ChannelTimes.MinuteOf(until) is null)
        {
            return (Clock, "quiet_until");
        }

        if (body.QuietFrom is not null) row.QuietFrom = ChannelTimes.MinuteOf(body.QuietFrom);
        if (body.QuietUntil is not null) row.QuietUntil = ChannelTimes.MinuteOf(body.QuietUntil);
        if (row.QuietFrom is null != row.QuietUntil is null)
        {
            return ("Quiet hours have a beginning and an end.", row.QuietFrom is null ? "quiet_from" : "quiet_until");
        }

        return row.QuietFrom is not null && row.QuietFrom == row.QuietUntil
            ? ("Quiet hours end at another time than they begin.", "quiet_until") : null;
    }

    private static (string Text, string Field)? Recipients(NotificationChannel row, ChannelBody body)
    {
        if (body.Recipients is { } to)
        {
            if (to.Count > MostRecipients) return ($"A channel has at most {MostRecipients} addresses.", "recipients");
            var clean = to.Select(a => a?.Trim() ?? "").ToList();
            if (clean.Find(a => a.Length is 0 or > 254 || a.Contains(',', StringComparison.Ordinal)
                || !MailAddress.TryCreate(a, out var parsed) || parsed.Address != a) is { } bad)
            {
                return ($"\"{bad}\" is not a mail address.", "recipients");
            }

            row.Recipients = string.Join(',', clean.Distinct(StringComparer.OrdinalIgnoreCase));
        }

        return row.Recipients.Length == 0 ? ("A mail needs an address.", "recipients") : null;
    }

    private static (string Text, string Field)? Hook(NotificationChannel row, ChannelBody body, Secrets secrets)
    {
        if (body.Url is { } url) row.Url = secrets.Protect(url.Trim());
        var known = secrets.Unprotect(row.Url) ?? "";
        if (Complaint(known, row.AllowPrivate) is { } wrong) return (wrong, "url");
        if (body.Secret is { } secret)
        {
            if (secret.Length > 500) return ("A secret has at most 500 characters.", "secret");
            row.Secret = secrets.Protect(secret);
        }

        return body.Headers is null ? null : Headers(row, body.Headers, secrets);
    }

    private static string? Complaint(string url, bool allowPrivate)
    {
        if (url.Length is 0 or > 2000 || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.UserInfo.Length > 0 || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return "url is not a web address.";
        }

        if (allowPrivate) return null;
        if (uri.Scheme != Uri.UriSchemeHttps) return "url begins with https, unless allow_private is set.";
        // A name is looked up when something is sent.
        return System.Net.IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)
            && !AddressGuard.IsPublic(address)
            ? "url is not an address of the internet; set allow_private if it may be used." : null;
    }

    private static (string Text, string Field)? Headers(
        NotificationChannel row, IReadOnlyDictionary<string, string?> given, Secrets secrets)
    {
        if (given.Count > MostHeaders) return ($"At most {MostHeaders} headers.", "headers");
        var before = Read(row, secrets);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in given)
        {
            if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                || NotTheirs.Contains(name) || name.StartsWith("X-Hawser-", StringComparison.OrdinalIgnoreCase))
            {
                return ($"\"{name}\" can't be such a header.", "headers");
            }

            var text = value == Stars ? before.GetValueOrDefault(name, "") : value ?? "";
            if (text.Length > 2000 || text.Any(c => c is < ' ' or > '~'))
            {
                return ($"The value of \"{name}\" is not one line of ASCII.", "headers");
            }

            headers[name] = text;
        }

        row.Headers = headers.Count == 0 ? "" : secrets.Protect(
            JsonSerializer.Serialize(headers, HookJson.Default.DictionaryStringString));
        return null;
    }

    /// <summary>The stored headers.</summary>
    internal static Dictionary<string, string> Read(NotificationChannel row, Secrets secrets) =>
        secrets.Unprotect(row.Headers) is { Length: > 0 } stored
            ? new(JsonSerializer.Deserialize(stored, HookJson.Default.DictionaryStringString) ?? [],
                StringComparer.OrdinalIgnoreCase)
            : new(StringComparer.OrdinalIgnoreCase);
}
