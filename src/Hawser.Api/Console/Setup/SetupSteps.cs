using System.Net.Mail;
using System.Text.Json.Nodes;
using Hawser.Api.Access;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Console.Address;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Notifications.Wire.Smtp;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Console.Setup;

/// <summary>
/// The steps after the administrator. What they ask for are ordinary settings; only how far somebody got is the
/// setup's own, and kept here, so that a reload or another browser goes on.
/// </summary>
internal static class SetupSteps
{
    /// <summary>How far the setup got.</summary>
    public static IResult Show(SettingsStore settings, ApiParts parts)
    {
        var console = settings.Get(ConsoleSettings.Key);
        var mail = settings.Get(NotificationSettings.Mail);
        var state = new SetupState(
            console.SetupStep, console.Skipped,
            new SetupAddress(console.ServerName, console.PublicHost, console.ApiUrl,
                settings.Get(SignInSettings.Key).PublicUrls is [var first, ..] ? first : "")
            {
                Suggested = parts.DescribeClient?.Invoke("", "").Host ?? "",
                TrustedProxies = console.TrustedProxies,
            },
            new SetupAccess(
                settings.Get(AccessSettings.Key).LoginRequired, settings.Get(DeviceSettings.Key).DeploymentRequired)
            {
                SecondFactor = settings.Get(AccountSettings.Key).SecondFactor,
            },
            new SetupMail(mail.Host, mail.Port, mail.Security, mail.Username, "", mail.From, mail.Language)
            {
                HasPassword = mail.Password.Length > 0,
            });
        return ClientResults.Json(state, SetupJson.Default.SetupState);
    }

