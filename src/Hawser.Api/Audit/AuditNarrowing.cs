using System.Diagnostics.CodeAnalysis;
using Hawser.Data;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit;

/// <summary>
/// What an <see cref="AuditFilter"/> leaves of a list: each column of the console's pages can be asked for.
/// </summary>
[SuppressMessage("Globalization", "CA1304", Justification = "The database does it.")]
[SuppressMessage("Globalization", "CA1311", Justification = "The database does it.")]
[SuppressMessage("Performance", "CA1862", Justification = "The database does it.")]
internal static class AuditNarrowing
{
    public const string Escape = "\\";

    /// <summary>How scripts ask for "none" (admin reference §1.4).</summary>
    public const string None = "-";

    // What clients report as the path of what was printed (reference §8.5); of the clipboard they report none.
    private const string Printing = "Remote print";

    public static IQueryable<ConnectionAudit> Connections(
        HawserDb db, IQueryable<ConnectionAudit> rows, AuditFilter filter)
    {
        rows = OfDevices(db, rows, filter);
        if (Pattern(filter.Text) is { } text)
        {
            var called = Called(db, text);
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), text, Escape)
                || EF.Functions.Like(r.PeerId.ToLower(), text, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), text, Escape)
                || EF.Functions.Like(r.UserName.ToLower(), text, Escape)
                || EF.Functions.Like(r.Note.ToLower(), text, Escape)
                || called.Any(d => d.DeviceGuid == r.DeviceGuid));
        }

        if (filter.Operator == None) rows = rows.Where(r => r.UserName == "");
        else if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r => EF.Functions.Like(r.PeerId.ToLower(), who, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), who, Escape)
                || EF.Functions.Like(r.UserName.ToLower(), who, Escape));
        }

        if (filter.Types is { Length: > 0 } types)
        {
            rows = rows.Where(r => r.Type != null && types.Contains(r.Type.Value));
        }

        if (filter.Auths is { Length: > 0 } auths) rows = rows.Where(r => auths.Contains(r.PrimaryAuth));
        if (filter.Factors is { Length: > 0 } factors) rows = rows.Where(r => factors.Contains(r.TwoFactor));
        if (filter.IsRelayed is { IsAsked: true, Value: var relayed }) rows = rows.Where(r => r.IsRelayed == relayed);
        if (Pattern(filter.Relay) is { } relay)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Relay.ToLower(), relay, Escape));
        }

        if (filter.Open is { } open) rows = rows.Where(r => (r.EndedAt == null) == open);
        if (filter.Longer is { } longer)
        {
            var since = filter.Now.AddSeconds(-longer);
            rows = rows.Where(r => r.EndedAt == null
                ? r.CreatedAt <= since : r.EndedAt >= r.CreatedAt.AddSeconds(longer));
        }

        if (Pattern(filter.Note) is { } note) rows = rows.Where(r => EF.Functions.Like(r.Note.ToLower(), note, Escape));
        return rows;
    }

    public static IQueryable<FileAudit> Files(HawserDb db, IQueryable<FileAudit> rows, AuditFilter filter)
    {
        rows = OfDevices(db, rows, filter);
        if (Pattern(filter.Text) is { } text)
        {
            var called = Called(db, text);
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), text, Escape)
                || EF.Functions.Like(r.PeerId.ToLower(), text, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), text, Escape)
                || EF.Functions.Like(r.Path.ToLower(), text, Escape)
                || called.Any(d => d.DeviceGuid == r.DeviceGuid));
        }

        if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r => EF.Functions.Like(r.PeerId.ToLower(), who, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), who, Escape));
        }

        if (filter.Types is { Length: > 0 } types) rows = rows.Where(r => types.Contains(r.Direction));
        if (Pattern(filter.Path) is { } path) rows = rows.Where(r => EF.Functions.Like(r.Path.ToLower(), path, Escape));
        return filter.What switch
        {
            "clipboard" => rows.Where(r => r.Path == ""),
            "print" => rows.Where(r => r.Path == Printing),
            "files" => rows.Where(r => r.Path != "" && r.Path != Printing),
            _ => rows,
        };
    }

    // The columns that both lists have.
    private static IQueryable<T> OfDevices<T>(HawserDb db, IQueryable<T> rows, AuditFilter filter)
        where T : class, IDeviceAudit
    {
        if (filter.Remote == None) rows = rows.Where(r => r.PeerId == "");
        else if (Pattern(filter.Remote) is { } remote)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), remote, Escape));
        }

        if (Pattern(filter.Device) is { } device)
        {
            var called = Called(db, device);
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), device, Escape)
                || called.Any(d => d.DeviceGuid == r.DeviceGuid));
        }

        if (Pattern(filter.DeviceGroup) is { } name)
        {
            var groups = db.DeviceGroups.Where(g => EF.Functions.Like(g.Name.ToLower(), name, Escape));
            rows = rows.Where(r => db.DeviceGroupMembers.Any(
                m => m.DeviceGuid == r.DeviceGuid && groups.Any(g => g.Guid == m.GroupGuid)));
        }

        if (filter.Guid is { } guid) rows = rows.Where(r => r.Guid == guid);
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
        if (Pattern(filter.Address) is { } address)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Address.ToLower(), address, Escape));
        }

        return rows;
    }

    private static IQueryable<DeviceDetails> Called(HawserDb db, string name) => db.DeviceDetails.Where(
        d => EF.Functions.Like(d.Hostname.ToLower(), name, Escape)
            || EF.Functions.Like(d.NameOverride.ToLower(), name, Escape));

    public static IQueryable<ConsoleAudit> Console(IQueryable<ConsoleAudit> rows, AuditFilter filter)
    {
        if (filter.Guid is { } guid) rows = rows.Where(r => r.Guid == guid);
        if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Operator.ToLower(), who, Escape));
        }

        if (Pattern(filter.Text) is { } text)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Operator.ToLower(), text, Escape)
                || EF.Functions.Like(r.Info.ToLower(), text, Escape));
        }

        if (filter.Types is { Length: > 0 } types) rows = rows.Where(r => types.Contains(r.Area));
        if (filter.Operations is { Length: > 0 } operations) rows = rows.Where(r => operations.Contains(r.Operation));
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
        if (Pattern(filter.Address) is { } address)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Address.ToLower(), address, Escape));
        }

        // Quotation marks within a value are escaped, so this is only ever the member's own name.
        const string ByToken = "%\"token\":\"%";
        return filter.Via switch
        {
            "cli" => rows.Where(r => r.Operator == ConsoleLog.CommandLine),
            "server" => rows.Where(r => r.Operator == ConsoleLog.Server),
            "token" => rows.Where(r => EF.Functions.Like(r.Info, ByToken)),
            "person" => rows.Where(r => r.Operator != ConsoleLog.CommandLine && r.Operator != ConsoleLog.Server
                && !EF.Functions.Like(r.Info, ByToken)),
            _ => rows,
        };
    }

    /// <summary>
    /// Scripts wrap their filters in <c>%</c> (admin reference §4.7); what people type is escaped. Lower case on both
    /// sides, because one engine minds it and the other does not.
    /// </summary>
    public static string? Pattern(string text)
    {
        if (text.Length == 0 || text.AsSpan().Trim('%').IsEmpty) return null;
        var plain = text.ToLowerInvariant().Replace("\0", "", StringComparison.Ordinal)
            .Replace(Escape, @"\\", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
        return text.Contains('%', StringComparison.Ordinal) ? plain : $"%{plain}%";
    }
}
