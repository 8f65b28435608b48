using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Http;

/// <summary>
/// The version of something that people edit: a short hash of what can be edited of it, so it moves with every change
/// by whatever writer, and needs no column that one of them could forget. Items tell it as <c>version</c>.
/// </summary>
/// <remarks>
/// A form sends the version that it read in the header <see cref="Header"/>. When it is not the one of this moment, the
/// route answers 409 with the code <see cref="Code"/> and changes nothing: the form reads again, shows both values of
/// what differs, and saves with the new version. Without the header a call goes on as before: scripts say what they
/// want.
/// In the console <c>ui/conflict/useGuardedSave.tsx</c> does all of that for a form.
/// </remarks>
internal static class EditVersion
{
    /// <summary>The header with the version that was read; settings also tell theirs in it.</summary>
    internal const string Header = "X-Hawser-Version";

    /// <summary>What the refusal is called.</summary>
    internal const string Code = "edit_conflict";

    /// <summary>The version of these values, in this order.</summary>
    public static string Of(params ReadOnlySpan<object?> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values) Add(hash, value);
        return Convert.ToHexStringLower(hash.GetHashAndReset(), 0, 8);
    }

    /// <summary>Has a route refuse callers whose version is not the one of this moment.</summary>
    /// <param name="route">The route.</param>
    /// <param name="kind">What it changes.</param>
    /// <param name="key">The name of the route's value that says which.</param>
    /// <param name="read">The version now; null: not there, or not for the caller: the route says so.</param>
    internal static RouteHandlerBuilder GuardsEdits(
        this RouteHandlerBuilder route, string kind, string key,
        Func<HttpContext, string, CancellationToken, Task<string?>> read) =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var known = http.Request.Headers[Header].ToString();
            if (known.Length == 0) return await next(context);
            var which = http.Request.RouteValues[key]?.ToString() ?? "";
            var turns = http.RequestServices.GetRequiredService<EditTurns>();
            await using var turn = await turns.TakeAsync($"{kind}/{which}", http.RequestAborted);
            if (turn is null) return Problem.Conflict("Somebody else is saving this at the moment.", "busy_edit");
            var now = await read(http, which, http.RequestAborted);
            return now is null || now == known ? await next(context) : Problem.Conflict(
                $"It changed since it was read: its version is {now} now.", Code);
        });

    // With kinds and lengths: a comma within a name is no second name.
    private static void Add(IncrementalHash hash, object? value)
    {
        if (value is not string && value is IEnumerable many)
        {
            hash.AppendData("["u8);
            foreach (var one in many) Add(hash, one);
            hash.AppendData("]"u8);
            return;
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{(value is null ? '0' : '1')}{text.Length}:{text};")));
    }
}
