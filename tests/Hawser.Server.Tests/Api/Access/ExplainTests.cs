using System.Text.Json;
using Hawser.Api.Access;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Server.Tests.Program;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

public class ExplainTests
{
    [Fact]
    public async Task The_command_says_who_may_and_which_rule_decides_it_while_the_server_runs()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Rules);
        var role = await rig.RoleAsync("view only", ("file", PermissionState.Deny));
        var guid = await rig.RuleAsync(new(
            "office", AccessSubject.User, anna.Guid, AccessTarget.AllDevices, null,
            """{"time_zone":"Europe/Berlin","windows":[{"days":["mon"],"from":"08:00","to":"18:00"}]}""", role));
        string[] ask = ["access", "explain", "--user", "ANNA", "--device", AccessRig.Id, "--data", rig.Server.Folder,
            "--database", rig.Server.Options.Database];
        var told = await HawserProcess.RunAsync(rig.Server.Folder, [.. ask, "--at", "2026-01-05T09:00+01:00"]);
        told.Errors.ShouldBeEmpty();
        told.Output.Trim().ShouldBe($"""
            anna MAY connect to {AccessRig.Id} at 2026-01-05 08:00:00 UTC.
              because       rule
              rule          "office": user anna -> all devices, Mon 08:00–18:00 Europe/Berlin
              role          view only (file: deny)
              user          group Default
              device        enabled, owner nobody, groups none
              policy        rules
            """);
        told = await HawserProcess.RunAsync(rig.Server.Folder, [.. ask, "--at", "2026-01-06T09:00+01:00", "--json"]);
        var json = JsonDocument.Parse(told.Output).RootElement;
        json.GetProperty("allowed").GetBoolean().ShouldBeFalse();
        json.GetProperty("reason").GetString().ShouldBe("outside_hours");
        json.GetProperty("rule").GetGuid().ShouldBe(guid);
        json.GetProperty("text").GetString().ShouldBe("Outside of the allowed hours (Mon 08:00–18:00 Europe/Berlin).");
        json.GetProperty("default_policy").GetString().ShouldBe("rules");
        var missing = await HawserProcess.RunAsync(
            rig.Server.Folder, ["access", "explain", "--device", "1", "--data", rig.Server.Folder, "--database",
                rig.Server.Options.Database]);
        missing.Code.ShouldBe(1);
        missing.Errors.ShouldContain("There is no device \"1\".");
    }

    [Fact]
    public async Task A_disabled_account_and_nobody_at_all_are_explained_too()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        await rig.Api.AddUserAsync("anna", change: u => u.Status = UserStatus.Disabled);
        await using var db = rig.Api.OpenDb();
        var now = new DateTime(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);
        var (anna, _) = await AccessExplainer.ExplainAsync((db, []), "anna", AccessRig.Id, now, CancellationToken.None);
        anna!.Allowed.ShouldBeFalse();
        anna.Reason.ShouldBe("account_disabled");
        var (nobody, _) = await AccessExplainer.ExplainAsync((db, []), "", AccessRig.Id, now, CancellationToken.None);
        nobody!.Allowed.ShouldBeTrue();
        nobody.Reason.ShouldBe("open");
        (await AccessExplainer.ExplainAsync((db, []), "ben", AccessRig.Id, now, CancellationToken.None)).Error
            .ShouldBe("There is no user \"ben\".");
        (await db.AccessRules.CountAsync()).ShouldBe(0);
    }
}
