using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Strategies;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Another server's admin API, read by a token and taken over.</summary>
public sealed class ProImportTests
{
    private const string Root = "/api/console/imports";

    [Fact]
    public async Task Everything_that_a_token_may_read_of_another_server_comes_over_once()
    {
        await using var there = await AdminRig.StartAsync();
        await using var here = await AdminRig.StartAsync();
        await FillAsync(there);
        await here.DevicesAsync(2, from: 700_000);

        var read = await ReadAsync(here, there.Server.Http.ToString(), there.Script);
        read.Of("failed").ShouldBe("0", read.ToString());
        var upload = read.GetProperty("result").Of("upload");
        var trial = await TryAsync(here, upload);
        var counts = trial.GetProperty("counts");
        (counts.Of("users"), counts.Of("kept_users"), counts.Of("groups"), counts.Of("device_groups"))
            .ShouldBe(("120", "1", "2", "1"), counts.ToString());
        (counts.Of("strategies"), counts.Of("rules"), counts.Of("books"), counts.Of("entries"), counts.Of("tags"),
            counts.Of("shares")).ShouldBe(("1", "2", "1", "2", "1", "1"), counts.ToString());
        (counts.Of("devices"), counts.Of("assigned_devices"), counts.Of("missing_devices")).ShouldBe(("130", "1", "129"));
        counts.GetProperty("names")[0].GetString().ShouldBe("root", "who is here stays");
        await using (var db = here.Db()) (await db.Users.CountAsync()).ShouldBe(1, "a trial changes nothing");

        var done = await here.EndedAsync(await here.PostAsync(Root, Wish(upload, trial.Of("trial")), here.Person));
        done.Of("state").ShouldBe("done", done.ToString());
        done.GetProperty("result").Of("users").ShouldBe("120");
        await CheckAsync(here);
        Directory.GetDirectories(Path.Combine(here.Server.Folder, "import", ".uploads")).ShouldBeEmpty("it is used up");

        // Once more: nothing comes twice.
        var again = await ReadAsync(here, there.Server.Http.ToString(), there.Script);
        counts = (await TryAsync(here, again.GetProperty("result").Of("upload"))).GetProperty("counts");
        foreach (var name in new[]
        {
            "users", "groups", "device_groups", "strategies", "rules", "books", "entries", "tags", "shares",
            "assigned_devices",
        })
        {
            counts.Of(name).ShouldBe("0", name);
        }
    }

