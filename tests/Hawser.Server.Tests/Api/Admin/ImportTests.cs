using System.Net.Http.Headers;
using Google.Protobuf;
using Hawser.Data.Import;
using Hawser.Protocol.Messages;
using Hawser.Server.Keys;
using Hawser.Server.Tests.Data;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What another server left, taken over while this one runs.</summary>
public sealed class ImportTests
{
    private const string Root = "/api/console/imports";

    [Fact]
    public async Task Devices_of_hbbs_come_after_a_trial_that_changes_nothing_and_only_once()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(1, from: 300_000_001);
        using var hbbs = new HbbsFixture();
        hbbs.Add("300000001", 1);
        hbbs.AddMany(520);
        hbbs.Add("400000001", 2, uuid: []);
        var upload = await SendAsync(rig, "db_v2.sqlite3", await File.ReadAllBytesAsync(hbbs.Database));

        var trial = (await rig.PostAsync(Root + "/trial", Wish(upload), rig.Person)).ShouldBeFine();
        var counts = trial.GetProperty("counts");
        (counts.Of("devices"), counts.Of("new_devices"), counts.Of("kept_devices"), counts.Of("skipped"))
            .ShouldBe(("522", "520", "1", "1"));
        counts.Of("conflicts").ShouldBe("1", "another machine has this id here");
        counts.GetProperty("names")[0].GetString().ShouldBe("300000001");
        trial.GetProperty("key").Of("state").ShouldBe("none");
        await using (var db = rig.Db()) (await db.Devices.CountAsync()).ShouldBe(1, "a trial changes nothing");

        var done = await rig.EndedAsync(
            await rig.PostAsync(Root, Wish(upload, trial.Of("trial")), rig.Person));
        done.Of("state").ShouldBe("done", done.ToString());
        done.GetProperty("result").Of("new_devices").ShouldBe("520");
        await using (var db = rig.Db())
        {
            (await db.Devices.CountAsync()).ShouldBe(521);
            var one = await db.Devices.SingleAsync(d => d.Id == "200000007");
            one.Uuid.ShouldBe(HbbsFixture.UuidOf(7));
            one.PublicKey.ShouldBe(HbbsFixture.PkOf(7));
            (await db.Devices.SingleAsync(d => d.Id == "300000001")).PublicKey.ShouldBe(new byte[32], "it stays");
        }

