using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Devices.Client;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;

namespace Hawser.Api.Devices;

/// <summary>
/// What clients ask for themselves in their sysinfo (reference §9.5). It is repeated in every upload; it counts when it
/// is seen first and when it changes, so that what an administrator did since is not undone, and only as far as the
/// settings allow, since it comes without credentials.
/// </summary>
internal sealed class Presets(Secrets secrets, TimeProvider time)
{
    private const int Kinds = 5;
    private const int Length = 12;

    /// <summary>Whether a device asks for something that it did not ask for before.</summary>
    public bool AreNews(DeviceDetails row, SysinfoRequest sysinfo) => row.PresetsHash != Fingerprint(sysinfo);

    /// <summary>Applies what is new; the caller saves.</summary>
    /// <returns>The ids of devices whose strategy may be another one now.</returns>
    public async Task<List<string>> ApplyAsync(
        HawserDb db, IReadOnlyList<(DeviceDetails Details, SysinfoRequest Sysinfo)> devices, PresetSettings allowed,
        CancellationToken cancellationToken)
    {
        var assignments = new DeviceAssignments(db, secrets, time.GetUtcNow().UtcDateTime);
        var changed = new List<string>();
        foreach (var (row, sysinfo) in devices)
        {
            var (before, now) = (row.PresetsHash, Fingerprint(sysinfo));
            row.PresetsHash = now;
            bool IsNew(int kind) => Part(before, kind) != Part(now, kind);
            // Names that nobody made are no error of the device's: it was told all the same.
            if (allowed.Owner && IsNew(0) && sysinfo.PresetUser is { Length: > 0 } user)
            {
                await assignments.SetOwnerAsync(row, user, cancellationToken);
            }

            if (allowed.Strategy && IsNew(1) && sysinfo.PresetStrategy is { Length: > 0 } strategy)
            {
                await assignments.SetStrategyAsync(row.DeviceGuid, strategy, cancellationToken);
            }

            if (allowed.DeviceGroup && IsNew(2) && sysinfo.PresetDeviceGroup is { Length: > 0 } group)
            {
                await assignments.SetGroupAsync(row.DeviceGuid, group, cancellationToken);
            }

            if (allowed.Note && IsNew(3) && sysinfo.PresetNote is { Length: > 0 } note)
            {
                await assignments.SetNoteAsync(row.DeviceGuid, note, cancellationToken);
            }

            if (allowed.AddressBook && IsNew(4) && sysinfo.PresetBook is { Length: > 0 } book)
            {
                var wish = new BookWish(book, sysinfo.PresetBookTag, sysinfo.PresetBookAlias,
                    sysinfo.PresetBookPassword, sysinfo.PresetBookNote);
                await assignments.SetBookAsync(sysinfo.Id, row, wish, cancellationToken);
            }

            changed.Add(sysinfo.Id);
        }

        return changed;
    }

    // One part a kind, so that a new alias does not bring back the first owner.
    private static string Fingerprint(SysinfoRequest sysinfo)
    {
        // Without the password: a hash of it in clear would help who reads the database to guess it.
        var book = string.Join('\0', sysinfo.PresetBook, sysinfo.PresetBookTag, sysinfo.PresetBookAlias,
            sysinfo.PresetBookNote);
        string?[] kinds = [sysinfo.PresetUser, sysinfo.PresetStrategy, sysinfo.PresetDeviceGroup, sysinfo.PresetNote,
            string.IsNullOrEmpty(sysinfo.PresetBook) ? "" : book];
        return kinds.All(string.IsNullOrEmpty) ? "" : string.Concat(kinds.Select(PartOf));
    }

    private static string PartOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new string('-', Length);
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Length];
    }

    private static string Part(string fingerprint, int kind) => fingerprint.Length == Kinds * Length
        ? fingerprint.Substring(kind * Length, Length) : new string('-', Length);
}
