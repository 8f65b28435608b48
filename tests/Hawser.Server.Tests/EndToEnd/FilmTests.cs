using System.Collections.Concurrent;
using System.Globalization;
using System.Web;
using Hawser.Agent.Filming;
using Hawser.Agent.Serving;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>What an agent does with its recordings while the API server is not what it should be (http-api §11).</summary>
public sealed class FilmTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-films-").FullName;
    private readonly ManualTime _time = new();
    private readonly Library _library = new();
    private readonly AgentLog _log = new(TextWriter.Null, TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_film_is_sent_while_it_grows_and_goes_on_where_a_cut_was()
    {
        var shelf = new FilmShelf(_folder, 1 << 30, _log);
        var made = MakeAndUpload(shelf, async (maker, films) =>
        {
            Show(maker, 0, key: true, 700_000);
            await PumpAsync(() => _library.Held().Values.Any(b => b.Length > 600_000));
            _library.Answers = _ => 0;
            for (var i = 1; i < 5; i++) Show(maker, i, key: false, 700_000);
            await PumpAsync(() => films().Single().Length > 3_000_000);
            var refused = _library.Calls;
            await PumpAsync(() => _library.Calls > refused + 3);
            _library.Answers = _ => null;
            maker.Tap.Ended(0);
            await PumpAsync(() => films().Length == 0);
        });
        await made;
        _library.Finished.Count.ShouldBe(1);
        _library.Begun.ShouldBe(1, "nothing was sent from the beginning again");
        _library.Longest.ShouldBeLessThanOrEqualTo(1 << 20);
        var film = _library.Finished.Single();
        film.Key.ShouldMatch("^incoming_771200345_[0-9]{17}_display0_vp9\\.webm$");
        film.Value.Length.ShouldBeGreaterThan(3_500_000);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_away_for_an_hour_gets_them_in_order_and_once()
    {
        var shelf = new FilmShelf(_folder, 1 << 30, _log);
        _library.Answers = _ => 0;
        await MakeAndUpload(shelf, async (maker, films) =>
        {
            for (var i = 0; i < 4; i++)
            {
                Show(maker, i, key: true, 50_000);
                maker.Tap.Ended(0);
                await PumpAsync(() => films().Length == i + 1 && films()[i].IsEnded);
                _time.Advance(TimeSpan.FromMinutes(15));
            }

            _library.Answers = _ => null;
            await PumpAsync(() => films().Length == 0);
        });
        _library.Order.ShouldBe(_library.Order.Order(StringComparer.Ordinal));
        _library.Order.Count.ShouldBe(4);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_the_oldest_goes()
    {
        var shelf = new FilmShelf(_folder, 250_000, _log);
        _library.Answers = q => q["type"] == "new" ? null : 0;
        await MakeAndUpload(shelf, async (maker, films) =>
        {
            for (var i = 0; i < 4; i++)
            {
                Show(maker, i, key: true, 100_000);
                maker.Tap.Ended(0);
                var number = i;
                await PumpAsync(() => maker.Written == number + 1 && films().All(f => f.IsEnded));
            }

            films().Length.ShouldBe(2);
            films().Sum(f => f.Length).ShouldBeLessThan(250_000);
            _library.Answers = _ => null;
            await PumpAsync(() => films().Length == 0 && shelf.Discarded.IsEmpty);
        });
        _library.Finished.Count.ShouldBe(2);
        _library.Held().Count.ShouldBe(2, "what was begun and given up is forgotten there, too");
    }

    [Fact]
    public async Task What_an_earlier_run_left_and_what_the_server_ended_arrives_whole()
    {
        var left = FilmShelf.NameOf("771200345", _time.GetUtcNow(), 1, VideoCodec.Vp8);
        var bytes = new byte[2_500_000];
        Random.Shared.NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(_folder, left), bytes);
        // Ended by the server for its silence: the name is used up.
        _library.Finished[left] = [1, 2, 3];
        var shelf = new FilmShelf(_folder, 1 << 30, _log);
        shelf.Films.Single().IsEnded.ShouldBeTrue();
        await MakeAndUpload(shelf, (_, films) => PumpAsync(() => films().Length == 0));
        _library.Finished[left].ShouldBe([1, 2, 3]);
        _library.Finished.Single(f => f.Key != left).Value.ShouldBe(bytes);
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_is_not_sent_as_another_film()
    {
        var shelf = new FilmShelf(_folder, 1 << 30, _log);
        _library.LosesAnswerOf = "tail";
        await MakeAndUpload(shelf, async (maker, films) =>
        {
            Show(maker, 0, key: true, 5_000);
            maker.Tap.Ended(0);
            await PumpAsync(() => films() is [] && !_library.Finished.IsEmpty);
        });
        _library.Finished.Count.ShouldBe(1);
        _library.Begun.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_forgot_gets_it_from_the_beginning_and_one_that_refuses_is_not_pressed()
    {
        var shelf = new FilmShelf(_folder, 1 << 30, _log);
        await MakeAndUpload(shelf, async (maker, films) =>
        {
            Show(maker, 0, key: true, 900_000);
            await PumpAsync(() => _library.Held().Values.Any(b => b.Length > 800_000));
            _library.Forget();
            Show(maker, 1, key: false, 900_000);
            maker.Tap.Ended(0);
            await PumpAsync(() => films().Length == 0);
            _library.Finished.Single().Value.Length.ShouldBeGreaterThan(1_800_000);

            _library.Answers = _ => 403;
            Show(maker, 2, key: true, 1000);
            maker.Tap.Ended(0);
            var calls = _library.Calls;
            await PumpAsync(() => _library.Calls == calls + 1);
            var now = _time.GetUtcNow();
            await PumpAsync(() => _library.Calls == calls + 2);
            (_time.GetUtcNow() - now).ShouldBeGreaterThan(TimeSpan.FromMinutes(9));
            // A day later it is given up.
            await PumpAsync(() => films().Length == 0, TimeSpan.FromMinutes(20));
        });
        _library.Finished.Count.ShouldBe(1);
    }

    private async Task MakeAndUpload(FilmShelf shelf, Func<FilmMaker, Func<Film[]>, Task> work)
    {
        await using var uploader = new FilmUploader(shelf, _library.PostAsync, () => true, _log, _time);
        await using var maker = new FilmMaker("771200345", shelf, () => true, _log, _time);
        await work(maker, () => shelf.Films);
    }

    private static void Show(FilmMaker maker, int number, bool key, int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        maker.Tap.Taken(new TappedPicture(
            0, new EncoderShape(VideoCodec.Vp9, 320, 240, false), new EncodedPicture(bytes, key), number * 33));
    }

    // The clock goes on by itself until something holds.
    private Task PumpAsync(Func<bool> holds, TimeSpan? step = null) => Eventually.HoldsAsync(
        () =>
        {
            if (holds()) return true;
            _time.Advance(step ?? TimeSpan.FromSeconds(1));
            return false;
        },
        "the films are where they should be", 60);

    /// <summary>The server's half of §11, with faults.</summary>
    private sealed class Library
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, MemoryStream> _arriving = [];
        private int _calls;

        /// <summary>A status instead of the work; 0 for no answer, null to do it.</summary>
        public Func<IReadOnlyDictionary<string, string>, int?> Answers { get; set; } = _ => null;

        public string? LosesAnswerOf { get; set; }

        public ConcurrentDictionary<string, byte[]> Finished { get; } = [];

        public List<string> Order { get; } = [];

        public int Begun { get; private set; }

        public long Longest { get; private set; }

        public int Calls => Volatile.Read(ref _calls);

        public Dictionary<string, byte[]> Held()
        {
            lock (_gate)
            {
                var all = Finished.ToDictionary();
                foreach (var (name, stream) in _arriving) all[name] = stream.ToArray();
                return all;
            }
        }

        public void Forget()
        {
            lock (_gate) _arriving.Clear();
        }

        public Task<UploadAnswer> PostAsync(string query, ReadOnlyMemory<byte> body, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var parsed = HttpUtility.ParseQueryString(query);
            var members = parsed.AllKeys.ToDictionary(k => k!, k => parsed[k]!);
            lock (_gate)
            {
                Interlocked.Increment(ref _calls);
                var status = Answers(members) ?? Do(members, body.Span);
                if (members["type"] == LosesAnswerOf)
                {
                    LosesAnswerOf = null;
                    status = 0;
                }

                return Task.FromResult(new UploadAnswer(status, status == 200, ""));
            }
        }

        private int Do(Dictionary<string, string> query, ReadOnlySpan<byte> body)
        {
            var (type, name) = (query["type"], query["file"]);
            if (type == "new")
            {
                if (Finished.ContainsKey(name)) return 409;
                _arriving[name] = new MemoryStream();
                Begun++;
                return 200;
            }

            if (Finished.ContainsKey(name)) return 409;
            if (!_arriving.TryGetValue(name, out var stream)) return 404;
            if (type == "remove") return _arriving.Remove(name) ? 200 : 404;
            var (offset, length) = (Number("offset"), Number("length"));
            if (length != body.Length) return 400;
            if (offset > stream.Length) return 409;
            Longest = Math.Max(length, Longest);
            stream.Position = offset;
            stream.Write(body);
            if (type != "tail") return 200;
            if (offset != 0 || length > 1024) return 400;
            _arriving.Remove(name);
            Finished[name] = stream.ToArray();
            Order.Add(name);
            return 200;

            long Number(string member) => long.Parse(query[member], CultureInfo.InvariantCulture);
        }
    }
}
