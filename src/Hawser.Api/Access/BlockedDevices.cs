using System.Globalization;

namespace Hawser.Api.Access;

/// <summary>
/// Devices that can't be reached at all, because they or their owners are disabled: few, normally. An id of digits
/// takes
/// about 24 bytes here, any other about 100.
/// </summary>
internal sealed class BlockedDevices
{
    private readonly HashSet<ulong> _numbers = [];
    private readonly HashSet<ulong> _ownedNumbers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ownedNames = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _numbers.Count + _ownedNumbers.Count + _names.Count + _ownedNames.Count;

    /// <summary>Adds one; before it is used only.</summary>
    /// <param name="id">The device.</param>
    /// <param name="byOwner">Because of its owner.</param>
    public void Add(string id, bool byOwner)
    {
        if (TryNumber(id, out var number)) (byOwner ? _ownedNumbers : _numbers).Add(number);
        else (byOwner ? _ownedNames : _names).Add(id);
    }

    /// <summary>Why a device can't be reached; null when it can.</summary>
    public AccessReason? Find(string id)
    {
        if (Count == 0) return null;
        if (TryNumber(id, out var number))
        {
            return _numbers.Contains(number) ? AccessReason.DeviceDisabled
                : _ownedNumbers.Contains(number) ? AccessReason.OwnerDisabled : null;
        }

        return _names.Contains(id) ? AccessReason.DeviceDisabled
            : _ownedNames.Contains(id) ? AccessReason.OwnerDisabled : null;
    }

    // Only what is the same text again when written as a number.
    private static bool TryNumber(string id, out ulong number)
    {
        number = 0;
        return id.Length is > 0 and < 19 && id[0] is >= '1' and <= '9'
            && ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
