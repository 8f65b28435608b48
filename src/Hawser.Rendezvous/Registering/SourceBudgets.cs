using System.Security.Cryptography;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Registering;

/// <summary>What a source used lately, for the console.</summary>
/// <param name="Source">The address, or the first one of its /64.</param>
/// <param name="Used">How much of its budget is used now.</param>
/// <param name="Age">Since it used some last.</param>
internal readonly record struct BudgetUse(PeerAddress Source, int Used, TimeSpan Age);

/// <summary>
/// How much each source may still ask for: token buckets per address (a /64 for IPv6) and kind, in a table of fixed
/// size, so that a flood of forged sources costs no memory. When a set of the table is full the least used bucket makes
/// room: floods push out each other, not the sources that are being held back. Thread-safe, allocates nothing.
/// </summary>
internal sealed class SourceBudgets
{
    /// <summary>How many kinds there are. A constant, since asking the enum is compiled at every start.</summary>
    internal const int Kinds = (int)BudgetKind.Alert + 1;

    private const int Ways = 8;
    private const int Locks = 64;
    private const int DefaultSets = 1 << 13;

    private readonly Bucket[] _buckets;
    private readonly uint _setMask;
    private readonly Lock[] _locks = new Lock[Locks];
    private readonly MonotonicClock _clock;
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;
    private readonly RendezvousMetrics? _metrics;
    private Limit[] _limits;

    public SourceBudgets(
        RendezvousOptions options, TimeProvider time, RendezvousMetrics? metrics = null, int sets = DefaultSets)
    {
        _clock = new MonotonicClock(time);
        _metrics = metrics;
        _setMask = (uint)sets - 1;
        _buckets = new Bucket[sets * Ways];
        for (var i = 0; i < Locks; i++) _locks[i] = new Lock();
        _limits = LimitsOf(options);
    }

    /// <summary>Takes over changed limits.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options) => Volatile.Write(ref _limits, LimitsOf(options));

    /// <summary>Takes from a source's budget.</summary>
    /// <param name="source">The source; its port does not matter.</param>
    /// <param name="kind">What for.</param>
    /// <param name="count">How much.</param>
    /// <returns>False when it is used up; nothing is taken then.</returns>
    public bool TryTake(PeerAddress source, BudgetKind kind, int count = 1)
    {
        var key = source.BudgetKey;
        return TryTake(key.High, key.Low, kind, count);
    }

    /// <summary>Takes from the budget of something that is not an address: a device, an id, everybody
    /// together.</summary>
    /// <param name="high">The first half of its name's hash.</param>
    /// <param name="low">The second half.</param>
    /// <param name="kind">What for.</param>
    /// <param name="count">How much.</param>
    /// <returns>False when it is used up; nothing is taken then.</returns>
    public bool TryTake(ulong high, ulong low, BudgetKind kind, int count = 1)
    {
        var limit = Volatile.Read(ref _limits)[(int)kind];
        var now = _clock.Microseconds;
        var set = SetOf(high, low, kind);
        lock (_locks[set % Locks])
        {
            ref var bucket = ref FindOrEvict(set, high, low, kind, now);
            var start = Math.Max(bucket.FreeAt, now);
            var end = start + (limit.Interval * count);
            if (end - now > limit.Interval * limit.Burst)
            {
                _metrics?.OverBudget(kind);
                return false;
            }

            (bucket.High, bucket.Low, bucket.Kind) = (high, low, (byte)(kind + 1));
            (bucket.FreeAt, bucket.LastTenths) = (end, Tenths(now));
            return true;
        }
    }

    /// <summary>The sources that have used some of a budget, for the console.</summary>
    /// <param name="kind">Which budget.</param>
    /// <returns>At most as many as the table holds.</returns>
    public IReadOnlyList<BudgetUse> List(BudgetKind kind)
    {
        var limit = Volatile.Read(ref _limits)[(int)kind];
        var now = _clock.Microseconds;
        var uses = new List<BudgetUse>();
        for (var set = 0u; set <= _setMask; set++)
        {
            lock (_locks[set % Locks])
            {
                foreach (ref readonly var bucket in Ways8(set))
                {
                    if (bucket.Kind != (byte)(kind + 1) || bucket.FreeAt <= now) continue;
                    var used = (int)(((bucket.FreeAt - now) + limit.Interval - 1) / limit.Interval);
                    var age = TimeSpan.FromMilliseconds((Tenths(now) - bucket.LastTenths) * 100L);
                    uses.Add(new BudgetUse(new PeerAddress(bucket.High, bucket.Low, 0), used, age));
                }
            }
        }

        return uses;
    }

