using System.Diagnostics;
using System.Runtime.CompilerServices;
using Hawser.Data;
using Hawser.Data.Devices;

namespace Hawser.Server.Tests.Data;

/// <summary>
/// This test program as a child that saves devices and says which ones are acknowledged, until it is killed. It starts
/// in the module's initializer, because the entry point belongs to the test runner.
/// </summary>
internal static class KilledWriter
{
    private const string Switch = "HAWSER_TEST_KILLED_WRITER";

    /// <summary>Starts the child on a data folder.</summary>
    internal static Process Start(string folder)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledWriter).Assembly.Location);
        }
        start.Environment[Switch] = folder;
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void Boot()
    {
        // Tests look into databases themselves, perhaps before anything of Hawser.Data ran and made SQLite usable.
        RuntimeHelpers.RunModuleConstructor(typeof(HawserStore).Module.ModuleHandle);
        if (Environment.GetEnvironmentVariable(Switch) is { } folder) Run(folder);
    }

    // Blocking on purpose: no other thread may enter this module before its initializer has ended.
    private static void Run(string folder)
    {
        var store = HawserStore.OpenAsync(folder, null, null, CancellationToken.None).GetAwaiter().GetResult();
        var ef = Array.Exists(
            AppDomain.CurrentDomain.GetAssemblies(), static a => a.GetName().Name == "Microsoft.EntityFrameworkCore");
        Console.Out.WriteLine($"ef {ef}");
        for (var batch = 0; ; batch++)
        {
            var devices = new StoredDevice[50];
            for (var i = 0; i < devices.Length; i++) devices[i] = DataFolder.Device((batch * devices.Length) + i);
            store.Devices.SaveAsync(devices, CancellationToken.None).GetAwaiter().GetResult();
            Console.Out.WriteLine($"saved {batch}");
        }
    }
}