    [Fact]
    public async Task The_token_is_stored_nowhere_and_only_an_administrator_in_person_reads()
    {
        await using var there = await AdminRig.StartAsync();
        await using var here = await AdminRig.StartAsync();
        var token = await there.Api.ApiTokenAsync(there.Root, "user:r");
        (await here.PostAsync(Root + "/readings", Body(there.Server.Http.ToString(), token))).Status.ShouldBe(403);
        var read = await ReadAsync(here, there.Server.Http.ToString(), token);
        read.Of("failed").ShouldBe("0", read.ToString());
        var trial = await TryAsync(here, read.GetProperty("result").Of("upload"));
        trial.GetProperty("counts").GetProperty("notes").ToString().ShouldContain("Devices: the token may not read them.");
        read.ToString().ShouldNotContain(token);
        here.Server.Log.Contains(token, StringComparison.Ordinal).ShouldBeFalse("no log has it");
        await using (var db = here.Db())
        {
            (await db.ConsoleAudits.AsNoTracking().ToListAsync()).ShouldAllBe(a => !a.Info.Contains(token));
            (await db.Jobs.AsNoTracking().ToListAsync()).ShouldAllBe(j => j.Request == "" && !j.Result.Contains(token));
        }

        foreach (var file in Directory.EnumerateFiles(
            Path.Combine(here.Server.Folder, "import"), "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            (await File.ReadAllTextAsync(file)).ShouldNotContain(token);
        }

        // What was read is not sent by browsers, and is nobody's folder.
        (await here.PostAsync(Root + "/trial", """{"kind":"pro_api","folder":"."}""", here.Person)).Text
            .ShouldContain("no_such_source");
        (await here.Api.SendAsync(HttpMethod.Post, Root + "/files?name=pro_server.json", "{}", here.Person)).Status
            .ShouldBe(400);
    }

    [Theory]
    [InlineData("", "t", "not_a_url")]
    [InlineData("ftp://example.com", "t", "not_a_url")]
    [InlineData("https://a:b@example.com", "t", "not_a_url")]
    [InlineData("https://example.com/?x=1", "t", "not_a_url")]
    [InlineData("http://example.com", "t", "not_secret")]
    [InlineData("https://example.com", "", "not_a_token")]
    [InlineData("https://example.com", "a\\r\\nHost: b", "not_a_token")]
    public async Task What_is_no_address_or_no_token_is_refused_at_once(string url, string token, string code)
    {
        await using var here = await AdminRig.StartAsync();
        (await here.PostAsync(Root + "/readings", $$"""{"url":"{{url}}","token":"{{token}}"}""", here.Person))
            .ShouldBeProblem(422, code);
    }

    [Fact]
    public async Task A_server_that_is_none_or_means_harm_ends_with_its_word_and_leaves_nothing()
    {
        await using var here = await AdminRig.StartAsync();
        foreach (var (fault, answer) in new (string, Func<HttpListenerContext, Task>)[]
        {
            ("unauthorized", c => AnswerAsync(c, 401, "{}")),
            ("forbidden", c => AnswerAsync(c, 403, "{}")),
            ("forbidden", c => AnswerAsync(c, 200, """{"error":"Admin required!"}""")),
            ("not_pro", c => AnswerAsync(c, 404, "no")),
            ("not_pro", c => AnswerAsync(c, 200, "<html>")),
            ("not_pro", c => AnswerAsync(c, 200, "[1,2]")),
            ("not_pro", c => AnswerAsync(c, 200, new string('[', 5000) + new string(']', 5000))),
            ("refused", c => AnswerAsync(c, 500, "{}")),
            ("redirected", c =>
            {
                c.Response.RedirectLocation = "https://elsewhere.example/x";
                return AnswerAsync(c, 302, "");
            }),
            ("too_large", c => AnswerAsync(c, 200, new string(' ', (8 << 20) + 1))),
        })
        {
            using var server = new HostileServer(answer);
            var read = await ReadAsync(here, server.Url, "secret");
            read.GetProperty("result").Of("fault").ShouldBe(fault, read.ToString());
            read.ToString().ShouldNotContain("secret");
            if (fault == "redirected") read.ToString().ShouldContain("https://elsewhere.example");
            server.Paths.ShouldAllBe(p => p.StartsWith("/api/users", StringComparison.Ordinal) || fault == "forbidden");
        }

        var gone = await ReadAsync(here, $"http://127.0.0.1:{FreePorts.Block(1)}", "secret");
        gone.GetProperty("result").Of("fault").ShouldBe("unreachable", gone.ToString());
        var plain = await ReadAsync(here, $"https://127.0.0.1:{here.Server.HttpPort}", "secret");
        plain.GetProperty("result").Of("fault").ShouldBe("tls", plain.ToString());
        await using var db = here.Db();
        (await db.Users.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Pages_without_an_end_end_and_odd_rows_are_passed_over()
    {
        await using var here = await AdminRig.StartAsync();
        var rows = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""{"name":"u{{i}}"}"""));
        using (var endless = new HostileServer(
            c => AnswerAsync(c, 200, $$"""{"total":2000000000,"data":[{{rows}}]}""")))
        {
            var read = await ReadAsync(here, endless.Url, "t");
            read.GetProperty("result").Of("fault").ShouldBe("too_large", read.ToString());
            endless.Paths.Count.ShouldBeLessThan(100);
        }

        const string Odd = """
            {"total":9,"data":[null,7,{"name":7},{"name":null},{"name":"-"},{"name":"a\u0000b","note":{"x":1},"status":"x",
            "created_at":1e300},{"name":"half \ud800"},{"id":"123 456"},{"name":"Mara","group_name":["x"],"is_admin":"no",
            "allowed_incomings":[{"type":9,"name":"x"},{"type":2,"name":"nobody"},5],"info":[]}]}
            """;
        using var odd = new HostileServer(c => AnswerAsync(
            c, 200, c.Request.Url!.AbsolutePath.StartsWith("/api/ab/", StringComparison.Ordinal)
                ? """{"total":0}""" : c.Request.Url.AbsolutePath == "/api/strategies"
                    ? """[{"name":"S","config_options":{"enable-audio":"N","stop-service":"Y","x":"y","enable-clipboard":7}},5]"""
                    : Odd));
        var taken = await ReadAsync(here, odd.Url, "t");
        taken.Of("failed").ShouldBe("0", taken.ToString());
        var upload = taken.GetProperty("result").Of("upload");
        var trial = await TryAsync(here, upload);
        trial.GetProperty("counts").Of("rules").ShouldBe("0");
        var done = await here.EndedAsync(await here.PostAsync(Root, Wish(upload, trial.Of("trial")), here.Person));
        done.Of("failed").ShouldBe("0", done.ToString());
        await using var db = here.Db();
        (await db.Users.SingleAsync(u => u.Name == "Mara")).IsAdmin.ShouldBeFalse();
        (await db.Strategies.SingleAsync(s => s.Name == "S")).Options.ShouldBe("""{"enable-audio":"N"}""");
    }

    private static async Task FillAsync(AdminRig rig)
    {
        var (office, shops) = (await rig.UserGroupAsync("Office"), await rig.UserGroupAsync("Shops"));
        var tills = await rig.DeviceGroupAsync("Tills");
        var mara = await rig.UserAsync("Mara", admin: true, group: office, email: "mara@example.test");
        var devices = await rig.DevicesAsync(130, owner: mara, from: 700_001);
        (await rig.PostAsync("/api/strategies", """{"name":"Quiet","config_options":{"enable-audio":"N"}}""")).Status.ShouldBe(200);
        (await rig.PostAsync("/api/ab/shared/add", """{"name":"Customers","note":"all","info":{"password":"x"}}""")).Status.ShouldBe(200);
        await using var db = rig.Db();
        for (var i = 0; i < 119; i++)
        {
            db.Users.Add(new User
            {
                Name = "u" + i.ToString(CultureInfo.InvariantCulture), NormalizedName = $"U{i}", SecurityStamp = "s",
                ConcurrencyStamp = "c", UserGroupGuid = shops, Status = i == 0 ? UserStatus.Disabled : UserStatus.Normal,
            });
        }

        var quiet = await db.Strategies.SingleAsync();
        foreach (var (kind, target) in new[]
        {
            (StrategyTarget.DeviceGroup, tills), (StrategyTarget.User, mara.Guid), (StrategyTarget.Device, devices[0].Guid),
        })
        {
            db.StrategyAssignments.Add(new StrategyAssignment { TargetKind = kind, TargetGuid = target, StrategyGuid = quiet.Guid });
        }

        foreach (var (kind, target) in new[] { (AccessTarget.UserGroup, office), (AccessTarget.DeviceGroup, tills) })
        {
            db.AccessRules.Add(new AccessRule
            {
                SubjectKind = AccessSubject.UserGroup, SubjectGuid = shops, TargetKind = kind, TargetGuid = target, Enabled = true,
            });
        }

        db.DeviceGroupMembers.Add(new() { DeviceGuid = devices[0].Guid, GroupGuid = tills });
        (await db.Devices.SingleAsync(d => d.Guid == devices[0].Guid)).Note = "by the door";
        var book = await db.AddressBooks.SingleAsync(b => !b.IsPersonal);
        db.AddressBookTags.Add(new AddressBookTag { BookGuid = book.Guid, Name = "red", Color = 4294901760 });
        db.AddressBookShares.Add(new AddressBookShare
        {
            BookGuid = book.Guid, SubjectKind = ShareSubject.UserGroup, SubjectGuid = office, Rule = ShareRule.ReadWrite,
        });
        foreach (var id in new[] { "111222333", "444555666" })
        {
            db.AddressBookEntries.Add(new AddressBookEntry
            {
                BookGuid = book.Guid, Id = id, Alias = "A " + id, Note = "n", Tags = TagList.Write(["red"]), RdpPort = "3389",
            });
        }

        await db.SaveChangesAsync();
    }

    private static async Task CheckAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        var mara = await db.Users.SingleAsync(u => u.Name == "Mara");
        (mara.IsAdmin, mara.Email, mara.PasswordHash).ShouldBe((true, "mara@example.test", null));
        (await db.UserGroups.SingleAsync(g => g.Guid == mara.UserGroupGuid)).Name.ShouldBe("Office");
        (await db.Users.SingleAsync(u => u.Name == "u0")).Status.ShouldBe(UserStatus.Disabled);
        var device = await db.Devices.SingleAsync(d => d.Id == "700001");
        device.Note.ShouldBe("by the door");
        (await db.DeviceDetails.SingleAsync(d => d.DeviceGuid == device.Guid)).OwnerGuid.ShouldBe(mara.Guid);
        var tills = await db.DeviceGroups.SingleAsync(g => g.Name == "Tills");
        (await db.DeviceGroupMembers.CountAsync(m => m.DeviceGuid == device.Guid && m.GroupGuid == tills.Guid)).ShouldBe(1);
        var quiet = await db.Strategies.SingleAsync();
        quiet.Options.ShouldBe("""{"enable-audio":"N"}""");
        (await db.StrategyAssignments.Where(a => a.StrategyGuid == quiet.Guid).Select(a => a.TargetGuid).ToListAsync())
            .ShouldBe([tills.Guid, mara.Guid, device.Guid], ignoreOrder: true);
        (await db.AccessRules.CountAsync(r => r.SubjectKind == AccessSubject.UserGroup)).ShouldBe(2);
        var book = await db.AddressBooks.SingleAsync(b => b.Name == "Customers");
        (await db.AddressBookEntries.CountAsync(e => e.BookGuid == book.Guid && e.RdpPort == "3389")).ShouldBe(2);
        (await db.AddressBookShares.SingleAsync(s => s.BookGuid == book.Guid)).Rule.ShouldBe(ShareRule.ReadWrite);
        (await db.AddressBookTags.SingleAsync(t => t.BookGuid == book.Guid)).Color.ShouldBe(4294901760);
    }

    private static async Task<JsonElement> ReadAsync(AdminRig rig, string url, string token) =>
        await rig.EndedAsync(await rig.PostAsync(Root + "/readings", Body(url, token), rig.Person));

    private static async Task<JsonElement> TryAsync(AdminRig rig, string upload) =>
        (await rig.PostAsync(Root + "/trial", Wish(upload), rig.Person)).ShouldBeFine();

    private static string Body(string url, string token) =>
        $$"""{"url":"{{url}}","token":"{{token}}","plain_http":true}""";

    private static string Wish(string upload, string trial = "") =>
        $$"""{"kind":"pro_api","upload":"{{upload}}","trial":"{{trial}}"}""";

    private static async Task AnswerAsync(HttpListenerContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }

    /// <summary>Answers every request the same way.</summary>
    private sealed class HostileServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _running;

        public HostileServer(Func<HttpListenerContext, Task> answer)
        {
            var port = FreePorts.Block(1);
            Url = $"http://127.0.0.1:{port}";
            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _running = RunAsync(answer);
        }

        public string Url { get; }

        public List<string> Paths { get; } = [];

        public void Dispose()
        {
            _listener.Close();
            _running.Wait(TimeSpan.FromSeconds(30));
        }

        private async Task RunAsync(Func<HttpListenerContext, Task> answer)
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Paths.Add(context.Request.Url!.AbsolutePath);
                    try
                    {
                        await answer(context);
                    }
                    catch (Exception e) when (e is HttpListenerException or IOException)
                    {
                        // Who asked went away.
                    }
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The end.
            }
        }
    }
}
