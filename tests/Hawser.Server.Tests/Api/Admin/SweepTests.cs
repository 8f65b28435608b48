using System.Text.RegularExpressions;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Audit;
using Hawser.Data.Jobs;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What must hold over all routes, also those of tomorrow: nobody touches another's, and no secret comes out.</summary>
public partial class SweepTests
{
    private const string Marker = "SECRET-OF-THE-SWEEP";

    [Fact]
    public async Task A_user_reads_and_writes_nothing_of_another_whatever_the_route()
    {
        await using var rig = await AdminRig.StartAsync();
        var world = await World.MakeAsync(rig);
        var eve = await rig.UserAsync("eve", group: await rig.UserGroupAsync("Other"));
        await SweepAsync(rig, world, eve);
    }

    [Fact]
    public async Task Who_administers_another_group_and_his_own_things_reaches_nothing_of_her_whatever_the_route()
    {
        await using var rig = await AdminRig.StartAsync();
        var world = await World.MakeAsync(rig);
        var eve = await rig.UserAsync("eve", group: await rig.UserGroupAsync("Other"));
        await rig.DeviceGroupAsync("Theirs");
        foreach (var (kind, name) in new[] { (AdminRoleKind.Group, "group"), (AdminRoleKind.Individual, "individual") })
        {
            var rights = string.Join(',', AdminRightTable.All.Where(r => AdminRightTable.IsFor(r, kind)).Select(r => $"\"{r.Name}\""));
            var groups = kind == AdminRoleKind.Group ? ",\"user_groups\":[\"Other\"],\"device_groups\":[\"Theirs\"],\"unassigned\":true" : "";
            var made = await rig.PostAsync("/api/admin-roles",
                $$"""{"name":"{{name}}","type":"{{name}}","rights":[{{rights}}],"users":["eve"]{{groups}}}""", rig.Person);
            made.Status.ShouldBe(200, made.Text);
        }

        await SweepAsync(rig, world, eve);
    }

    private static async Task SweepAsync(AdminRig rig, World world, User eve)
    {
        var before = await world.FingerprintAsync(rig);
        var tokens = new[] { await rig.Api.TokenAsync(eve), await rig.Api.ApiTokenAsync(eve, AdminRig.AllScopes) };
        var leaks = new List<string>();
        foreach (var (method, path) in Routes(rig))
        {
            foreach (var guid in world.Guids)
            {
                foreach (var token in tokens)
                {
                    var query = method == "GET" ? $"?ab={guid}&guid={guid}&user={guid}&device={world.DeviceId}&id={world.DeviceId}" : "";
                    var answer = await rig.Api.SendAsync(
                        new HttpMethod(method), Fill(path, guid) + query, method == "GET" ? null : Body(path, guid), token);
                    if (answer.Text.Contains(Marker, StringComparison.Ordinal)) leaks.Add($"{method} {path}: {answer}");
                    if (answer.Status >= 500) leaks.Add($"{method} {path}: {answer}");
                    // Work that is taken in is done later, on what is named in the body.
                    if (answer.Status == 202) leaks.Add($"{method} {path} begins: {answer}");
                }
            }
        }

        leaks.ShouldBeEmpty();
        (await world.FingerprintAsync(rig)).ShouldBe(before, "nothing of ann's changed");
    }

