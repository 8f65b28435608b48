using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Controller.Saving;
using Hawser.Protocol.Messages;
using Hawser.Session.Audio;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID listen</c>: saves what a machine plays.</summary>
internal static class ListenCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var file = new Option<string?>("--out")
        {
            Description = "The sound, as .ogg or .wav; ID.ogg when not given. '-' is standard output, as Ogg.",
            HelpName = "FILE",
        };
        var seconds = new Option<double?>("--seconds")
        {
            Description = "Ends by itself; without it at Ctrl+C.",
            HelpName = "N",
        };
        var command = new Command("listen", "Save what the machine plays.") { id, file, seconds };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!SoundCodec.IsThere) throw new Failure(Exit.Failed, SoundCodec.Missing);
            var call = new HostCall(calling, parsed);
            var wishes = new OptionMessage
            {
                DisableAudio = OptionMessage.Types.BoolOption.No,
                DisableClipboard = OptionMessage.Types.BoolOption.Yes,
                CustomFps = 1,
            };
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Wishes = wishes }, cancellation);
            if (session.Denied.Contains(PermissionInfo.Types.Permission.Audio))
            {
                throw new Failure(Exit.NotLetIn, "The host does not let its sound be heard (enable-audio).");
            }

            // Its pictures are of no use here.
            session.Screen.Show();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(seconds) is { } limit) stop.CancelAfter(TimeSpan.FromSeconds(limit));
            var saved = await SaveAsync(session, parsed.GetValue(file) ?? $"{parsed.GetValue(id)}.ogg", stop.Token);
            Console.Error.WriteLine(call.Json ? JsonSerializer.Serialize(saved) : saved.ToString());
            return saved.Packets > 0 ? Exit.Done
                : throw new Failure(Exit.Failed, session.EndReason ?? "The host played nothing.");
        });
        return command;
    }

    /// <summary>Saves a session's sound until it is told to stop.</summary>
    public static async Task<Saved> SaveAsync(ControllerSession session, string name, CancellationToken stop)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var file = SoundFile.Create(name == "-" ? Console.OpenStandardOutput() : File.Create(name), name);
        var packets = 0;
        try
        {
            while (await session.Sound.ReadAsync(stop) is { } packet)
            {
                file.Add(packet, TimeProvider.System.GetElapsedTime(start));
                packets++;
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the time is the end of the file, and no failure.
        }

        file.End(TimeProvider.System.GetElapsedTime(start));
        return new Saved(name, packets, file.Written / (SoundSource.Rate / 1000));
    }

    /// <summary>What was saved.</summary>
    internal sealed record Saved(string File, int Packets, long Milliseconds)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Packets} packets, {Milliseconds / 1000.0:0.0} s: {File}");
    }
}
