using System.Text;
using System.Text.RegularExpressions;
using Hawser.Api.AddressBooks;
using Hawser.Data.AddressBooks;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

/// <summary>
/// The answers of books and groups, byte for byte, as stock clients parse them: they change only on purpose. Rows'
/// identities are replaced by numbers.
/// </summary>
public partial class GoldenTests
{
    private const string Numbered = "00000000-0000-0000-0000-";
    private readonly StringBuilder _text = new();
    private readonly List<string> _guids = [];

    [Fact]
    public async Task The_answers_of_address_books_are_what_clients_were_promised()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var ops = await rig.UserAsync("ops");
        await rig.DeviceAsync("771200345", ann.User, "TILL3", "Windows / Windows 11 Pro - 24H2");
        var shared = await rig.BookAsync(ops, "Branch North", "b00k-Pw");
        await rig.ShareAsync(shared, ShareSubject.User, ann.User.Guid, ShareRule.ReadWrite);
        await NoteAsync("POST", "/api/ab/personal", ann.PostAsync("/api/ab/personal"));
        var book = await ann.PersonalAsync();
        await NoteAsync("POST", "/api/ab/settings", ann.PostAsync("/api/ab/settings"));
        var profiles = "/api/ab/shared/profiles?current=1&pageSize=100";
        await NoteAsync("POST", profiles, ann.PostAsync(profiles));
        await WriteAsync(ann, "POST", $"/api/ab/tag/add/{book}", """{"name":"shop","color":4294940672}""");
        await WriteAsync(ann, "POST", $"/api/ab/tag/add/{book}", """{"name":"back office","color":4278190335}""");
        await WriteAsync(ann, "POST", $"/api/ab/peer/add/{book}", """{"id":"771200345","alias":"till 3","tags":["shop"]}""");
        await WriteAsync(ann, "POST", $"/api/ab/peer/add/{book}", """{"id":"771200346","username":"pos","hostname":"TILL4","platform":"Windows","alias":"Käse","tags":["shop"],"forceAlwaysRelay":"true","rdpPort":"3390","rdpUsername":"admin","loginName":"ann","device_group_name":"Tills","note":"by the door","same_server":null}""");
        await WriteAsync(ann, "PUT", $"/api/ab/peer/update/{book}", """{"id":"771200345","hash":"aGFzaCBvZiB0aGUgcGFzc3dvcmQ="}""");
        await WriteAsync(ann, "POST", $"/api/ab/peer/add/{shared}", """{"id":"10.0.0.7:21118","alias":"","tags":[],"password":"entry-Pw"}""");
        await WriteAsync(ann, "PUT", $"/api/ab/peer/update/{book}", """{"id":"9","alias":"x"}""");
        await WriteAsync(ann, "PUT", $"/api/ab/tag/rename/{book}", """{"old":"shop","new":"store"}""");
        await WriteAsync(ann, "PUT", $"/api/ab/tag/update/{book}", """{"name":"store","color":4294967295}""");
        var peers = $"/api/ab/peers?current=1&pageSize=100&ab={book}";
        await NoteAsync("POST", peers, ann.PostAsync(peers));
        peers = $"/api/ab/peers?current=1&pageSize=100&ab={shared}";
        await NoteAsync("POST", peers, ann.PostAsync(peers));
        await NoteAsync("POST", $"/api/ab/tags/{book}", ann.PostAsync($"/api/ab/tags/{book}"));
        await NoteAsync("POST", $"/api/ab/tags/{shared}", ann.PostAsync($"/api/ab/tags/{shared}"));
        await NoteAsync("GET", "/api/ab", ann.GetAsync("/api/ab"));
        await WriteAsync(ann, "DELETE", $"/api/ab/peer/{book}", """["771200345","771200346"]""");
        await WriteAsync(ann, "DELETE", $"/api/ab/tag/{book}", """["store"]""");
        await NoteAsync("POST", "/api/ab/get", ann.PostAsync("/api/ab/get", "{}"));
        await WriteAsync(ann, "POST", "/api/ab", """{"data":"{\"tags\":[\"a\"],\"peers\":[{\"id\":\"1\",\"alias\":\"x\",\"tags\":[\"a\"],\"hash\":\"\"}],\"tag_colors\":\"{\\\"a\\\":4278190335}\"}"}""");
        await NoteAsync("GET", "/api/ab", ann.GetAsync("/api/ab"));
        peers = $"/api/ab/peers?current=1&pageSize=100&ab={Guid.Empty}";
        await NoteAsync("POST", peers, ann.PostAsync(peers));
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { LegacyOnly = true, MaxEntries = 250 });
        await NoteAsync("POST", "/api/ab/personal", ann.PostAsync("/api/ab/personal"));
        await NoteAsync("POST", "/api/ab/settings", ann.PostAsync("/api/ab/settings"));
        await NoteAsync("POST", "/api/ab/settings", rig.Api.PostAsync("/api/ab/settings", null, ""));
        Golden.Check("vectors/api/address-books.txt", _text.ToString());
    }

    [Fact]
    public async Task The_answers_of_the_group_tab_are_what_clients_were_promised()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var bob = await rig.UserAsync("bob");
        var device = await rig.DeviceAsync("771200345", ann.User, "TILL3", "Windows / Windows 11 Pro - 24H2");
        await rig.DeviceAsync("771200346", bob.User, "mac", "macos / 14.5", "bob");
        await rig.Api.AddDeviceAsync("771200347", ann.User);
        await using (var db = rig.Db())
        {
            var group = new DeviceGroup { Name = "Tills", NormalizedName = "TILLS", Note = "north", CreatedAt = BookRig.Day };
            db.DeviceGroups.Add(group);
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device.Guid, GroupGuid = group.Guid, AddedAt = BookRig.Day });
            await db.SaveChangesAsync();
        }

        foreach (var path in new[]
        {
            "/api/device-group/accessible?current=1&pageSize=100", "/api/users?current=1&pageSize=100&accessible=&status=1",
            "/api/peers?current=1&pageSize=100&accessible=&status=1", "/api/users?current=1&pageSize=100",
        })
        {
            await NoteAsync("GET", path, ann.GetAsync(path));
        }

        await rig.SetAsync(Hawser.Api.Groups.GroupSettings.Key, new() { Disabled = true });
        await NoteAsync("GET", "/api/device-group/accessible", ann.GetAsync("/api/device-group/accessible"));
        Golden.Check("vectors/api/groups.txt", _text.ToString());
    }

    private Task WriteAsync(Caller caller, string method, string path, string body) =>
        NoteAsync(method, path, caller.Rig.Api.SendAsync(new HttpMethod(method), path, body, caller.Token), body);

    private async Task NoteAsync(string method, string path, Task<Answer> sent, string? body = null)
    {
        var answer = await sent;
        var said = answer.Text.Length == 0 ? "and nothing" : $"{answer.Type} {answer.Text}";
        _text.Append($"> {method} {path}{(body is null ? "" : " " + body)}\n< {answer.Status} {said}\n\n");
        foreach (Match match in Identity().Matches(_text.ToString()))
        {
            var seen = match.Value.StartsWith(Numbered, StringComparison.Ordinal) || _guids.Contains(match.Value);
            if (!seen) _guids.Add(match.Value);
        }

        for (var i = 0; i < _guids.Count; i++) _text.Replace(_guids[i], $"{Numbered}{i + 1:000000000000}");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Identity();
}