    [Fact]
    public async Task No_answer_holds_a_password_hash_a_token_an_authenticators_secret_or_a_password()
    {
        await using var rig = await AdminRig.StartAsync();
        var world = await World.MakeAsync(rig);
        string[] secrets;
        await using (var db = rig.Db())
        {
            await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.PasswordHash, "$argon2id$" + "hash-of-the-sweep")
                .SetProperty(u => u.TotpSecret, "totp-of-the-sweep").SetProperty(u => u.RecoveryCodes, "codes-of-the-sweep"));
            var hashes = await db.AccessTokens.Select(t => t.Hash).ToListAsync();
            secrets =
            [
                "hash-of-the-sweep", "totp-of-the-sweep", "codes-of-the-sweep", "password-of-the-sweep", rig.Script, rig.Person,
                .. hashes.Select(Convert.ToBase64String), .. hashes.Select(h => Convert.ToHexString(h)),
                .. await db.Users.Select(u => u.SecurityStamp).Where(s => s.Length > 8).ToListAsync(),
            ];
        }

        var settings = rig.Api.Services.GetRequiredService<SettingsStore>();
        await settings.SetAsync(Hawser.Api.Notifications.NotificationSettings.Mail,
            new() { Host = "h", From = "a@example.com", Password = "password-of-the-sweep" }, default);
        await settings.SetAsync(Hawser.Api.Notifications.NotificationSettings.Sms, new()
        {
            Url = "https://sms.example.com",
            Headers = new Dictionary<string, string> { ["Authorization"] = "password-of-the-sweep", ["X-Api-Key"] = "password-of-the-sweep" },
        }, default);
        var found = new List<string>();
        foreach (var (method, path) in Routes(rig).Where(r => r.Method == "GET"))
        {
            foreach (var guid in world.Guids.Append(Guid.Empty))
            {
                foreach (var format in new[] { "", "&format=csv" })
                {
                    foreach (var name in path.Contains("{name}", StringComparison.Ordinal) ? SettingCatalog.All.Select(s => s.Key.Name) : [""])
                    {
                        var url = Fill(path.Replace("{name}", name, StringComparison.Ordinal), guid) + $"?ab={guid}&user={guid}{format}";
                        var answer = await rig.GetAsync(url);
                        found.AddRange(secrets.Where(s => answer.Text.Contains(s, StringComparison.OrdinalIgnoreCase)).Select(s => $"{url}: {s}"));
                    }
                }
            }
        }

        found.Distinct().ShouldBeEmpty();
    }

    private static List<(string Method, string Path)> Routes(AdminRig rig)
    {
        var routes = new List<(string, string)>();
        foreach (var endpoint in rig.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            // Recordings decide themselves who may.
            var recordings = path.Contains("/recordings", StringComparison.Ordinal);
            if (!recordings && !path.StartsWith("/api/", StringComparison.Ordinal)) continue;
            if (!recordings && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) continue;
            // A stream that does not end.
            if (path.EndsWith("/events", StringComparison.Ordinal)) continue;
            routes.AddRange(methods.Where(m => m != "HEAD").Select(m => (m, path)));
        }

        return routes;
    }

    private static string Fill(string path, Guid guid) => Hole().Replace(path, path.Contains("/download/{", StringComparison.Ordinal)
        && path.StartsWith("/recordings", StringComparison.Ordinal) ? guid + "%2Ffinal.webm" : guid.ToString());

    private static string Body(string path, Guid guid) =>
        path.EndsWith("/shared", StringComparison.Ordinal) || path.EndsWith("/ab/rules", StringComparison.Ordinal)
            || path.Contains("/ab/peer/", StringComparison.Ordinal) && path.Count(c => c == '/') == 4
            || path.EndsWith("/devices", StringComparison.Ordinal)
            ? $"[\"{guid}\",\"100000\",\"red\"]"
            : $$"""
                {"guid":"{{guid}}","user_guids":["{{guid}}"],"name":"red","new":"x","old":"red","id":"100000","note":"taken","title":"taken","held":true,"rule":1,"owner":"eve",
                "alias":"taken","color":1,"enforce":true,"type":"2fa","value":"x","peers":["{{guid}}"],"users":["{{guid}}"],"groups":["{{guid}}"],
                "user":"eve","session_id":1,"data":"{}","user_guid":"{{guid}}","scopes":"device:rw","action":"disable","guids":["{{guid}}"],
                "page":"devices","query":"","columns":["name"]}
                """;

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    /// <summary>Ann and everything that is hers, each with a text that tells it.</summary>
    private sealed record World(Guid[] Guids, string DeviceId)
    {
        public static async Task<World> MakeAsync(AdminRig rig)
        {
            var ann = await rig.UserAsync("ann", email: $"{Marker}@example.com");
            var device = (await rig.DevicesAsync(1, ann))[0];
            var secrets = rig.Api.Services.GetRequiredService<Secrets>();
            await using var db = rig.Db();
            var now = DateTime.UnixEpoch.AddYears(56);
            (await db.Devices.SingleAsync(d => d.Guid == device.Guid)).Note = Marker;
            var personal = new AddressBook { OwnerGuid = ann.Guid, IsPersonal = true };
            var shared = new AddressBook
            {
                OwnerGuid = ann.Guid, Name = Marker, NormalizedName = Marker, Note = Marker, Password = secrets.Protect("password-of-the-sweep"),
            };
            db.AddressBooks.AddRange(personal, shared);
            foreach (var book in new[] { personal, shared })
            {
                db.AddressBookEntries.Add(new()
                {
                    BookGuid = book.Guid, Id = "100000", Alias = Marker, Tags = TagList.Write(["red"]),
                    Password = secrets.Protect("password-of-the-sweep"), Hash = secrets.Protect("password-of-the-sweep"),
                });
                db.AddressBookTags.Add(new() { BookGuid = book.Guid, Name = "red", Color = 7 });
            }

            var share = new AddressBookShare { BookGuid = shared.Guid, SubjectKind = ShareSubject.User, SubjectGuid = ann.Guid, Rule = ShareRule.Read };
            db.AddressBookShares.Add(share);
            var connection = new ConnectionAudit
            {
                DeviceGuid = device.Guid, DeviceId = device.Id, UserGuid = ann.Guid, PeerName = Marker, SessionId = 1, CreatedAt = now, AuthorizedAt = now,
            };
            db.ConnectionAudits.Add(connection);
            db.FileAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, Path = Marker, CreatedAt = now });
            db.AlarmAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, Info = $"{{\"x\":\"{Marker}\"}}", CreatedAt = now });
            db.ConsoleAudits.Add(new() { OperatorGuid = ann.Guid, Operator = "ann", Info = $"{{\"x\":\"{Marker}\"}}", CreatedAt = now });
            var rule = new AccessRule { Name = Marker, SubjectKind = AccessSubject.User, SubjectGuid = ann.Guid, TargetKind = AccessTarget.OwnDevices };
            db.AccessRules.Add(rule);
            var job = new Job { Kind = "devices.disable", State = JobState.Done, Total = 1, Done = 1, Failures = "", UserGuid = ann.Guid, UserName = "ann", Error = Marker, CreatedAt = now };
            db.Jobs.Add(job);
            var view = new SavedView { UserGuid = ann.Guid, Page = "devices", Name = Marker, NormalizedName = Marker, Query = Marker };
            db.SavedViews.Add(view);
            var token = new AccessToken { UserGuid = ann.Guid, Kind = TokenKind.Client, Hash = new byte[32], DeviceName = Marker, CreatedAt = now };
            db.AccessTokens.Add(token);
            var ticket = new ViewerTicket { UserGuid = ann.Guid, SessionGuid = token.Guid, DeviceId = device.Id, Hash = new byte[32], CreatedAt = now, ExpiresAt = now };
            db.ViewerTickets.Add(ticket);
            var recording = new RecordingRow
            {
                RecordId = ann.Guid.ToString(), Door = RecordingDoor.Stream, Owner = $"account:{ann.Guid:N}", OwnerGuid = ann.Guid, Title = Marker,
                Note = Marker, DeviceId = device.Id, DeviceGuid = device.Guid, Status = RecordingStatus.Failed, Chunks = 1, Size = 1,
                FinalName = "final.webm", Reason = Marker, CreatedAt = now, UpdatedAt = now, ActiveAt = now,
            };
            db.Recordings.Add(recording);
            await db.SaveChangesAsync();
            await WriteAsync(rig, recording.RecordId);
            return new World(
                [ann.Guid, device.Guid, personal.Guid, shared.Guid, share.Guid, connection.Guid, rule.Guid, token.Guid,
                    job.Guid, view.Guid, ticket.Guid], device.Id);
        }

        private static async Task WriteAsync(AdminRig rig, string recordId)
        {
            var folder = Path.Combine(rig.Api.Services.GetRequiredService<RecordingStore>().Root, recordId);
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "final.webm"), Marker);
        }

        /// <summary>Everything of hers, as text.</summary>
        public async Task<string> FingerprintAsync(AdminRig rig)
        {
            await using var db = rig.Db();
            var user = await db.Users.AsNoTracking().SingleAsync(u => u.Name == "ann");
            var device = await db.DeviceDetails.AsNoTracking().SingleAsync();
            var entries = await db.AddressBookEntries.AsNoTracking().OrderBy(e => e.Guid).ToListAsync();
            return string.Join('|',
                user.Email, user.Status, user.IsAdmin, user.UserGroupGuid, user.ConcurrencyStamp, user.TotpEnforced,
                device.Enabled, device.OwnerGuid, device.NameOverride, (await db.Devices.SingleAsync()).Note,
                string.Join(',', entries.Select(e => e.Alias + e.Note + e.Tags + e.DeletedAt)),
                string.Join(',', await db.AddressBooks.Where(b => b.OwnerGuid == user.Guid).OrderBy(b => b.Guid).Select(b => b.Name + b.Note).ToListAsync()),
                string.Join(',', await db.AddressBookTags.OrderBy(t => t.BookGuid).Select(t => t.Name + t.Color).ToListAsync()),
                string.Join(',', await db.AddressBookShares.Select(s => s.Rule).ToListAsync()),
                string.Join(',', await db.ConnectionAudits.Select(c => c.Note).ToListAsync()),
                string.Join(',', await db.Recordings.Select(r => r.Title + r.Note + r.HeldAt + r.Status).ToListAsync()),
                string.Join(',', await db.Jobs.Where(j => j.UserGuid == user.Guid).Select(j => j.Kind + j.CancelAsked).ToListAsync()),
                string.Join(',', await db.SavedViews.Where(v => v.UserGuid == user.Guid).Select(v => v.Name + v.Query + v.Columns).ToListAsync()),
                await db.ViewerTickets.CountAsync(t => t.UserGuid == user.Guid),
                await db.PendingCommands.CountAsync(), await db.AccessRules.CountAsync(),
                await db.AccessTokens.CountAsync(t => t.UserGuid == user.Guid), await db.StrategyAssignments.CountAsync());
        }
    }
}
