using Hawser.Api.Access;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>Who is introduced to whom, on the wire, with real tokens.</summary>
public class IntroductionAccessTests
{
    private const string NotAllowed = "not allowed";

    [Fact]
    public async Task C98_A_logged_in_operator_is_introduced_at_once_over_the_secured_connection()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        using var caller = await rig.SecureAsync();
        await caller.SendAsync(rig.Ask(token));
        var push = (await target.ReceiveMessageAsync())!.PunchHole;
        clock.GetElapsedTime(began).TotalSeconds.ShouldBeLessThan(3, "no pause of 18 seconds");
        push.ControlledContext.ConnAuditRef.Length.ShouldBe(22);
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(new RendezvousMessage
        {
            PunchHoleSent = new PunchHoleSent { Id = AccessRig.Id, SocketAddr = push.SocketAddr, Version = "1.4.9" },
        });
        var response = (await caller.ReceiveMessageAsync())!.PunchHoleResponse;
        response.SocketAddr.ShouldNotBeEmpty();
        response.Feedback.ShouldBe(1, "it shall keep a connection as long as its session");
    }

    [Fact]
    public async Task Without_any_setting_everybody_with_the_key_is_introduced_as_with_hbbs()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var push = (await rig.PushAsync(target, rig.Ask())).PunchHole;
        push.ControlPermissions.ShouldBeNull();
        push.ControlledContext.ShouldBeNull("nobody to tell of");
        // A client that is logged in to another server, and one here where nobody has an account.
        (await rig.RefusalAsync(target, rig.Ask("d41d8cd98f00b204e9800998ecf8427e"), "127.0.0.3")).ShouldBeEmpty();
        (await rig.RefusalAsync(target, rig.Ask(new string('a', 43)), "127.0.0.4")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_relay_without_the_key_needs_a_login_that_is_valid_here()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        await rig.LookAsync();
        (await rig.RefusalAsync(target, AccessRig.AskRelay(), "127.0.0.3")).ShouldBe("Key mismatch");
        (await rig.RefusalAsync(target, AccessRig.AskRelay("x"), "127.0.0.4")).ShouldBe("Key mismatch");
        (await rig.RefusalAsync(target, AccessRig.AskRelay(code: "x"), "127.0.0.5")).ShouldBe("Key mismatch");
        (await rig.RefusalAsync(target, AccessRig.AskRelay(token), "127.0.0.6")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_a_node_requires_a_login_any_text_is_no_login()
    {
        await using var rig = await AccessRig.StartAsync(o => o.Rendezvous.RequireLogin = true);
        using var target = await rig.RegisterAsync();
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.3")).ShouldBe("Please log in");
        (await rig.RefusalAsync(target, rig.Ask("x"), "127.0.0.4")).ShouldStartWith("You are not logged in.");
        (await rig.RefusalAsync(target, rig.Ask(new string('a', 43)), "127.0.0.5")).ShouldStartWith("You are not logged in.");
        (await rig.RefusalAsync(target, rig.Ask(code: "x"), "127.0.0.6")).ShouldStartWith("You are not logged in.");
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        (await rig.RefusalAsync(target, rig.Ask(token), "127.0.0.7")).ShouldBeEmpty();
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(new string('a', 43)), "127.0.0.8")).ShouldContain("log in again");
    }

    [Fact]
    public async Task A_devices_audit_names_the_account_that_was_introduced()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        var reference = (await rig.PushAsync(target, rig.Ask(token))).PunchHole.ControlledContext.ConnAuditRef;
        await Eventually.HoldsAsync(() => rig.Desk.Introductions.Written == 1, "the row is written");
        var uuid = Convert.ToBase64String("uuid-123456789"u8);
        var answer = await rig.Api.PostAsync("/api/audit/conn", $$"""
            {"ip":"127.0.0.1","action":"new","conn_audit_ref":"{{reference}}","id":"{{AccessRig.Id}}","uuid":"{{uuid}}",
            "conn_id":7,"session_id":0}
            """);
        answer.Status.ShouldBe(200, answer.Text);
        await using var db = rig.Api.OpenDb();
        (await db.ConnectionAudits.SingleAsync(c => c.Reference == reference)).UserName.ShouldBe("anna");
    }

    [Fact]
    public async Task A_revoked_token_is_refused_at_once_and_a_disabled_user_too()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var first = await rig.Api.TokenAsync(anna);
        var second = await rig.Api.TokenAsync(anna);
        (await rig.RefusalAsync(target, rig.Ask(first), "127.0.0.3")).ShouldBeEmpty();
        (await rig.RefusalAsync(target, rig.Ask(second), "127.0.0.4")).ShouldBeEmpty();
        // By whatever tool: here, rows are deleted behind the server's back, as another node would.
        await using (var db = rig.Api.OpenDb())
        {
            await db.AccessTokens.Where(t => t.Hash == Hawser.Api.Http.Secrets.Hash(first)).ExecuteDeleteAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(1.1));
        (await rig.RefusalAsync(target, rig.Ask(first), "127.0.0.5")).ShouldContain("log in again");
        (await rig.RefusalAsync(target, AccessRig.AskRelay(first), "127.0.0.6")).ShouldContain("log in again");
        (await rig.RefusalAsync(target, rig.Ask(second), "127.0.0.7")).ShouldBeEmpty();
        await rig.EditAsync(db => db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled)));
        (await rig.RefusalAsync(target, rig.Ask(second), "127.0.0.8")).ShouldContain("log in again");
        var script = await rig.Api.ApiTokenAsync(await rig.Api.AddUserAsync("ben"), "device:rw");
        (await rig.RefusalAsync(target, rig.Ask(script), "127.0.0.9")).ShouldContain("for programs");
    }

    [Fact]
    public async Task A_second_node_on_the_same_database_sees_a_change_within_a_second()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var token = await rig.Api.TokenAsync(anna);
        var parts = rig.Server.Node.ApiParts()! with { };
        using var other = new AccessDesk(
            parts, new Hawser.Api.Accounts.TokenDesk(parts, rig.Server.Options.Api, TimeProvider.System),
            TimeProvider.System, rig.Server.Node.Logs);
        using var stop = new CancellationTokenSource();
        var running = other.RunAsync(Task.CompletedTask, stop.Token);
        var ask = new AccessRequest(AccessKind.Punch, PeerAddress.From(target.Local), AccessRig.Id, token);
        (await other.DecideAsync(ask, CancellationToken.None)).Allowed.ShouldBeTrue();
        await using (var db = rig.Api.OpenDb())
        {
            db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = await rig.DeviceAsync(), Enabled = false });
            await db.SaveChangesAsync();
        }

        await Eventually.HoldsAsync(
            () => other.Watch.Current!.Blocked.Count == 1 && rig.Desk.Watch.Current!.Blocked.Count == 1, "both know", 2);
        (await other.DecideAsync(ask, CancellationToken.None)).Reason.ShouldBe("This device is disabled.");
        (await rig.RefusalAsync(target, rig.Ask(token))).ShouldBe("This device is disabled.");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_disabled_device_and_a_disabled_owners_device_are_reached_by_nobody()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var admin = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("root", admin: true));
        await rig.SetAsync(s => s.AdminsReachAll = true);
        await rig.OwnAsync(anna, enabled: false);
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.3")).ShouldBe("This device is disabled.");
        (await rig.RefusalAsync(target, rig.Ask(admin), "127.0.0.4")).ShouldBe("This device is disabled.");
        await rig.OwnAsync(anna);
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.5")).ShouldBeEmpty();
        await rig.EditAsync(db => db.Users.Where(u => u.Guid == anna.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled)));
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.6")).ShouldBe("The owner of this device is disabled.");
        (await rig.RefusalAsync(target, rig.Ask(admin), "127.0.0.7")).ShouldContain("owner");
    }

    [Fact]
    public async Task Groups_rules_and_hours_decide_where_the_policy_is_not_open()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var support = await rig.UserGroupAsync("Support");
        var anna = await rig.Api.AddUserAsync("anna");
        var ben = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("ben"));
        var cleo = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("cleo", change: u => u.UserGroupGuid = support));
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Own);
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.3")).ShouldBeEmpty("it belongs to nobody yet");
        await rig.OwnAsync(anna);
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.4")).ShouldStartWith("You are not logged in.");
        (await rig.RefusalAsync(target, rig.Ask(await rig.Api.TokenAsync(anna)), "127.0.0.5")).ShouldBeEmpty();
        (await rig.RefusalAsync(target, rig.Ask(ben), "127.0.0.6")).ShouldBeEmpty("of the same group");
        (await rig.RefusalAsync(target, rig.Ask(cleo), "127.0.0.7")).ShouldContain(NotAllowed);
        var rule = await rig.RuleAsync(new(
            "", AccessSubject.UserGroup, support, AccessTarget.User, anna.Guid, """{"to_date":"2020-12-31"}"""));
        (await rig.RefusalAsync(target, rig.Ask(cleo), "127.0.0.8"))
            .ShouldBe("Outside of the allowed hours (UTC, until 2020-12-31).");
        await rig.EditAsync(db => db.AccessRules.Where(r => r.Guid == rule)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Schedule, "")));
        (await rig.RefusalAsync(target, rig.Ask(cleo), "127.0.0.9")).ShouldBeEmpty();
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Rules);
        (await rig.RefusalAsync(target, rig.Ask(ben), "127.0.0.10")).ShouldContain(NotAllowed);
        await rig.SetAsync(s => (s.DefaultPolicy, s.LoginRequired) = (DefaultPolicy.Open, true));
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.11")).ShouldStartWith("You are not logged in.");
        (await rig.RefusalAsync(target, rig.Ask(ben), "127.0.0.12")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_group_opens_its_devices_to_whom_it_lists()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var cleo = await rig.Api.AddUserAsync("cleo");
        var token = await rig.Api.TokenAsync(cleo);
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Own);
        var cellar = new DeviceGroup { Name = "Cellar", NormalizedName = "CELLAR" };
        var device = await rig.DeviceAsync();
        await rig.EditAsync(db =>
        {
            db.DeviceGroups.Add(cellar);
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = cellar.Guid });
            return Task.CompletedTask;
        });
        (await rig.RefusalAsync(target, rig.Ask(token), "127.0.0.3")).ShouldContain(NotAllowed);
        await using (var db = rig.Api.OpenDb())
        {
            var result = await new GroupAccess(TimeProvider.System).SetIncomingsOfDeviceGroupAsync(
                db, cellar.Guid, [new(GroupAccess.User, "CLEO")], CancellationToken.None);
            result.Error.ShouldBeEmpty();
        }

        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(token), "127.0.0.4")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_target_is_told_the_map_of_the_callers_role_in_every_kind_of_push()
    {
        await using var rig = await AccessRig.StartAsync(o => o.Rendezvous.RelayServers.Add("relay.example"));
        using var far = await rig.RegisterAsync();
        using var near = await rig.RegisterAsync("987654321", "127.0.0.1");
        var role = await rig.RoleAsync("view", ("clipboard", PermissionState.Allow), ("file", PermissionState.Deny),
            ("privacy_mode", PermissionState.Deny));
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna", change: u => u.ControlRoleGuid = role));
        await rig.LookAsync();
        const ulong Map = 96 | (1ul << 24);
        (await rig.PushAsync(far, rig.Ask(token))).PunchHole.ControlPermissions.Permissions.ShouldBe(Map);
        (await rig.PushAsync(near, rig.Ask(token, "987654321"))).FetchLocalAddr.ControlPermissions.Permissions.ShouldBe(Map);
        (await rig.PushAsync(far, AccessRig.AskRelay(token))).RequestRelay.ControlPermissions.Permissions.ShouldBe(Map);
        await rig.EditAsync(db => db.ControlRoles.Where(r => r.Guid == role)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Enabled, false)));
        (await rig.PushAsync(far, rig.Ask(token), "127.0.0.3")).PunchHole.ControlPermissions.ShouldBeNull();
        await rig.EditAsync(db => db.ControlRoles.Where(r => r.Kind == ControlRoleKind.NotLoggedIn)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Permissions, 1L)));
        (await rig.PushAsync(far, rig.Ask(), "127.0.0.4")).PunchHole.ControlPermissions.Permissions.ShouldBe(1ul);
    }

    [Fact]
    public async Task One_attempt_has_one_reference_and_a_row_that_names_the_account()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var rule = await rig.RuleAsync(new("", AccessSubject.User, anna.Guid, AccessTarget.AllDevices, null));
        var token = await rig.Api.TokenAsync(anna, new TestDevice(Guid.Empty, "555666777", "dXVpZA=="));
        var punch = (await rig.PushAsync(target, rig.Ask(token))).PunchHole.ControlledContext.ConnAuditRef;
        var again = (await rig.PushAsync(target, rig.Ask(token))).PunchHole.ControlledContext.ConnAuditRef;
        var relay = (await rig.PushAsync(target, AccessRig.AskRelay(token))).RequestRelay.ControlledContext.ConnAuditRef;
        again.ShouldBe(punch);
        relay.ShouldBe(punch);
        var elsewhere = (await rig.PushAsync(target, rig.Ask(token), "127.0.0.9")).PunchHole.ControlledContext.ConnAuditRef;
        elsewhere.ShouldNotBe(punch);
        await Eventually.HoldsAsync(() => rig.Desk.Introductions.Written == 2, "both are written");
        await using var db = rig.Api.OpenDb();
        var row = await db.Introductions.SingleAsync(i => i.Reference == punch);
        row.UserGuid.ShouldBe(anna.Guid);
        row.UserName.ShouldBe("anna");
        row.OperatorDeviceId.ShouldBe("555666777");
        row.DeviceId.ShouldBe(AccessRig.Id);
        row.Address.ShouldBe("127.0.0.1");
        (row.Reason, row.RuleGuid).ShouldBe(("rule", rule));
    }

    [Fact]
    public async Task A_grant_to_switch_sides_opens_one_device_for_one_attempt_whatever_the_rules_say()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        using var other = await rig.RegisterAsync("987654321", "127.0.0.20");
        await rig.Api.AddUserAsync("anna");
        await rig.SetAsync(s => (s.DefaultPolicy, s.LoginRequired) = (DefaultPolicy.Rules, true));
        await GrantAsync(rig, "code-1", 60);
        await GrantAsync(rig, "code-2", -1);
        (await rig.RefusalAsync(target, rig.Ask(code: "wrong"), "127.0.0.3")).ShouldStartWith("You are not logged in.");
        (await rig.RefusalAsync(other, rig.Ask(id: "987654321", code: "code-1"), "127.0.0.4")).ShouldNotBeEmpty();
        (await rig.RefusalAsync(target, rig.Ask(code: "code-2"), "127.0.0.5")).ShouldNotBeEmpty("it is too late");
        var first = rig.PushAsync(target, rig.Ask(code: "code-1"), "127.0.0.6");
        (await first).PunchHole.ControlledContext.ConnAuditRef.ShouldNotBeEmpty();
        (await rig.RefusalAsync(target, AccessRig.AskRelay(code: "code-1"), "127.0.0.6")).ShouldBeEmpty("the same attempt");
        (await rig.RefusalAsync(target, rig.Ask(code: "code-1"), "127.0.0.7")).ShouldNotBeEmpty("it is used");
        await using var db = rig.Api.OpenDb();
        (await db.SwitchGrants.CountAsync(g => g.Verifier == SwitchGrant.Verifier("code-1") && g.UsedAt == null)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_who_have_the_same_switch_code_one_is_introduced()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        await rig.Api.AddUserAsync("anna");
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Rules);
        await GrantAsync(rig, "code-1", 60);
        var verdicts = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => Task.Run(async () => await rig.Desk.DecideAsync(
            new AccessRequest(
                AccessKind.Punch, PeerAddress.FromIPv4(0x7F000100 + (uint)i, 1), AccessRig.Id, "", SwitchCode: "code-1"),
            CancellationToken.None))));
        verdicts.Count(v => v.Allowed).ShouldBe(1);
    }

    [Fact]
    public async Task A_session_is_listed_while_its_connection_lasts_and_ends_with_its_login()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var (first, second) = (await rig.Api.TokenAsync(anna), await rig.Api.TokenAsync(anna));
        await rig.PushAsync(target, rig.Ask(first));
        using var one = await rig.SecureAsync();
        await one.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = first } });
        (await one.ReceiveMessageAsync())!.RegisterPkResponse.KeepAlive.ShouldBe(60);
        var two = await rig.SecureAsync();
        await two.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = second } });
        (await two.ReceiveMessageAsync())!.RegisterPkResponse.KeepAlive.ShouldBe(60);
        using var none = await rig.SecureAsync();
        await none.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = new string('x', 43) } });
        (await none.ReceiveAsync()).ShouldBeNull("closed");
        rig.Desk.Sessions.List().Select(s => (s.UserName, s.LastTargetId))
            .ShouldBe([("anna", AccessRig.Id), ("anna", "")]);
        two.Dispose();
        await Eventually.HoldsAsync(() => rig.Desk.Sessions.Count == 1, "a closed connection is no session");
        await using (var db = rig.Api.OpenDb()) await db.AccessTokens.ExecuteDeleteAsync();
        (await one.ReceiveAsync(3)).ShouldBeNull("the login was revoked");
        await Eventually.HoldsAsync(() => rig.Desk.Sessions.Count == 0, "nobody is left");
    }

    [Fact]
    public async Task A_node_without_the_api_enforces_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-");
        string token;
        await using (var rig = await AccessRig.StartAsync(folder: folder.FullName))
        {
            token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
            using var target = await rig.RegisterAsync();
            await rig.SetAsync(s => s.LoginRequired = true);
        }

        await using (var rig = await AccessRig.StartAsync(o => o.Role.Add("rendezvous"), folder: folder.FullName))
        {
            using var target = await rig.RegisterAsync();
            rig.Server.Node.ApiParts().ShouldBeNull();
            (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.3")).ShouldStartWith("You are not logged in.");
            (await rig.RefusalAsync(target, rig.Ask(token), "127.0.0.4")).ShouldBeEmpty();
            await rig.EditAsync(db => db.AccessTokens.ExecuteDeleteAsync());
            (await rig.RefusalAsync(target, rig.Ask(token), "127.0.0.5")).ShouldContain("log in again");
        }

        folder.Delete(recursive: true);
    }

    private static async Task GrantAsync(AccessRig rig, string code, int seconds)
    {
        await using var db = rig.Api.OpenDb();
        var now = DateTime.UtcNow;
        db.SwitchGrants.Add(new SwitchGrantRow
        {
            Verifier = SwitchGrant.Verifier(code), DeviceId = AccessRig.Id, CreatedAt = now,
            ExpiresAt = now.AddSeconds(seconds),
        });
        await db.SaveChangesAsync();
    }
}
