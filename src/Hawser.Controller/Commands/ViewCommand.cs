using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Controller.Saving;
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
        var codec = new Option<VideoCodec>("--codec")
        {
            Description = "Vp8, Vp9, Av1, or for pictures H264; Vp9 when the host has not got it.",
            DefaultValueFactory = _ => VideoCodec.Vp9,
        };
        var camera = new Option<bool>("--camera") { Description = "The machine's cameras instead of its displays." };
        var mute = new Option<bool>("--no-sound") { Description = "A film without what the machine plays." };
        var command = new Command("view", "Save what a display shows.")
        {
            id, file, folder, seconds, fps, quality, display, codec, mute, camera,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!VideoCodecs.AreThere) throw new Failure(Exit.Failed, VideoCodecs.Missing);
            var call = new HostCall(calling, parsed);
            var to = parsed.GetValue(folder);
            var sound = to is null && !parsed.GetValue(mute) && !parsed.GetValue(camera);
            var wishes = Wishes(Check(parsed.GetValue(codec), isFilm: to is null));
            wishes.CustomFps = Math.Clamp(parsed.GetValue(fps), 1, 120);
            wishes.ImageQuality = parsed.GetValue(quality);
            wishes.DisableAudio = sound ? OptionMessage.Types.BoolOption.No : OptionMessage.Types.BoolOption.Yes;
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Wishes = wishes, Camera = parsed.GetValue(camera) },
                cancellation);
            Target.Choose(session, parsed.GetValue(display));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(seconds) is { } limit) stop.CancelAfter(TimeSpan.FromSeconds(limit));
            var saved = to is not null ? await PicturesAsync(session, to, stop.Token)
                : await FilmAsync(session, parsed.GetValue(file) ?? $"{parsed.GetValue(id)}.webm", sound, stop.Token);
            Console.Error.WriteLine(call.Json ? JsonSerializer.Serialize(saved) : saved.ToString());
            return saved.Pictures > 0 ? Exit.Done
                : throw new Failure(Exit.Failed, session.EndReason ?? "The host sent no picture.");
        });
        return command;
    }

    private static VideoCodec Check(VideoCodec codec, bool isFilm)
    {
        if (isFilm && !WebmFile.Holds(codec))
        {
            throw new Failure(Exit.Usage, $"--codec {codec}: a WebM film has no room for it; --pictures has.");
        }

        return VideoCodecs.CanDecode(codec) ? codec
            : throw new Failure(Exit.Failed, $"--codec {codec}: its library is not installed here.");
    }

    // One codec from the beginning to the end of a film: this one, or the one that every host has.
    private static OptionMessage Wishes(VideoCodec codec)
    {
        var decoding = new SupportedDecoding { AbilityVp9 = 1, Prefer = SupportedDecoding.Types.PreferCodec.Vp9 };
        switch (codec)
        {
            case VideoCodec.Vp8:
                (decoding.AbilityVp8, decoding.Prefer) = (1, SupportedDecoding.Types.PreferCodec.Vp8);
                break;
            case VideoCodec.Av1:
                (decoding.AbilityAv1, decoding.Prefer) = (1, SupportedDecoding.Types.PreferCodec.Av1);
                break;
            case VideoCodec.H264:
                (decoding.AbilityH264, decoding.Prefer) = (1, SupportedDecoding.Types.PreferCodec.H264);
                break;
            default:
                break;
        }

        return new OptionMessage { SupportedDecoding = decoding };
    }

    private static async Task<Saved> FilmAsync(
        ControllerSession session, string name, bool sound, CancellationToken stop)
    {
        var lasts = 0L;
        using var film = new FilmFile(name, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var hearing = sound ? HearAsync(session, film, over.Token) : Task.CompletedTask;
        try
        {
            while (await NextAsync(session, stop) is { } frame)
            {
                var shown = session.Screen.Displays[Math.Min(frame.Display, session.Screen.Displays.Count - 1)];
                film.Add(frame, shown.Width, shown.Height, sound && session.Sound.IsAnnounced);
            }
        }
        finally
        {
            await over.CancelAsync();
            await hearing;
            lasts = film.End();
        }

        return new Saved(name, film.Pictures, lasts, film.Packets);
    }

    private static async Task HearAsync(ControllerSession session, FilmFile film, CancellationToken stop)
    {
        try
        {
            while (await session.Sound.ReadAsync(stop) is { } packet) film.Add(packet);
        }
        catch (OperationCanceledException)
        {
            // The pictures are over.
        }
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

        return new Saved(folder, count, (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, 0);
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

    private sealed record Saved(string File, int Pictures, long Milliseconds, int SoundPackets)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Pictures} pictures, {SoundPackets / 100.0:0.0} s of sound, {Milliseconds / 1000.0:0.0} s: {File}");
    }
}
