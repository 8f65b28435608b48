using System.Text;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;

namespace Hawser.Bench.Servers;

/// <summary>Data folders that already hold devices, made once and copied for each start.</summary>
internal static class SeededData
{
    /// <summary>The id of the first device that the generators register.</summary>
    public const int FirstId = 100_000_000;

    public static string Copy(BenchContext bench, int devices)
    {
        var model = bench.Tools.InWork($"seed-{devices}-{typeof(HawserStore).Module.ModuleVersionId:N}");
        if (!File.Exists(Path.Combine(model, "done"))) Make(model, devices);
        var copy = HawserServer.NewData(bench);
        foreach (var file in Directory.GetFiles(model, "hawser.db*"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        return copy;
    }

    private static void Make(string folder, int devices)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, true);
        Directory.CreateDirectory(folder);
        Console.WriteLine($"making a database of {devices:N0} devices ...");
        FillAsync(folder, devices).GetAwaiter().GetResult();
        File.WriteAllText(Path.Combine(folder, "done"), "");
    }

    private static async Task FillAsync(string folder, int devices)
    {
        const int batch = 20_000;
        await using var store = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None);
        var created = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var loopback = PeerAddress.FromIPv4(0x7F000001, 0);
        for (var from = 0; from < devices; from += batch)
        {
            var rows = Enumerable.Range(FirstId + from, Math.Min(batch, devices - from)).Select(id => new StoredDevice(
                $"{id}", Encoding.ASCII.GetBytes($"uuid-{id}"), KeyOf(id), loopback, created, null, true)).ToList();
            await store.Devices.SaveAsync(rows, CancellationToken.None);
        }
    }

    // The key that udpgen registers for the same id.
    private static byte[] KeyOf(int id) =>
        [.. Enumerable.Range(0, 32).Select(i => (byte)((id >> (8 * (i & 3))) ^ (i * 37 + 11)))];
}