    /// <summary>Gives a source its full budget back.</summary>
    /// <param name="source">The source.</param>
    /// <param name="kind">Which budget.</param>
    /// <returns>Whether it had used some.</returns>
    public bool Forget(PeerAddress source, BudgetKind kind)
    {
        var key = source.BudgetKey;
        var set = SetOf(key.High, key.Low, kind);
        lock (_locks[set % Locks])
        {
            foreach (ref var bucket in Ways8(set))
            {
                if (!bucket.Is(key.High, key.Low, kind)) continue;
                bucket = default;
                return true;
            }
        }

        return false;
    }

    private static Limit[] LimitsOf(RendezvousOptions options)
    {
        var limits = new Limit[Kinds];
        Set(BudgetKind.KeyRegistration, options.KeyRegistrationsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.NewId, options.NewIdsPerDay, TimeSpan.FromDays(1));
        Set(BudgetKind.NewIdOfAll, options.NewIdsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.Claim, options.NewIdsPerDay, TimeSpan.FromDays(1));
        Set(BudgetKind.Introduction, options.IntroductionsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.OnlineQuery, options.OnlineQueriesPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.NatTest, options.NatTestsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.ConfigUpdate, options.ConfigUpdatesPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.Push, options.PushesPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.Rename, options.RenamesPerHour, TimeSpan.FromHours(1));
        Set(BudgetKind.Tunnel, options.TunnelRequestsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.Connection, options.NewConnectionsPerMinute, TimeSpan.FromMinutes(1));
        Set(BudgetKind.Alert, 1, TimeSpan.FromMinutes(1));
        // Enough for a fail2ban rule to act on, too few to fill a disk.
        Set(BudgetKind.WrongKeyLine, 10, TimeSpan.FromMinutes(1));
        return limits;

        void Set(BudgetKind kind, int burst, TimeSpan period) =>
            limits[(int)kind] = new Limit(Math.Max(1, (long)period.TotalMicroseconds / burst), burst);
    }

    private static uint Tenths(long microseconds) => MonotonicClock.Tenths(microseconds / 1000);

    private Span<Bucket> Ways8(uint set) => _buckets.AsSpan((int)set * Ways, Ways);

    private uint SetOf(ulong high, ulong low, BudgetKind kind)
    {
        var first = Math.BigMul(high ^ _seed, low ^ 0x9E37_79B9_7F4A_7C15 ^ ((ulong)kind << 56), out var rest) ^ rest;
        return (uint)((first * _seed) >> 32) & _setMask;
    }

    private ref Bucket FindOrEvict(uint set, ulong high, ulong low, BudgetKind kind, long now)
    {
        var ways = Ways8(set);
        var limits = Volatile.Read(ref _limits);
        var victim = 0;
        var least = double.MaxValue;
        for (var i = 0; i < ways.Length; i++)
        {
            ref var bucket = ref ways[i];
            if (bucket.Is(high, low, kind)) return ref bucket;
            var used = bucket.Kind == 0 ? -1 : limits[bucket.Kind - 1].Fraction(bucket.FreeAt - now);
            if (used < least) (victim, least) = (i, used);
        }

        ways[victim] = default;
        return ref ways[victim];
    }

    /// <summary>A bucket as "the time when it will be full again" (GCRA): one number, and no rounding adds
    /// up.</summary>
    private struct Bucket
    {
        public ulong High;
        public ulong Low;
        public long FreeAt;
        public uint LastTenths;
        public byte Kind;

        public readonly bool Is(ulong high, ulong low, BudgetKind kind) =>
            Kind == (byte)(kind + 1) && High == high && Low == low;
    }

    private readonly record struct Limit(long Interval, int Burst)
    {
        public double Fraction(long pending) => Math.Max(0, pending) / ((double)Interval * Burst);
    }
}
