using Hawser.Session.Controller;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>Whoever sits at a desktop is asked, told and called, by windows of a real X server.</summary>
public sealed class SomebodyTests : IAsyncLifetime
{
    private const string Title = "Remote access";
    private const int First = 0;
    private const int Second = 1;
    private XServer _x = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/xmessage")) Assert.Skip("xmessage is not installed: ./test does that");
        _x = await XServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_x is not null) await _x.DisposeAsync();
    }

    [Fact]
    public async Task T29_who_has_no_password_is_let_in_by_a_click()
    {
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", dialog: "xmessage");
        await using var session = await rig.ReachAsync(o => o with { MyName = "Mara <b>&\n" });
        var login = session.LoginAsync("", rig.Limit);
        await _x.PressAsync(await _x.WindowAsync(Title), First);
        (await login).ShouldBe(new LoginStep(LoginState.In, ""));
        await _x.NoWindowAsync(Title);
    }

    [Fact]
    public async Task T29_a_password_makes_the_question_go()
    {
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", dialog: "xmessage");
        await using var session = await rig.ReachAsync(o => o);
        var login = session.LoginAsync("", rig.Limit);
        await _x.WindowAsync(Title);
        // What the field's controllers do: nothing at first, then what was typed.
        _ = session.LoginAsync("secret", rig.Limit);
        (await login).ShouldBe(new LoginStep(LoginState.In, ""));
        await _x.NoWindowAsync(Title);
    }

    [Fact]
    public async Task T29_who_is_refused_is_not_asked_about_again_at_once_but_may_still_bring_a_password()
    {
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", dialog: "xmessage");
        await using (var session = await rig.ReachAsync(o => o))
        {
            var login = session.LoginAsync("", rig.Limit);
            await _x.PressAsync(await _x.WindowAsync(Title), Second);
            (await login).ShouldBe(new LoginStep(LoginState.Ended, "Closed manually by the peer"));
        }

        await using var again = await rig.ReachAsync(o => o);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(rig.Limit);
        var second = again.LoginAsync("", enough.Token);
        // Another one is asked about meanwhile: then the first would have been.
        await using var other = await rig.ReachAsync(o => o with { MyId = "another" });
        var asked = other.LoginAsync("", rig.Limit);
        await _x.PressAsync(await _x.WindowAsync(Title), First);
        (await asked).State.ShouldBe(LoginState.In);
        second.IsCompleted.ShouldBeFalse();
        _ = again.LoginAsync("secret", rig.Limit);
        (await second).State.ShouldBe(LoginState.In);
    }

    [Fact]
    public async Task Nobody_of_an_address_that_was_refused_three_times_is_asked_about_whatever_id_it_says()
    {
        var said = Path.GetTempFileName();
        await using var log = File.CreateText(said);
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", dialog: "xmessage", log: log);
        foreach (var name in (string[])["one", "two", "three"])
        {
            await using var session = await rig.ReachAsync(o => o with { MyId = name });
            var login = session.LoginAsync("", rig.Limit);
            await _x.PressAsync(await _x.WindowAsync(Title), Second);
            (await login).State.ShouldBe(LoginState.Ended);
        }

        await using var fourth = await rig.ReachAsync(o => o with { MyId = "four" });
        var waits = fourth.LoginAsync("", rig.Limit);
        await Eventually.HoldsAsync(
            () => File.ReadAllText(said).Contains("four from", StringComparison.Ordinal), "a word of the fourth", 60);
        File.ReadAllText(said).ShouldContain("nobody is asked");
        File.Delete(said);
        waits.IsCompleted.ShouldBeFalse();
        _ = fourth.LoginAsync("secret", rig.Limit);
        (await waits).State.ShouldBe(LoginState.In);
    }

    [Fact]
    public async Task What_a_controller_writes_is_shown_and_goes_with_it()
    {
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", dialog: "xmessage");
        var answers = new List<string>();
        await using (var session = await rig.OpenAsync(o => o with { Events = new ControllerEvents { Chat = answers.Add } }))
        {
            session.SendChat("Is anybody there?");
            await _x.PressAsync(await _x.WindowAsync(Title), First);
            await _x.NoWindowAsync(Title);
            session.SendChat("And now?");
            await _x.WindowAsync(Title);
        }

        await _x.NoWindowAsync(Title);
        // Nothing was said in the name of somebody who said nothing.
        answers.ShouldBeEmpty();
    }

    [Fact]
    public async Task T57_a_call_is_taken_heard_on_both_sides_and_ended_by_a_button()
    {
        await using var pulse = await PulseServer.StartAsync();
        await using var rig = await DeskRig.StartAsync(_x.Name, pulse.Name, dialog: "xmessage");
        var (voice, heard) = (Path.Combine(rig.Folder, "voice.wav"), Path.Combine(rig.Folder, "heard.wav"));
        await DeskRig.ToolAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000:duration=120",
            "-ac", "1", "-c:a", "pcm_s16le", voice);
        using var call = await rig.BeginAsync("call", "--say", voice, "--out", heard);
        await _x.PressAsync(await _x.WindowAsync(Title), First);
        // The window of the call itself, when the question's has gone.
        await Eventually.HoldsAsync(() => File.Exists(heard) && new FileInfo(heard).Length > 48_000 * 4 * 6, "six seconds", 90);
        await _x.PressAsync(await _x.WindowAsync(Title), First);
        var said = await call.StandardError.ReadToEndAsync(rig.Limit);
        await call.WaitForExitAsync(rig.Limit);
        call.ExitCode.ShouldBe(0, said);
        said.ShouldContain("they hung up");
        await _x.NoWindowAsync(Title);
        // The machine's microphone is what its sink plays: a tone of its own, and the controller's, played there.
        await SoundTests.HearAsync(rig, heard);
        await SoundTests.HearAsync(rig, heard, hertz: 1000);
    }

    [Fact]
    public async Task T57_a_call_that_is_refused_ends_the_command()
    {
        await using var pulse = await PulseServer.StartAsync();
        await using var rig = await DeskRig.StartAsync(_x.Name, pulse.Name, dialog: "xmessage");
        using var call = await rig.BeginAsync("call");
        await _x.PressAsync(await _x.WindowAsync(Title), Second);
        (await call.StandardError.ReadToEndAsync(rig.Limit)).ShouldContain("Nobody took the call.");
        await call.WaitForExitAsync(rig.Limit);
        call.ExitCode.ShouldBe(4);
    }
}
