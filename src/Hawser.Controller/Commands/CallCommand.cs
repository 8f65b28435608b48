using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Audio;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID call</c>: speaks with whoever is at the machine.</summary>
internal static class CallCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var say = new Option<string?>("--say")
        {
            Description = "What they hear: a WAV file of 48 kHz; '-' is standard input, samples of 16 bits, two "
                + "channels (parec --format=s16le --rate=48000 --channels=2). Without it nothing.",
            HelpName = "FILE",
        };
        var file = new Option<string?>("--out")
        {
            Description = "What they say, as .ogg or .wav. '-' is standard output, as Ogg (for ffplay -). "
                + "Without it, it is not kept.",
            HelpName = "FILE",
        };
        var seconds = new Option<double?>("--seconds")
        {
            Description = "Hangs up by itself; without it at Ctrl+C.",
            HelpName = "N",
        };
        var command = new Command("call", "Speak with whoever is at the machine.") { id, say, file, seconds };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!SoundCodec.IsThere) throw new Failure(Exit.Failed, SoundCodec.Missing);
            SoundSource voice = parsed.GetValue(say) is { } spoken ? SpokenFile.Open(spoken)
                : new TestTone(1, TimeProvider.System) { Level = 0 };
            var call = new HostCall(calling, parsed);
            // What the machine plays is nobody's voice: only what comes after the answer is wanted.
            var wishes = new OptionMessage
            {
                DisableAudio = OptionMessage.Types.BoolOption.Yes,
                DisableClipboard = OptionMessage.Types.BoolOption.Yes,
                CustomFps = 1,
            };
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Wishes = wishes }, cancellation);
            session.Screen.Show();
            if (!call.Json) Console.Error.WriteLine("calling…");
            await using var talk = await session.CallAsync(voice, cancellation)
                ?? throw new Failure(Exit.NotLetIn, "Nobody took the call.");
            session.SendOptions(new OptionMessage { DisableAudio = OptionMessage.Types.BoolOption.No });
            if (!call.Json) Console.Error.WriteLine("they are there; Ctrl+C hangs up");
            await TalkAsync(session, talk, parsed.GetValue(file), parsed.GetValue(seconds), call.Json, cancellation);
            return Exit.Done;
        });
        return command;
    }

    private static async Task TalkAsync(
        ControllerSession session, VoiceCall talk, string? file, double? seconds, bool json,
        CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (seconds is { } limit) stop.CancelAfter(TimeSpan.FromSeconds(limit));
        var saving = file is null ? null : ListenCommand.SaveAsync(session, file, stop.Token);
        try
        {
            await talk.Ended.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Said enough.
        }

        await stop.CancelAsync();
        var saved = saving is null ? null : await saving;
        var hungUp = talk.Ended.IsCompleted;
        var lasted = Math.Round(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 1);
        Console.Error.WriteLine(json
            ? JsonSerializer.Serialize(new { seconds = lasted, hung_up_there = hungUp, file, packets = saved?.Packets })
            : $"{(hungUp ? "they hung up" : "hung up")} after {lasted} s{(saved is null ? "" : $"; {saved}")}");
    }
}
