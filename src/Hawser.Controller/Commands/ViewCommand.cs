using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Video;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID view</c>: saves what a display shows, as a film or as pictures.</summary>
internal static class ViewCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var display = Target.Display();
        var file = new Option<string?>("--out")
        {
            Description = "The film; ID.webm when not given. '-' is standard output.",
            HelpName = "FILE.webm",
        };
        var folder = new Option<string?>("--pictures")
        {
            Description = "Saves each picture as a PNG file in this folder instead.",
            HelpName = "DIR",
        };
        var seconds = new Option<double?>("--seconds")
        {
            Description = "Ends by itself; without it at Ctrl+C.",
            HelpName = "N",
        };
        var fps = new Option<int>("--fps") { Description = "At most.", DefaultValueFactory = _ => 30 };
        var quality = new Option<ImageQuality>("--quality")
        {
            Description = "Low, Balanced or Best.",
            DefaultValueFactory = _ => ImageQuality.Best,
        };
        var camera = new Option<bool>("--camera") { Description = "The machine's cameras instead of its displays." };
        var command = new Command("view", "Save what a display shows.")
        {
            id, file, folder, seconds, fps, quality, display, camera,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!VideoCodecs.AreThere) throw new Failure(Exit.Failed, VideoCodecs.Missing);
            var call = new HostCall(calling, parsed);
            var wishes = new OptionMessage
            {
                CustomFps = Math.Clamp(parsed.GetValue(fps), 1, 120),
                ImageQuality = parsed.GetValue(quality),
                DisableAudio = OptionMessage.Types.BoolOption.Yes,
                // One codec from the beginning to the end of a film: the one that every host has.
                SupportedDecoding = new SupportedDecoding
                {
                    AbilityVp9 = 1,
                    Prefer = SupportedDecoding.Types.PreferCodec.Vp9,
                },
            };
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Wishes = wishes, Camera = parsed.GetValue(camera) },
                cancellation);
            Target.Choose(session, parsed.GetValue(display));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(seconds) is { } limit) stop.CancelAfter(TimeSpan.FromSeconds(limit));
            var saved = parsed.GetValue(folder) is { } to
                ? await PicturesAsync(session, to, stop.Token)
                : await FilmAsync(session, parsed.GetValue(file) ?? $"{parsed.GetValue(id)}.webm", stop.Token);
            Console.Error.WriteLine(call.Json ? JsonSerializer.Serialize(saved) : saved.ToString());
            return saved.Pictures > 0 ? Exit.Done
                : throw new Failure(Exit.Failed, session.EndReason ?? "The host sent no picture.");
        });
        return command;
    }

    private static async Task<Saved> FilmAsync(ControllerSession session, string file, CancellationToken stop)
    {
        var start = 0L;
        var (count, now) = (0, 0L);
        WebmFile? film = null;
        try
        {
            while (await NextAsync(session, stop) is { } frame)
            {
                if (frame.Codec != VideoCodec.Vp9) continue;
                if (film is null)
                {
                    if (!frame.IsKey) continue;
                    start = TimeProvider.System.GetTimestamp();
                    var shown = session.Screen.Displays[Math.Min(frame.Display, session.Screen.Displays.Count - 1)];
                    film = new WebmFile(Open(file), VideoCodec.Vp9, shown.Width, shown.Height);
                }

                now = (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
                foreach (var piece in frame.Pieces) film.Add(piece.Span, now, frame.IsKey);
                count++;
            }
        }
        finally
        {
            if (film is not null)
            {
                now = (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
                film.End(now);
                film.Dispose();
            }
        }

        return new Saved(file, count, now);
    }

    private static async Task<Saved> PicturesAsync(ControllerSession session, string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        using var player = new VideoPlayer(session);
        var start = TimeProvider.System.GetTimestamp();
        var count = 0;
        while (await NextAsync(session, stop) is { } frame)
        {
            if (player.Play(frame) is not { } picture) continue;
            var name = string.Create(CultureInfo.InvariantCulture, $"{++count:00000}.png");
            await File.WriteAllBytesAsync(Path.Combine(folder, name), Png.Write(picture), CancellationToken.None);
        }

        return new Saved(folder, count, (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
    }

    // The end of the time is the end of the film, and no failure.
    private static async Task<RemoteFrame?> NextAsync(ControllerSession session, CancellationToken stop)
    {
        try
        {
            return await session.Screen.ReadAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static Stream Open(string file) => file == "-" ? Console.OpenStandardOutput() : File.Create(file);

    private sealed record Saved(string File, int Pictures, long Milliseconds)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Pictures} pictures, {Milliseconds / 1000.0:0.0} s: {File}");
    }
}
