using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Session reference §5; numbers are the cases of §24.</summary>
public sealed class LoginTests
{
    [Fact]
    public void T26_the_worked_proof_is_byte_equal()
    {
        var stored = PasswordProof.Store("P@ssw0rd", "abcd2345efgh6789");
        Convert.ToBase64String(stored).ShouldBe("UNUD8mU+KsYENdWeAQrYXPiunOUkcDrcqJ6g2UdYrIE=");
        Convert.ToHexStringLower(PasswordProof.Answer(stored, "k7m2q9"))
            .ShouldBe("fe37f576f5867fa56f8579821681c4126c721caac9b818084b9454b0f7ded16f");
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("use-permanent-password", false, true)]
    [InlineData("use-temporary-password", true, false)]
    public async Task T27_each_verification_method_takes_its_passwords(string method, bool once, bool permanent)
    {
        await using var rig = new SessionRig();
        if (method.Length > 0) rig.Set("verification-method", method);
        var first = await rig.ConnectAsync();
        (await first.LoginAsync(rig.Secrets.OneTime)).State
            .ShouldBe(once ? LoginState.In : LoginState.WrongPassword);
        var second = await rig.ConnectAsync();
        (await second.LoginAsync("secret")).State.ShouldBe(permanent ? LoginState.In : LoginState.WrongPassword);
        second.IsEncrypted.ShouldBeTrue();
    }

    [Fact]
    public async Task T28_a_wrong_password_may_be_followed_by_the_right_one()
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync();
        (await session.LoginAsync("wrong")).ShouldBe(new LoginStep(LoginState.WrongPassword, "Wrong Password"));
        (await session.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        session.Host!.Version.ShouldBe("1.4.9");
        session.Host.Displays.Count.ShouldBe(1);
        await rig.NotedAsync("in 987654321 Remote PermanentPassword False");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T29_without_a_password_somebody_at_the_host_decides(bool yes)
    {
        await using var rig = new SessionRig(o => o with { Ask = (_, _, _) => Task.FromResult(yes) });
        var session = await rig.ConnectAsync();
        var step = await session.LoginAsync("");
        step.State.ShouldBe(yes ? LoginState.In : LoginState.Ended);
        if (!yes) step.Text.ShouldBe("Closed manually by the peer");
    }

    [Fact]
    public async Task T30_a_host_that_only_takes_clicks_says_so_and_keeps_the_connection()
    {
        var agreed = new TaskCompletionSource<bool>();
        await using var rig = new SessionRig(o => o with { Ask = (_, _, stop) => agreed.Task.WaitAsync(stop) });
        rig.Set("approve-mode", "click");
        var session = await rig.ConnectAsync();
        (await session.LoginAsync("secret")).ShouldBe(
            new LoginStep(LoginState.WaitsForApproval, "No Password Access"));
        agreed.SetResult(true);
        (await session.AnswerAsync()).State.ShouldBe(LoginState.In);
        await rig.NotedAsync("in 987654321 Remote Click False");
    }

    [Theory]
    [InlineData("555555555", "Offline")]
    [InlineData("192.0.2.1", null)]
    [InlineData("host.example:21118", null)]
    public async Task T31_a_login_names_this_host(string name, string? error)
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync(o => o with { Target = name });
        var step = await session.LoginAsync("secret");
        step.State.ShouldBe(error is null ? LoginState.In : LoginState.Refused);
        if (error is not null) step.Text.ShouldBe(error);
    }

    [Fact]
    public async Task T32_another_scope_on_the_same_connection_is_refused()
    {
        await using var rig = new SessionRig();
        var channel = await rig.JoinAsync();
        await channel.SendAsync(Login(new LoginRequest { MyId = "1" }));
        await channel.SendAsync(Login(new LoginRequest { MyId = "1", FileTransfer = new FileTransfer() }));
        (await ErrorAsync(channel)).ShouldBe("Connection not allowed");
        while (await channel.ReceiveAsync() is not null)
        {
            // Until the host closes.
        }
    }

    [Fact]
    public async Task T33_wrong_passwords_are_limited_by_minute_and_in_all()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        var address = IPAddress.Parse("198.51.100.4");
        for (var i = 1; i <= 31; i++)
        {
            var session = await rig.ConnectAsync(remote: address);
            (await session.LoginAsync("wrong")).State.ShouldBe(LoginState.WrongPassword, $"try {i}");
            if (i % 7 == 0)
            {
                (await session.LoginAsync("secret")).Text.ShouldBe("Please try 1 minute later");
                await session.DisposeAsync();
                time.Advance(TimeSpan.FromSeconds(60));
            }
            else
            {
                await session.DisposeAsync();
            }
        }