        // The ID server knows whose they are at once.
        await Eventually.HoldsAsync(
            () => rig.Server.Log.Contains("521 devices loaded", StringComparison.Ordinal), "the ID server read them");
        (await RegisterAsync(rig, "200000007", "a stranger")).ShouldBe(Result.UuidMismatch, "the id is taken");
        Directory.GetDirectories(Path.Combine(rig.Server.Folder, "import", ".uploads"))
            .ShouldBeEmpty("what was sent is gone");
    }

    [Fact]
    public async Task People_and_books_of_the_other_api_server_come_from_a_folder_on_the_server()
    {
        await using var rig = await AdminRig.StartAsync();
        var places = (await rig.GetAsync(Root, rig.Person)).ShouldBeFine();
        places.GetProperty("folders").GetArrayLength().ShouldBe(0);
        var folder = Directory.CreateDirectory(Path.Combine(places.Of("root"), "old")).FullName;
        Make(Path.Combine(folder, RustDeskApiImport.DatabaseName));
        (await rig.GetAsync(Root, rig.Person)).Text.ShouldContain("\"name\":\"old\"");

        for (var time = 0; time < 2; time++)
        {
            const string Asked = """{"kind":"rustdesk_api","folder":"old"}""";
            var trial = (await rig.PostAsync(Root + "/trial", Asked, rig.Person)).ShouldBeFine();
            var counts = trial.GetProperty("counts");
            (counts.Of("users"), counts.Of("kept_users"), counts.Of("entries"))
                .ShouldBe(time == 0 ? ("1", "1", "1") : ("0", "2", "0"));
            counts.GetProperty("names")[0].GetString().ShouldBe("root");
            var done = await rig.EndedAsync(await rig.PostAsync(
                Root, $$"""{"kind":"rustdesk_api","folder":"old","trial":"{{trial.Of("trial")}}"}""", rig.Person));
            done.Of("state").ShouldBe("done", done.ToString());
        }

        await using var db = rig.Db();
        (await db.Users.CountAsync(u => u.Name == "Mara")).ShouldBe(1);
        (await db.AddressBookEntries.CountAsync()).ShouldBe(1);
        (await rig.LogAsync()).Count(o => o.Operation == 210).ShouldBe(2, "both are in the log");
        File.Exists(Path.Combine(folder, RustDeskApiImport.DatabaseName)).ShouldBeTrue("the operator's stays");
    }

    [Fact]
    public async Task The_old_key_pair_counts_after_the_next_start_when_somebody_wants_that()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        using var hbbs = new HbbsFixture();
        hbbs.WriteKey();
        try
        {
            await using (var server = await TestHawser.StartAsync(folder: folder))
            {
                using var client = new ApiClient(server);
                var person = await client.TokenAsync(await client.AddUserAsync("root", admin: true));
                var old = Directory.CreateDirectory(Path.Combine(folder, "import", "old")).FullName;
                foreach (var name in new[] { "db_v2.sqlite3", "id_ed25519" })
                {
                    File.Copy(hbbs.File(name), Path.Combine(old, name));
                }

                var trial = (await client.PostAsync(
                    Root + "/trial", """{"kind":"hbbs","folder":"old"}""", person)).ShouldBeFine();
                var key = trial.GetProperty("key");
                (key.Of("state"), key.Of("public_key"), key.Of("can_take"))
                    .ShouldBe(("other", hbbs.Key.PublicText, "True"));
                (await client.PostAsync(Root,
                    $$"""{"kind":"hbbs","folder":"old","take_key":true,"trial":"{{trial.Of("trial")}}"}""", person))
                    .Status.ShouldBe(202);
                server.Node.Key.Signing!.PublicText.ShouldNotBe(hbbs.Key.PublicText, "clients know this one");
                KeyFiles.Read(folder)!.PublicText.ShouldBe(hbbs.Key.PublicText);
                Directory.GetFiles(folder, "id_ed25519.until-*").Length.ShouldBe(1, "the one before is kept");
            }

            await using var again = await TestHawser.StartAsync(folder: folder);
            again.Node.Key.Signing!.PublicText.ShouldBe(hbbs.Key.PublicText);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Nothing_begins_without_a_trial_of_the_same_files_and_no_token_begins_anything()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hbbs = new HbbsFixture();
        hbbs.AddMany(1);
        var upload = await SendAsync(rig, "db_v2.sqlite3", await File.ReadAllBytesAsync(hbbs.Database));
        (await rig.PostAsync(Root, Wish(upload), rig.Person)).ShouldBeProblem(409, "not_tried");
        (await rig.PostAsync(Root, Wish(upload, "made up"), rig.Person)).ShouldBeProblem(409, "not_tried");
        var trial = (await rig.PostAsync(Root + "/trial", Wish(upload), rig.Person)).ShouldBeFine().Of("trial");
        foreach (var path in new[] { Root, Root + "/trial" })
        {
            (await rig.PostAsync(path, Wish(upload, trial))).Status.ShouldBe(403, "a script");
        }

        var other = await rig.Api.TokenAsync(await rig.UserAsync("other", admin: true));
        (await rig.PostAsync(Root, Wish(upload, trial), other)).ShouldBeProblem(409, "not_tried");
        hbbs.Add("400000002", 5);
        await SendAsync(rig, "db_v2.sqlite3", await File.ReadAllBytesAsync(hbbs.Database), upload);
        (await rig.PostAsync(Root, Wish(upload, trial), rig.Person)).ShouldBeProblem(409, "not_tried");
        await using var db = rig.Db();
        (await db.Devices.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Only_known_names_in_known_places_are_taken_and_nothing_else_is_read()
    {
        await using var rig = await AdminRig.StartAsync();
        foreach (var name in new[] { "", "../hawser.db", "hawser.db", "id_ed25519.pub", "db_v2.sqlite3/../x" })
        {
            (await PutAsync(rig, name, [1])).Status.ShouldBe(400, name);
        }

        (await PutAsync(rig, "id_ed25519", new byte[1025])).ShouldBeProblem(413, "too_large");
        var strange = await SendAsync(rig, "db_v2.sqlite3", "no database at all"u8.ToArray());
        (await rig.PostAsync(Root + "/trial", Wish(strange), rig.Person)).Text.ShouldContain("not_that_database");
        foreach (var where in new[]
        {
            """{"kind":"hbbs","folder":".."}""", """{"kind":"hbbs","folder":"/etc"}""",
            """{"kind":"hbbs","folder":".uploads"}""", """{"kind":"hbbs","folder":"a/../.."}""",
            """{"kind":"hbbs","upload":"../x"}""", """{"kind":"hbbs"}""", """{"kind":"other","folder":"."}""",
        })
        {
            (await rig.PostAsync(Root + "/trial", where, rig.Person)).Text.ShouldContain("no_such_source", Case.Sensitive, where);
        }

        // A link in the import folder leads nowhere.
        var elsewhere = Directory.CreateTempSubdirectory("hawser-test-");
        Data.DataFolder.Run(Path.Combine(elsewhere.FullName, "db_v2.sqlite3"), HbbsFixture.CreatePeer);
        Directory.CreateSymbolicLink(Path.Combine(rig.Server.Folder, "import", "link"), elsewhere.FullName);
        (await rig.GetAsync(Root, rig.Person)).Text.ShouldNotContain("link");
        (await rig.PostAsync(Root + "/trial", """{"kind":"hbbs","folder":"link"}""", rig.Person)).Text
            .ShouldContain("no_such_source");

        // A view would run what a stranger wrote.
        var evil = Path.Combine(elsewhere.FullName, "evil");
        Data.DataFolder.Run(evil, "CREATE VIEW peer AS WITH RECURSIVE x(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM x) "
            + "SELECT id, id AS uuid, id AS pk FROM x");
        var upload = await SendAsync(rig, "db_v2.sqlite3", await File.ReadAllBytesAsync(evil));
        (await rig.PostAsync(Root + "/trial", Wish(upload), rig.Person)).Text.ShouldContain("not_that_database");
        elsewhere.Delete(recursive: true);
    }

    private static void Make(string file) => Data.DataFolder.Run(file, """
        CREATE TABLE groups (id integer PRIMARY KEY, name text, type integer);
        CREATE TABLE users (id integer PRIMARY KEY, username text, email text, password text, nickname text,
            group_id integer, is_admin numeric, status integer, created_at timestamp);
        CREATE TABLE address_books (row_id integer PRIMARY KEY, id text, username text, password text, hostname text,
            alias text, platform text, tags text, hash text, user_id integer, force_always_relay numeric,
            rdp_port text, collection_id integer);
        INSERT INTO users VALUES (1, 'root', '', 'x', '', 1, 1, 1, NULL), (2, 'Mara', '', 'x', '', 1, 0, 1, NULL);
        INSERT INTO address_books VALUES (1, '111222333', 'u', '', 'h', 'Printer', 'Windows', '[]', '', 2, 0, '', 0);
        """);

    private static string Wish(string upload, string trial = "") =>
        $$"""{"kind":"hbbs","upload":"{{upload}}","trial":"{{trial}}"}""";

    private static async Task<string> SendAsync(AdminRig rig, string name, byte[] bytes, string upload = "") =>
        (await PutAsync(rig, name, bytes, upload)).ShouldBeFine().Of("upload");

    private static Task<Answer> PutAsync(AdminRig rig, string name, byte[] bytes, string upload = "") =>
        rig.Api.SendAsync(
            HttpMethod.Post, $"{Root}/files?name={Uri.EscapeDataString(name)}&upload={upload}", null, rig.Person, r =>
            {
                r.Content = new ByteArrayContent(bytes);
                r.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            });

    private static async Task<Result> RegisterAsync(AdminRig rig, string id, string machine)
    {
        using var peer = new WireDatagrams(rig.Server.RendezvousPort, "127.0.0.2");
        await peer.SendAsync(new RendezvousMessage
        {
            RegisterPk = new RegisterPk
            {
                Id = id, Uuid = ByteString.CopyFromUtf8(machine), Pk = ByteString.CopyFrom(new byte[32]),
            },
        });
        return (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result;
    }
}
