namespace Hawser.Server.Hosting;

/// <summary>One server a data folder. The lock ends with the process, however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    // EWOULDBLOCK; .NET passes errno on. A full or read-only disk is told apart by it.
    private const int LockedByAnother = 11;

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "hawser.lock");
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == LockedByAnother)
        {
            throw new StartupException($"--data: another hawser serves from {folder}; stop it first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--data: {path} can't be written: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