        var last = await rig.ConnectAsync(remote: address);
        (await last.LoginAsync("secret")).Text.ShouldBe("Too many wrong attempts");
        var other = await rig.ConnectAsync(remote: IPAddress.Parse("198.51.100.5"));
        (await other.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        await rig.NotedAsync("alarm TooManyAttempts");
    }

    [Fact]
    public void T33_addresses_of_one_IPv6_network_count_together()
    {
        var limits = new FailureLimits(new ManualTime());
        for (var i = 0; i < 61; i++) limits.Fail(Attempt.Password, IPAddress.Parse($"2001:db8::{i:x}"));
        limits.Refusal(Attempt.Password, IPAddress.Parse("2001:db8::ffff"))
            .ShouldBe("Too many wrong attempts for IPv6 prefix /64");
        limits.Refusal(Attempt.Password, IPAddress.Parse("2001:db8:0:1::1")).ShouldBeNull();
        limits.Refusal(Attempt.TwoFactor, IPAddress.Parse("2001:db8::ffff")).ShouldBeNull();
    }

    [Fact]
    public async Task T34_ten_wrong_proofs_make_another_one_time_password()
    {
        await using var rig = new SessionRig();
        var before = rig.Secrets.OneTime;
        for (var i = 0; i < 10; i++)
        {
            var session = await rig.ConnectAsync(remote: IPAddress.Parse($"192.0.2.{i + 1}"));
            await session.LoginAsync("wrong");
            await session.DisposeAsync();
        }

        rig.Secrets.OneTime.ShouldNotBe(before);
    }

