namespace Hawser.Rendezvous.Registering;

/// <summary>How often one id's key was registered lately: three in quick succession pass, the fourth is refused
/// (§6.2).</summary>
/// <param name="Count">Counted requests.</param>
/// <param name="At">When the last one was counted, in tenths of seconds.</param>
internal readonly record struct KeyLimit(byte Count, uint At)
{
    private const byte Burst = 3;
    private const uint ForgottenAfterTenths = 70;

    /// <summary>Counts one more.</summary>
    /// <param name="nowTenths">The time.</param>
    /// <param name="next">The new state.</param>
    /// <returns>False when it is one too many.</returns>
    public bool TryCount(uint nowTenths, out KeyLimit next)
    {
        next = this;
        var count = unchecked(nowTenths - At) >= ForgottenAfterTenths ? (byte)0 : Count;
        if (count >= Burst) return false;
        next = new KeyLimit((byte)(count + 1), nowTenths);
        return true;
    }
}
