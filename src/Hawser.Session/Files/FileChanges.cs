using Hawser.Protocol.Messages;
using Hawser.Session.Files.Linux;

namespace Hawser.Session.Files;

/// <summary>Lists for whole trees, and small changes: create, remove, rename (§14.1).</summary>
internal static class FileChanges
{
    /// <summary>Follows a request and answers it.</summary>
    public static async Task FollowAsync(FileAction action, int most, Func<FileResponse, Task> answer)
    {
        var (id, file) = action.UnionCase switch
        {
            FileAction.UnionOneofCase.AllFiles => (action.AllFiles.Id, -1),
            FileAction.UnionOneofCase.Create => (action.Create.Id, 0),
            FileAction.UnionOneofCase.RemoveFile => (action.RemoveFile.Id, action.RemoveFile.FileNum),
            FileAction.UnionOneofCase.RemoveDir => (action.RemoveDir.Id, 0),
            FileAction.UnionOneofCase.Rename => (action.Rename.Id, 0),
            _ => (0, 0),
        };
        FileResponse? response;
        try
        {
            response = Follow(action, most)
                ?? new FileResponse { Done = new FileTransferDone { Id = id, FileNum = file } };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            response = new FileResponse
            {
                Error = new FileTransferError { Id = id, Error = e.Message, FileNum = file },
            };
        }

        if (action.UnionCase != FileAction.UnionOneofCase.None) await answer(response);
    }

    private static FileResponse? Follow(FileAction action, int most)
    {
        switch (action.UnionCase)
        {
            case FileAction.UnionOneofCase.AllFiles:
                var all = action.AllFiles;
                return new FileResponse
                {
                    Dir = new FileDirectory
                    {
                        Id = all.Id,
                        Path = all.Path,
                        Entries = { FileListing.Recursive(all.Path, all.IncludeHidden, most) },
                    },
                };
            case FileAction.UnionOneofCase.ReadEmptyDirs:
                var path = action.ReadEmptyDirs.Path;
                return new FileResponse
                {
                    EmptyDirs = new ReadEmptyDirsResponse
                    {
                        Path = path,
                        EmptyDirs = { FileListing.Empty(path, action.ReadEmptyDirs.IncludeHidden) },
                    },
                };
            case FileAction.UnionOneofCase.Create:
                FilePaths.CheckTarget(action.Create.Path);
                Directory.CreateDirectory(action.Create.Path);
                return null;
            case FileAction.UnionOneofCase.RemoveFile:
                RemoveFile(action.RemoveFile.Path);
                return null;
            case FileAction.UnionOneofCase.RemoveDir:
                FilePaths.CheckTarget(action.RemoveDir.Path);
                RemoveFolder(new DirectoryInfo(action.RemoveDir.Path), action.RemoveDir.Recursive, 0);
                return null;
            case FileAction.UnionOneofCase.Rename:
                Rename(action.Rename);
                return null;
            default:
                return null;
        }
    }

    private static void RemoveFile(string path)
    {
        FilePaths.CheckTarget(path);
        var info = new FileInfo(path);
        if (info.LinkTarget is null && !UnixFiles.IsRegular(path)) throw new FileRefusal("not a regular file");
        File.Delete(path);
    }

    // Files were removed one by one before; only empty folders and links are left to remove here.
    private static void RemoveFolder(DirectoryInfo folder, bool recursive, int depth)
    {
        if (folder.LinkTarget is not null || depth > 64) throw new FileRefusal("not a folder");
        if (recursive)
        {
            foreach (var child in folder.EnumerateFileSystemInfos())
            {
                if (child.LinkTarget is not null) child.Delete();
                else if (child is DirectoryInfo inner) RemoveFolder(inner, true, depth + 1);
            }
        }

        folder.Delete();
    }

    private static void Rename(FileRename rename)
    {
        FilePaths.CheckTarget(rename.Path);
        if (rename.NewName.Length == 0) throw new FileRefusal("invalid file name");
        FilePaths.CheckName(rename.NewName);
        if (rename.NewName.Contains('/', StringComparison.Ordinal)) throw new FileRefusal("invalid file name");
        var target = Path.Combine(Path.GetDirectoryName(rename.Path.TrimEnd('/')) ?? "/", rename.NewName);
        if (Directory.Exists(rename.Path) && new DirectoryInfo(rename.Path).LinkTarget is null)
        {
            Directory.Move(rename.Path, target);
            return;
        }

        File.Move(rename.Path, target);
    }
}
