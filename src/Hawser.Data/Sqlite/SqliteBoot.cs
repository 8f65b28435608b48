using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Hawser.Data.Sqlite;

/// <summary>
/// Makes SQLite usable before anything of this assembly runs (docs/adr/0005): the deployed SQLitePCLRaw is older than
/// the one Microsoft.Data.Sqlite asks for, and the native library is the operating system's, which gets its updates.
/// </summary>
internal static class SqliteBoot
{
    private const string Core = "SQLitePCLRaw.core";

#pragma warning disable CA2255 // Microsoft.Data.Sqlite must not be touched before this ran, also not by a test.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Start()
    {
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name == Core ? context.LoadFromAssemblyName(new AssemblyName(Core)) : null;
        NativeLibrary.SetDllImportResolver(Assembly.Load("SQLitePCLRaw.provider.e_sqlite3"), static (name, _, _) =>
            name != "e_sqlite3" ? 0 : NativeLibrary.Load(SystemLibrary));
        SetProvider();
    }

    private static string SystemLibrary =>
        OperatingSystem.IsWindows() ? "winsqlite3.dll"
        : OperatingSystem.IsMacOS() ? "libsqlite3.dylib"
        : "libsqlite3.so.0";

    // Apart, because compiling it already needs the assembly that the hook above resolves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetProvider()
    {
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        SQLitePCL.raw.FreezeProvider();
    }
}
