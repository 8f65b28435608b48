using Hawser.Api.Accounts;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Groups;
using Hawser.Cluster;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Live;

/// <summary>
/// What the hints of the live feed mean to one person: which part of the console they are about, and whether the person
/// may know of it at all.
/// </summary>
internal sealed class LiveHints(ApiParts parts, DeviceReach reach, TimeProvider time, CurrentUser caller)
{
    private const int MostDevices = 20_000;
    private static readonly TimeSpan ReachAge = TimeSpan.FromSeconds(60);
    private HashSet<string> _devices = [];
    private CurrentUser _user = caller;
    private long _readAt;
    private bool _isRead;

    /// <summary>The hint as the console reads it; null: not for this person.</summary>
    public async ValueTask<Hint?> ForAsync(LiveEvent hint, CancellationToken cancellationToken)
    {
        var kind = KindOf(hint.Kind);
        if (kind == "user" && hint.Id == _user.Guid.ToString("N"))
        {
            await LookAgainAsync(cancellationToken);
            return new Hint("me", "");
        }

        if (_user.IsAdmin) return new Hint(kind, hint.Id);
        return kind switch
        {
            "device" => await ReachesAsync(hint.Id, cancellationToken) ? new Hint(kind, hint.Id) : null,
            // Whose, is asked by the list, which knows what the role reaches.
            "user" => _user.May(AdminRight.UsersView) ? new Hint(kind, "*") : null,
            "alarm" => _user.MayEverywhere(AdminRight.AuditView) ? new Hint(kind, hint.Id) : null,
            // Whose, is asked by the list, which shows everybody his own.
            "job" => _user.Rights.Somewhere != AdminRight.None ? new Hint(kind, "*") : null,
            "strategy" => _user.MayEverywhere(AdminRight.StrategiesView) ? new Hint(kind, hint.Id) : null,
            "relay" => _user.MayEverywhere(AdminRight.RelaysView) ? new Hint(kind, hint.Id) : null,
            "group" => MaySome(AdminRight.UserGroupsView, AdminRight.DeviceGroupsView) ? new Hint(kind, "*") : null,
            "rule" => MaySome(AdminRight.AccessView, AdminRight.ControlRolesView) ? new Hint(kind, "*") : null,
            "setting" => MaySome(
                AdminRight.ChannelsView, AdminRight.DeployTokensView, AdminRight.BackupsView, AdminRight.RetentionView)
                ? new Hint(kind, "*") : null,
            // Any may be shared with anybody; the list shows everybody what is.
            "book" => new Hint(kind, "*"),
            "session" when _user.MayEverywhere(AdminRight.AuditView) => new Hint(kind, hint.Id),
            "session" => await ConcernsAsync(hint.Id, cancellationToken) ? new Hint(kind, hint.Id) : null,
            _ => null,
        };
    }

    /// <summary>What a person must look at again when hints were lost.</summary>
    public async ValueTask<IReadOnlyList<Hint>> AfterLossAsync(CancellationToken cancellationToken)
    {
        // Among them may have been one about this person.
        await LookAgainAsync(cancellationToken);
        List<Hint> all = [new("device", "*"), new("session", "*"), new("book", "*"), new("me", "")];
        if (_user.May(AdminRight.UsersView)) all.Add(new("user", "*"));
        if (_user.MayEverywhere(AdminRight.AuditView)) all.Add(new("alarm", "*"));
        foreach (var kind in new[] { "group", "rule", "setting" })
        {
            if (await ForAsync(new LiveEvent(kind, "*"), cancellationToken) is { } hint) all.Add(hint);
        }

        if (_user.IsAdmin) all.AddRange([new("recording", "*"), new("job", "*"), new("strategy", "*")]);
        return all;
    }

    private bool MaySome(params ReadOnlySpan<AdminRight> rights)
    {
        foreach (var right in rights)
        {
            if (_user.May(right)) return true;
        }

        return false;
    }

    // A role that was taken away must not go on speaking through a stream that is open.
    private async ValueTask LookAgainAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var row = await db.Users.AsNoTracking().Where(u => u.Guid == _user.Guid)
            .Select(u => new { u.IsAdmin, u.UserGroupGuid }).FirstOrDefaultAsync(cancellationToken);
        if (row is null) return;
        _user = _user with
        {
            IsAdmin = row.IsAdmin, UserGroup = row.UserGroupGuid,
            Rights = await TokenDesk.RightsAsync(db, _user.Guid),
        };
        _isRead = false;
    }

    internal static string KindOf(string kind) => kind switch
    {
        "peer-online" or "peer-offline" or "peer-renamed" or "id-conflict" => "device",
        "account-changed" => "user",
        "audit-connection" => "session",
        _ => kind.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? kind[..dash] : kind,
    };

    private async ValueTask<bool> ReachesAsync(string id, CancellationToken cancellationToken)
    {
        if (!_isRead || time.GetElapsedTime(_readAt) > ReachAge)
        {
            await using var db = parts.Store.CreateDb();
            var shown = (await reach.OfAsync(db, _user, cancellationToken)).Devices;
            var ids = await AdminScope.Shown(db, _user, shown)
                .OrderBy(d => d.Id).Select(d => d.Id).Take(MostDevices).ToListAsync(cancellationToken);
            _devices = new HashSet<string>(ids, StringComparer.Ordinal);
            (_readAt, _isRead) = (time.GetTimestamp(), true);
        }

        return _devices.Contains(id);
    }

    private async ValueTask<bool> ConcernsAsync(string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(id, out var guid)) return false;
        string? device;
        await using (var db = parts.Store.CreateDb())
        {
            var row = await db.ConnectionAudits.AsNoTracking().Where(a => a.Guid == guid)
                .Select(a => new { a.DeviceId, a.UserGuid }).FirstOrDefaultAsync(cancellationToken);
            if (row is null) return false;
            if (row.UserGuid == _user.Guid) return true;
            device = row.DeviceId;
        }

        return await ReachesAsync(device, cancellationToken);
    }
}

/// <summary>Something of a kind changed.</summary>
/// <param name="Kind">Which part of the console.</param>
/// <param name="Id">Whose; <c>*</c>: of many.</param>
internal readonly record struct Hint(string Kind, string Id);
