namespace Hawser.Server.Hosting;

/// <summary>One server a data folder. The lock ends with the process, however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "hawser.lock");
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new StartupException($"--data: another hawser serves from {folder}; stop it first.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"--data: {path} can't be written: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