    /// <summary>Goes on to the next step.</summary>
    public static async Task<IResult> GoOnAsync(
        HttpContext context, SettingsStore settings, ApiParts parts, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupJson.Default.SetupStepBody);
        if (body.Value is not { } done) return body.Error!;
        if (done.Step is < ConsoleSettings.FirstStep or > ConsoleSettings.LastStep) return Problem.NotFound("thing");
        var console = settings.Get(ConsoleSettings.Key);
        var next = done.Step == ConsoleSettings.LastStep ? 0 : done.Step + 1;
        // Somebody who looks back does not lose how far the setup got.
        if (console.SetupStep == 0 || (next != 0 && console.SetupStep > next)) next = console.SetupStep;
        IReadOnlyList<int> skipped = done.Skip
            ? [.. console.Skipped.Append(done.Step).Distinct().Order()]
            : [.. console.Skipped.Where(s => s != done.Step)];
        var after = console with { SetupStep = next, Skipped = skipped };
        if (settings.Refusal(ConsoleSettings.Key, after) is { } pinned) return pinned;
        await settings.SetAsync(ConsoleSettings.Key, after, cancellationToken);
        return Show(settings, parts);
    }

    /// <summary>Stores the names of this server.</summary>
    public static async Task<IResult> AddressAsync(
        HttpContext context, SettingsStore settings, ApiParts parts, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupStepJson.Default.SetupAddress);
        if (body.Value is not { } wanted) return body.Error!;
        var console = settings.Get(ConsoleSettings.Key) with
        {
            ServerName = (wanted.ServerName ?? "").Trim() is { Length: > 0 and <= 60 } name ? name : "Hawser",
            PublicHost = (wanted.PublicHost ?? "").Trim(),
            ApiUrl = (wanted.ApiUrl ?? "").Trim().TrimEnd('/'),
            TrustedProxies = wanted.TrustedProxies is { } proxies
                ? [.. proxies.Select(p => (p ?? "").Trim()).Where(p => p.Length > 0)]
                : settings.Get(ConsoleSettings.Key).TrustedProxies,
        };
        if (ProxyDesk.Complaint(console.TrustedProxies) is { } aboutProxies)
        {
            return Problem.Wrong("trusted_proxies", "bad_proxies", aboutProxies);
        }

        if (console.PublicHost.Length > 0 && !ConsoleSettings.IsHost(console.PublicHost))
        {
            return Problem.Wrong("public_host", "bad_host", "This is neither a host name nor an address.");
        }

        if (console.ApiUrl.Length > 0 && !SignInRules.IsWeb(console.ApiUrl, allowHttp: true))
        {
            return Problem.Wrong("api_url", "bad_url", "This is not an http or https address.");
        }

        var url = (wanted.ConsoleUrl ?? "").Trim().TrimEnd('/');
        if (url.Length > 0 && !SignInRules.IsWeb(url, allowHttp: true))
        {
            return Problem.Wrong("console_url", "bad_url", "This is not an http or https address.");
        }

        var signIn = settings.Get(SignInSettings.Key);
        IReadOnlyList<string> urls =
            [.. new[] { url }.Where(u => u.Length > 0), .. signIn.PublicUrls.Skip(1).Where(u => u != url)];
        if ((settings.Refusal(ConsoleSettings.Key, console)
            ?? settings.Refusal(SignInSettings.Key, signIn with { PublicUrls = urls })) is { } pinned) return pinned;
        await StoreAsync(context, settings, ConsoleSettings.Key, console, cancellationToken);
        if (!urls.SequenceEqual(signIn.PublicUrls, StringComparer.Ordinal))
        {
            await StoreAsync(
                context, settings, SignInSettings.Key, signIn with { PublicUrls = urls }, cancellationToken);
        }

        return Show(settings, parts);
    }

    /// <summary>Stores who may connect.</summary>
    public static async Task<IResult> AccessAsync(
        HttpContext context, SettingsStore settings, ApiParts parts, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupStepJson.Default.SetupAccess);
        if (body.Value is not { } wanted) return body.Error!;
        if (wanted.SecondFactor is not (
            null or AccountSettings.Nobody or AccountSettings.Administrators or AccountSettings.Everybody))
        {
            return Problem.Wrong("second_factor", "bad_choice", "nobody, administrators or everybody.");
        }

        var access = settings.Get(AccessSettings.Key);
        access = access with { LoginRequired = wanted.LoginRequired ?? access.LoginRequired };
        var devices = settings.Get(DeviceSettings.Key);
        devices = devices with { DeploymentRequired = wanted.DeploymentRequired ?? devices.DeploymentRequired };
        var accounts = settings.Get(AccountSettings.Key);
        accounts = accounts with { SecondFactor = wanted.SecondFactor ?? accounts.SecondFactor };
        if ((settings.Refusal(AccessSettings.Key, access) ?? settings.Refusal(DeviceSettings.Key, devices)
            ?? settings.Refusal(AccountSettings.Key, accounts)) is { } pinned) return pinned;
        if (wanted.SecondFactor is not null)
        {
            await StoreAsync(context, settings, AccountSettings.Key, accounts, cancellationToken);
        }

        if (wanted.LoginRequired is not null)
        {
            await StoreAsync(context, settings, AccessSettings.Key, access, cancellationToken);
        }

        if (wanted.DeploymentRequired is not null)
        {
            await StoreAsync(context, settings, DeviceSettings.Key, devices, cancellationToken);
        }

        return Show(settings, parts);
    }

    /// <summary>Stores the mail server.</summary>
    public static async Task<IResult> MailAsync(
        HttpContext context, SettingsStore settings, ApiParts parts, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupStepJson.Default.SetupMail);
        if (body.Value is not { } wanted) return body.Error!;
        if (wanted.Port is < 1 or > 65535) return Problem.Wrong("port", "bad_port", "A port is 1 to 65535.");
        if (wanted.Security is { } security && !MailSettings.Securities.Contains(security))
        {
            return Problem.Wrong("security", "bad_security", "security is starttls, tls, optional or none.");
        }

        var from = (wanted.From ?? "").Trim();
        if (from.Length > 0 && !MailAddress.TryCreate(from, out _))
        {
            return Problem.Wrong("from", "bad_email", "This is not a mail address.");
        }

        var before = settings.Get(NotificationSettings.Mail);
        var mail = before with
        {
            Host = (wanted.Host ?? "").Trim(), Port = wanted.Port ?? 587,
            Security = wanted.Security ?? MailSettings.StartTls,
            Username = (wanted.Username ?? "").Trim(), From = from, Language = wanted.Language == "zh" ? "zh" : "en",
            // Nothing typed: the one that is stored, as long as it goes to the same server.
            Password = wanted.Password is { Length: > 0 } typed ? typed
                : (wanted.Host ?? "").Trim() == before.Host ? before.Password : "",
        };
        if (settings.Refusal(NotificationSettings.Mail, mail) is { } pinned) return pinned;
        await StoreAsync(context, settings, NotificationSettings.Mail, mail, cancellationToken);
        return Show(settings, parts);
    }

    /// <summary>Sends a mail and says what the mail server answered.</summary>
    public static async Task<IResult> TestMailAsync(
        HttpContext context, SettingsStore settings, MailSender mails, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupJson.Default.MailTestBody);
        if (body.Value is not { } wanted) return body.Error!;
        var mail = settings.Get(NotificationSettings.Mail);
        if (!mail.IsComplete) return Problem.Wrong("host", "no_mail", "Enter the mail server first.");
        if (!MailAddress.TryCreate((wanted.To ?? "").Trim(), out var to))
        {
            return Problem.Wrong("to", "bad_email", "This is not a mail address.");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        var reply = await SendAsync(mails, mail, to.Address, deadline.Token);
        return ClientResults.Json(reply, SetupJson.Default.MailTestReply);
    }

    // What the page of settings writes down, this does too.
    private static async Task StoreAsync<T>(
        HttpContext context, SettingsStore settings, SettingKey<T> key, T value, CancellationToken cancellationToken)
        where T : class, new()
    {
        var before = key.Read(settings);
        await settings.SetAsync(key, value, cancellationToken);
        var after = key.Read(settings);
        if (JsonNode.DeepEquals(before, after)) return;
        var db = context.RequestServices.GetRequiredService<HawserDb>();
        var (old, now) = key.IsSecret ? (null, null) : SettingText.Differences(before, after);
        context.RequestServices.GetRequiredService<ConsoleLog>().Add(
            db, context, ConsoleOperation.ChangeSetting, key.Name, ("before", old), ("after", now));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task<MailTestReply> SendAsync(
        MailSender mails, MailSettings mail, string to, CancellationToken cancellationToken)
    {
        var dialogue = new MailDialogue();
        var answer = "";
        try
        {
            const string Text = "This is a test mail of your Hawser server. It arrived.";
            await mails.SendAsync(
                mail, Guid.CreateVersion7().ToString("N"), to, ("Hawser", Text), cancellationToken, dialogue);
        }
        catch (Exception e) when (e is SmtpFault or FormatException)
        {
            answer = e.Message;
        }
        catch (OperationCanceledException)
        {
            answer = "The mail server did not answer within 10 seconds.";
        }

        return new MailTestReply(
            answer.Length == 0, answer, [.. dialogue.Turns.Select(t => new MailTurn(t.By, t.Text))]);
    }
}

/// <summary>The bodies of single steps; what is missing is left as it is.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(SetupAddress))]
[System.Text.Json.Serialization.JsonSerializable(typeof(SetupAccess))]
[System.Text.Json.Serialization.JsonSerializable(typeof(SetupMail))]
internal sealed partial class SetupStepJson : System.Text.Json.Serialization.JsonSerializerContext;
