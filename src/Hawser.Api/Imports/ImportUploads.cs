using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Api.Imports;

/// <summary>Takes files of another server in: straight to the disk, readable for the server only.</summary>
internal static class ImportUploads
{
    private const int Piece = 64 << 10;

    public static async Task<IResult> TakeAsync(
        HttpContext context, ImportFolder folder, CancellationToken cancellationToken)
    {
        var name = context.Request.Query["name"].ToString();
        if (ImportFolder.MostOf(name) is not { } most)
        {
            return Problem.Invalid("The name is none of the files that are wanted.", "name");
        }

        if (context.Request.ContentLength > most) return TooLarge;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // Where the length is not announced, what is written is counted.
            limit.MaxRequestBodySize = context.Request.ContentLength ?? most * 2;
        }

        try
        {
            var (upload, place) = folder.Receive(context.Request.Query["upload"]);
            var size = await WriteAsync(context.Request.Body, Path.Combine(place, name), most, cancellationToken);
            return size is null ? TooLarge : ClientResults.Json(
                new ImportUpload(upload, name, size.Value), ImportsJson.Default.ImportUpload);
        }
        catch (Exception e) when (
            e is UnauthorizedAccessException or (IOException and not BadHttpRequestException)
            && !cancellationToken.IsCancellationRequested)
        {
            return Problem.Of(StatusCodes.Status507InsufficientStorage, "no_space", "The file could not be stored.");
        }
    }

    private static Problem TooLarge { get; } =
        Problem.Of(StatusCodes.Status413PayloadTooLarge, "too_large", "The file is larger than is taken here.");

    private static async Task<long?> WriteAsync(
        Stream body, string path, long most, CancellationToken cancellationToken)
    {
        var draft = path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            var size = 0L;
            await using (var file = new FileStream(draft, options))
            {
                var piece = new byte[Piece];
                while (await body.ReadAsync(piece, cancellationToken) is var read and > 0)
                {
                    size += read;
                    if (size > most) break;
                    await file.WriteAsync(piece.AsMemory(0, read), cancellationToken);
                }
            }

            if (size > most) return null;
            File.Move(draft, path, overwrite: true);
            return size;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
