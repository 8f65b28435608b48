using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Server.Tests.Api.Admin;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Mail;

/// <summary>Mails in other words than ours.</summary>
public sealed class MailTextTests : IAsyncLifetime
{
    private const string Path = "/api/mail/texts";
    private AdminRig _rig = null!;

    private T Get<T>()
        where T : notnull => _rig.Api.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_mail_is_written_in_the_words_of_this_server_until_they_are_put_back()
    {
        const string Words = """{"subject":"  Welcome, {name} ","body":"Open {url}\r\n\r\n{name}, see you."}""";
        var preview = (await _rig.PostAsync($"{Path}/invitation/en/preview", Words)).ShouldBeFine();
        (preview.Of("subject"), preview.Of("body")).ShouldBe(("Welcome, Mara", "Open https://hawser.example.com/…\n\nMara, see you."));
        (await SubjectAsync()).ShouldBe("You have been invited", "a preview keeps nothing");
        var own = (await _rig.PutAsync($"{Path}/invitation/en", Words)).ShouldBeFine();
        (own.Of("is_own"), own.GetProperty("words").Of("subject")).ShouldBe(("True", "Welcome, {name}"));
        (await SubjectAsync()).ShouldBe("Welcome, {url}", "what a value holds is no placeholder");
        var listed = (await _rig.GetAsync(Path)).ShouldBeFine().EnumerateArray().Where(t => t.Of("is_own") == "True").ToList();
        listed.ShouldHaveSingleItem().Of("language").ShouldBe("en", "each language has its own");
        (await _rig.LogAsync()).ShouldContain(l => l.Targets.Contains("mail_texts", StringComparison.Ordinal));
        (await _rig.DeleteAsync($"{Path}/invitation/en")).ShouldBeFine().Of("is_own").ShouldBe("False");
        (await SubjectAsync()).ShouldBe("You have been invited");
    }

    [Theory]
    [InlineData("invitation", """{"subject":"Hello","body":"Come in."}""", "body", "{url} is missing")]
    [InlineData("registration", """{"subject":"Hello","body":"Come in."}""", "body", "{url} is missing")]
    [InlineData("login_code", """{"subject":"Your code","body":"{code}"}""", "subject", "{code} is missing")]
    [InlineData("invitation", """{"subject":"Hello {code}","body":"{url}"}""", "subject", "{code} is no placeholder of this mail; there are: {name}, {url}.")]
    [InlineData("invitation", """{"subject":"Hello","body":"{url} {"}""", "body", "{ is no placeholder")]
    [InlineData("invitation", """{"subject":"Hello","body":"{url} }"}""", "body", "} is no placeholder")]
    [InlineData("invitation", """{"subject":"Hello","body":"{url} {{name}}"}""", "body", "is no placeholder")]
    [InlineData("test", """{"subject":"Hello\r\nBcc: eve@example.com","body":"x"}""", "subject", "one line")]
    [InlineData("test", """{"subject":"Hello","body":"x\u0000"}""", "body", "control characters")]
    [InlineData("test", """{"subject":" ","body":"x"}""", "subject", "needs a subject")]
    [InlineData("test", """{"subject":"x"}""", "body", "needs a text")]
    [InlineData("test", """{"subject":"{name}","body":"x"}""", "subject", "there are: none")]
    public async Task What_would_make_a_mail_useless_is_refused(string notice, string words, string field, string complaint)
    {
        foreach (var answer in new[]
        {
            await _rig.PutAsync($"{Path}/{notice}/en", words), await _rig.PostAsync($"{Path}/{notice}/zh/preview", words),
        })
        {
            answer.ShouldBeProblem(400, "invalid");
            answer.Json.Of("detail").ShouldContain(complaint);
            answer.Json.GetProperty("fields").ToString().ShouldContain(field);
        }
    }

    [Fact]
    public void Our_own_words_could_be_somebodys_and_are_complete()
    {
        foreach (var notice in Enum.GetValues<Notice>())
        {
            foreach (var language in MailTextSettings.Languages)
            {
                var (subject, body) = NoticeTexts.Usual(notice, language);
                MailTextSettings.Complaints(notice, new OwnText { Subject = subject, Body = body })
                    .ShouldBeEmpty($"{notice} in {language}");
            }
        }
    }

    [Fact]
    public async Task Only_mails_that_there_are_and_that_fit_are_written_anew()
    {
        const string Words = """{"subject":"a","body":"b"}""";
        foreach (var path in new[] { "none/en", "test/fr", "Test/en", "0/en" })
        {
            (await _rig.PutAsync($"{Path}/{path}", Words)).ShouldBeProblem(404, "not_found");
            (await _rig.DeleteAsync($"{Path}/{path}")).ShouldBeProblem(404, "not_found");
        }

        var longer = $$"""{"subject":"a","body":"{{new string('x', MailTextSettings.MaximumBody + 1)}}"}""";
        (await _rig.PutAsync($"{Path}/test/en", longer)).Text.ShouldContain("at most 8000");
        (await _rig.PutAsync($"{Path}/test/en", new string('x', 70_000))).Status.ShouldBe(413);
        (await _rig.PatchAsync("/api/settings/mail_texts", """{"texts":[null]}""")).ShouldBeProblem(400, "invalid");
        (await _rig.PatchAsync("/api/settings/mail_texts", """{"texts":[{"notice":"invitation","language":"en","subject":"a","body":"b"}]}"""))
            .Text.ShouldContain("{url} is missing");
    }

    // As it would be sent to somebody who calls herself like a placeholder.
    private async Task<string> SubjectAsync()
    {
        await using var db = _rig.Db();
        Get<Outbox>().Add(db, Outbox.Email, "mara@example.net", Notice.Invitation, new Dictionary<string, string>
        {
            ["name"] = "{url}", ["url"] = "https://x.example/i",
        });
        await db.SaveChangesAsync();
        var mail = await db.Outbox.OrderByDescending(m => m.Guid).FirstAsync();
        Get<Secrets>().Unprotect(mail.Body)!.ShouldContain("https://x.example/i");
        return mail.Subject;
    }
}