    [Fact]
    public async Task T35_the_second_factor_is_asked_for_and_devices_are_trusted_for_ninety_days()
    {
        var time = new ManualTime();
        byte[] secret = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        await using var rig = new SessionRig(o => o with { Time = time });
        rig.Secrets.SetTwoFactor(secret);
        byte[] hwid = [.. Enumerable.Repeat((byte)9, 32)];
        var session = await rig.ConnectAsync(o => o with { Hwid = hwid });
        (await session.LoginAsync("secret")).State.ShouldBe(LoginState.NeedsCode);
        session.MayTrustDevice.ShouldBeTrue();
        (await session.SendCodeAsync("000000", false)).State.ShouldBe(LoginState.WrongCode);
        (await session.SendCodeAsync(TimeCode.At(secret, time.GetUtcNow()), true)).State.ShouldBe(LoginState.In);
        await rig.NotedAsync("in 987654321 Remote PermanentPassword True");

        var again = await rig.ConnectAsync(o => o with { Hwid = hwid, SessionId = 77 });
        (await again.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        var stranger = await rig.ConnectAsync(o => o with { Hwid = hwid, MyName = "Other" });
        (await stranger.LoginAsync("secret")).State.ShouldBe(LoginState.NeedsCode);
        await Task.WhenAll(session.DisposeAsync().AsTask(), again.DisposeAsync().AsTask(),
            stranger.DisposeAsync().AsTask());
        time.Advance(TimeSpan.FromDays(91));
        var late = await rig.ConnectAsync(o => o with { Hwid = hwid, SessionId = 78 });
        (await late.LoginAsync("secret")).State.ShouldBe(LoginState.NeedsCode);
    }

    [Fact]
    public void The_code_is_the_one_of_RFC_6238()
    {
        var secret = "12345678901234567890"u8;
        TimeCode.At(secret, DateTimeOffset.FromUnixTimeSeconds(59)).ShouldBe("287082");
        TimeCode.At(secret, DateTimeOffset.FromUnixTimeSeconds(1111111109)).ShouldBe("081804");
        TimeCode.Fits(secret, "287082", DateTimeOffset.FromUnixTimeSeconds(59 + 30)).ShouldBeTrue();
        TimeCode.Fits(secret, "287082", DateTimeOffset.FromUnixTimeSeconds(59 + 61)).ShouldBeFalse();
    }

    [Fact]
    public async Task T36_a_lost_session_may_come_back_with_the_old_one_time_password_for_half_a_minute()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        var once = rig.Secrets.OneTime;
        var channel = await rig.JoinAsync();
        await channel.SendAsync(Login(new LoginRequest
        {
            MyId = "1",
            SessionId = 5,
            Password = ByteString.CopyFrom(Proof(once, rig, await HashAsync(channel))),
        }));
        await InAsync(channel);
        // Gone without a good-bye.
        await channel.DisposeAsync();
        await rig.NotedAsync("closed");
        rig.Secrets.OneTime.ShouldNotBe(once);

        await using var back = await rig.ConnectAsync(o => o with { MyId = "1", MyName = "", SessionId = 5 });
        (await back.LoginAsync(once)).State.ShouldBe(LoginState.In);
        await rig.NotedAsync("in 1 Remote RecentSession");
        var other = await rig.ConnectAsync(o => o with { MyId = "1", MyName = "", SessionId = 6 });
        (await other.LoginAsync(once)).State.ShouldBe(LoginState.WrongPassword);
        await back.DisposeAsync();
        await other.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(31));
        var late = await rig.ConnectAsync(o => o with { MyId = "1", MyName = "", SessionId = 5 });
        (await late.LoginAsync(once)).State.ShouldBe(LoginState.WrongPassword);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("10.0.0.1,192.0.2.7", true)]
    [InlineData("10.0.0.0/8", false)]
    public async Task T37_addresses_are_let_in_by_the_list(string list, bool allowed)
    {
        await using var rig = new SessionRig();
        rig.Set("whitelist", list);
        var session = await rig.ConnectAsync(remote: IPAddress.Parse("192.0.2.7"));
        var step = await session.LoginAsync("secret");
        step.State.ShouldBe(allowed ? LoginState.In : LoginState.Refused);
        if (!allowed) step.Text.ShouldBe("Your ip is blocked by the peer");
    }

    [Theory]
    [InlineData("98765*", true)]
    [InlineData("1*,9876543?1", true)]
    [InlineData("1*", false)]
    public async Task T37_ids_are_let_in_by_the_list(string list, bool allowed)
    {
        await using var rig = new SessionRig();
        rig.Set("id-whitelist", list);
        var session = await rig.ConnectAsync(o => o with { MyId = "987654321@elsewhere" });
        var step = await session.LoginAsync("secret");
        step.State.ShouldBe(allowed ? LoginState.In : LoginState.Refused);
        if (!allowed) step.Text.ShouldBe("Your ID is blocked by the peer");
    }

    [Fact]
    public async Task T39_what_is_forbidden_is_said_before_the_login_also_when_the_server_forbids_it()
    {
        await using var rig = new SessionRig();
        rig.Set("enable-audio", "N");
        // Index 2 forbidden, index 4 allowed by the server, which wins.
        var session = await rig.ConnectAsync(permissions: (1UL << 4) | (2UL << 8));
        (await session.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        session.Denied.ShouldBe([PermissionInfo.Types.Permission.Clipboard]);
    }

    [Theory]
    [InlineData("enable-file-transfer", "No permission of file transfer")]
    [InlineData("enable-terminal", "No permission of terminal")]
    [InlineData("enable-tunnel", "No permission of IP tunneling")]
    public async Task T39_a_session_that_is_not_permitted_is_refused_by_name(string option, string error)
    {
        await using var rig = new SessionRig();
        rig.Set(option, "N");
        var session = await rig.ConnectAsync(o => option switch
        {
            "enable-terminal" => o with { Terminal = new Hawser.Protocol.Messages.Terminal() },
            "enable-tunnel" => o with { Tunnel = new PortForward { Port = 1 } },
            _ => o with { Files = new FileTransfer() },
        });
        (await session.LoginAsync("secret")).ShouldBe(new LoginStep(LoginState.Refused, error));
    }

    internal static Message Login(LoginRequest request)
    {
        if (request.Username.Length == 0) request.Username = SessionRig.Id;
        request.Version = "1.4.9";
        return new Message { LoginRequest = request };
    }

    internal static byte[] Proof(string password, SessionRig rig, Hash hash) =>
        PasswordProof.Answer(PasswordProof.Store(password, rig.Secrets.Salt), hash.Challenge);

    internal static async Task<Hash> HashAsync(Session.Channel.SecureChannel channel)
    {
        while (await channel.ReceiveAsync() is { } message)
        {
            if (message.Hash is { } hash) return hash;
        }

        throw new IOException("closed");
    }

    internal static async Task<PeerInfo> InAsync(Session.Channel.SecureChannel channel)
    {
        while (await channel.ReceiveAsync() is { } message)
        {
            if (message.LoginResponse?.PeerInfo is { } info) return info;
        }

        throw new IOException("closed");
    }

    private static async Task<string> ErrorAsync(Session.Channel.SecureChannel channel)
    {
        while (await channel.ReceiveAsync() is { } message)
        {
            if (message.LoginResponse is { } answer) return answer.Error;
        }

        throw new IOException("closed");
    }
}
