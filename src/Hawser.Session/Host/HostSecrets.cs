using System.Security.Cryptography;
using Hawser.Protocol.Crypto;

namespace Hawser.Session.Host;

/// <summary>A controller's device that was trusted with the second factor (§5.7).</summary>
/// <param name="Hwid">The hash of its machine id, as hexadecimal text.</param>
/// <param name="Since">When.</param>
/// <param name="Id">The controller's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Platform">Its platform.</param>
public sealed record TrustedDevice(string Hwid, DateTime Since, string Id, string Name, string Platform);

/// <summary>What a host keeps between runs to let people in. Never the permanent password itself.</summary>
public sealed record StoredSecrets
{
    /// <summary>The salt of the stored password; stable, so that controllers may remember proofs.</summary>
    public string Salt { get; init; } = "";

    /// <summary>The permanent password's hash; empty for none.</summary>
    public byte[] Permanent { get; init; } = [];

    /// <summary>The secret of the second factor; empty for none.</summary>
    public byte[] TwoFactor { get; init; } = [];

    /// <summary>Devices that need no second factor.</summary>
    public IReadOnlyList<TrustedDevice> Trusted { get; init; } = [];
}

/// <summary>The passwords and factors of a host; safe to use from several sessions.</summary>
public sealed class HostSecrets
{
    private const int WrongBeforeRotation = 10;
    private const int MostTrusted = 256;
    private static readonly TimeSpan Trust = TimeSpan.FromDays(90);

    private readonly Lock _gate = new();
    private readonly Action<StoredSecrets> _save;
    private StoredSecrets _stored;
    private string _oneTime = "";
    private int _wrong;

    /// <summary>Takes what was stored; makes the salt when there is none.</summary>
    /// <param name="stored">What was stored; null at the first start.</param>
    /// <param name="save">Stores a change.</param>
    public HostSecrets(StoredSecrets? stored = null, Action<StoredSecrets>? save = null)
    {
        _save = save ?? (_ => { });
        _stored = stored ?? new StoredSecrets();
        if (_stored.Salt.Length > 0) return;
        _stored = _stored with { Salt = PasswordProof.RandomText(PasswordProof.SaltLength) };
        _save(_stored);
    }

    /// <summary>The salt.</summary>
    public string Salt => Stored.Salt;

    /// <summary>What is kept.</summary>
    public StoredSecrets Stored
    {
        get
        {
            lock (_gate) return _stored;
        }
    }

    /// <summary>The one-time password of now; empty until there was a first <see cref="Rotate"/>.</summary>
    public string OneTime
    {
        get
        {
            lock (_gate) return _oneTime;
        }
    }

    /// <summary>Sets the permanent password.</summary>
    /// <param name="password">The password; empty to have none.</param>
    public void SetPermanent(string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        Change(s => s with { Permanent = password.Length == 0 ? [] : PasswordProof.Store(password, s.Salt) });
    }

    /// <summary>Sets the secret of the second factor.</summary>
    /// <param name="secret">The secret; empty to need none.</param>
    public void SetTwoFactor(ReadOnlySpan<byte> secret)
    {
        var copy = secret.ToArray();
        Change(s => s with { TwoFactor = copy, Trusted = [] });
    }

    /// <summary>Makes another one-time password.</summary>
    /// <param name="settings">How long, and of which symbols.</param>
    public void Rotate(HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        lock (_gate)
        {
            var symbols = settings.NumericOneTime ? "0123456789" : null;
            _oneTime = PasswordProof.RandomText(settings.OneTimeLength, symbols);
            _wrong = 0;
        }
    }

    /// <summary>Whether any password can let somebody in.</summary>
    internal bool HasPassword(HostSettings settings) => settings.Verification switch
    {
        VerificationMethod.OneTime => OneTime.Length > 0,
        VerificationMethod.Permanent => Stored.Permanent.Length > 0,
        _ => OneTime.Length > 0 || Stored.Permanent.Length > 0,
    };

    /// <summary>Which password an answer proves (§5.3); null for none.</summary>
    internal ProvedPassword? Check(ReadOnlySpan<byte> answer, string challenge, HostSettings settings)
    {
        lock (_gate)
        {
            // Both are always computed, so that the time does not tell which kind of password there is.
            var once = PasswordProof.Store(_oneTime, _stored.Salt);
            var isOnce = PasswordProof.Fits(answer, once, challenge) && _oneTime.Length > 0
                && settings.Verification != VerificationMethod.Permanent;
            var isPermanent = PasswordProof.Fits(answer, _stored.Permanent, challenge)
                && settings.Verification != VerificationMethod.OneTime;
            if (isOnce) return new ProvedPassword(_oneTime);
            return isPermanent ? new ProvedPassword("") : null;
        }
    }

    /// <summary>After a wrong proof: too many in a row, from anywhere, make another one-time password.</summary>
    internal void CountWrong(HostSettings settings)
    {
        lock (_gate)
        {
            if (++_wrong < WrongBeforeRotation) return;
        }

        Rotate(settings);
    }

    /// <summary>After a right proof.</summary>
    internal void CountRight()
    {
        lock (_gate) _wrong = 0;
    }

    internal bool IsTrusted(ReadOnlySpan<byte> hwid, string id, string name, string platform, DateTime now)
    {
        if (hwid.Length != SHA256.HashSizeInBytes) return false;
        var text = Convert.ToHexStringLower(hwid);
        return Stored.Trusted.Any(t => t.Hwid == text && t.Id == id && t.Name == name && t.Platform == platform
            && now - t.Since < Trust);
    }

    internal void TrustDevice(TrustedDevice device, DateTime now) => Change(s => s with
    {
        Trusted =
        [
            .. s.Trusted.Where(t => t.Hwid != device.Hwid && now - t.Since < Trust).TakeLast(MostTrusted - 1),
            device,
        ],
    });

    private void Change(Func<StoredSecrets, StoredSecrets> change)
    {
        lock (_gate)
        {
            _stored = change(_stored);
            _save(_stored);
        }
    }
}

/// <summary>A password that was proved.</summary>
/// <param name="OneTime">The one-time password, or empty for the permanent one.</param>
internal readonly record struct ProvedPassword(string OneTime);
