using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace Hawser.Api.Files.Client;

/// <summary>A user's picture: stored by its user, shown to anybody (reference §14.1).</summary>
internal static class AvatarEndpoint
{
    /// <summary><c>GET /avatars/{name}</c>.</summary>
    public static IResult Show(HttpContext context, string name, AvatarStore store)
    {
        if (store.Find(name) is not { } file) return ClientResults.Error(404, "There is no such picture.");
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        var tag = new EntityTagHeaderValue($"\"{Path.GetFileNameWithoutExtension(name)}\"");
        return Results.File(file.FullName, Picture.MediaTypeOf(file.Extension[1..]), entityTag: tag);
    }

    /// <summary><c>POST /api/avatar</c>: the bytes of a picture.</summary>
    public static async Task<IResult> StoreAsync(
        HttpContext context, CurrentUser user, HawserDb db, AvatarStore store, CancellationToken cancellationToken)
    {
        var bytes = await ClientBody.ReadBytesAsync(context, AvatarStore.MaxBytes);
        if (bytes is null) return ClientResults.Error(413, "The picture is too large.");
        if (await store.StoreAsync(bytes, cancellationToken) is not { } path)
        {
            return ClientResults.Error(415, "Only PNG, JPEG, GIF and WebP pictures of at most 2048 pixels a side.");
        }

        await SetAsync(db, user.Guid, path, store, cancellationToken);
        return ClientResults.Json(new AvatarAnswer(path), FilesJson.Default.AvatarAnswer);
    }

    /// <summary><c>DELETE /api/avatar</c>.</summary>
    public static async Task<IResult> RemoveAsync(
        CurrentUser user, HawserDb db, AvatarStore store, CancellationToken cancellationToken)
    {
        await SetAsync(db, user.Guid, "", store, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task SetAsync(
        HawserDb db, Guid user, string path, AvatarStore store, CancellationToken cancellationToken)
    {
        var before = await db.Users.Where(u => u.Guid == user).Select(u => u.Avatar)
            .FirstOrDefaultAsync(cancellationToken);
        await db.Users.Where(u => u.Guid == user)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Avatar, path), cancellationToken);
        if (string.IsNullOrEmpty(before) || before == path) return;
        // Two users may have the same picture.
        if (!await db.Users.AnyAsync(u => u.Avatar == before, cancellationToken)) store.Remove(before);
    }
}

/// <summary>Where the picture is, as clients are told: they put the server's address before it.</summary>
/// <param name="Avatar">The path.</param>
internal sealed record AvatarAnswer([property: JsonPropertyName("avatar")] string Avatar);

/// <summary>Reads and writes without reflection.</summary>
[JsonSerializable(typeof(AvatarAnswer))]
[JsonSerializable(typeof(PluginBody))]
[JsonSerializable(typeof(PluginAnswer))]
internal sealed partial class FilesJson : JsonSerializerContext;
