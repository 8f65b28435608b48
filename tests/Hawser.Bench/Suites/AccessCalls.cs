using Hawser.Api.Http;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;
using Hawser.Data.Settings;

namespace Hawser.Bench.Suites;

/// <summary>What deciding who may connect adds to an introduction.</summary>
internal static class AccessCalls
{
    private const string Open = "open, no account";
    private const string OpenToken = "open, with an account";
    private const string Ruled = "own devices, account, 1,000 rules";
    private const int Rules = 1000;
    private const int Rate = 400;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("access", "Introductions with accounts and rules");
        using var plain = HawserServer.Start(bench, SeededData.Copy(bench, 1000));
        var openData = SeededData.Copy(bench, 1000);
        var openToken = FillAsync(openData, "open").GetAwaiter().GetResult();
        using var open = HawserServer.Start(bench, openData);
        var ruledData = SeededData.Copy(bench, 1000);
        var ruledToken = FillAsync(ruledData, "own").GetAwaiter().GetResult();
        using var ruled = HawserServer.Start(bench, ruledData);
        List<Candidate> candidates =
        [
            new(Open, () => Call(bench, plain, "")),
            new(OpenToken, () => Call(bench, open, openToken)),
            new(Ruled, () => Call(bench, ruled, ruledToken)),
        ];
        foreach (var candidate in candidates) candidate.Measure();
        var rounds = Rounds.Run(bench.Arguments, report, "introductions", candidates, _ => 1);
        report.Note($"{Rate} introductions a second by TCP to 400 peers that register by UDP and answer; one account, whose "
            + $"last of {Rules:N0} rules allows it. CPU is the server's, for the whole introduction. " + rounds.Summary);
        report.Table(
            ["policy", "CPU us an introduction", "answer p50 us", "answer p99 us", "answered of asked"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s.CpuMicrosecondsPer("answered"))),
                Figures.Text(rounds.Median(c.Name, s => s["p50"])), Figures.Text(rounds.Median(c.Name, s => s["p99"])),
                $"{rounds.Of(c.Name).Sum(s => s["answered"]):N0} of {rounds.Of(c.Name).Sum(s => s["asked"]):N0}",
            }));
        report.Add(new Goal("CPU of an introduction with an account and rules", Open,
            rounds.Ratio(Ruled, Open, s => s.CpuMicrosecondsPer("answered")), 1.3, AtLeast: false));
        return report;
    }

    private static Sample Call(BenchContext bench, HawserServer server, string token)
    {
        List<string> args =
        [
            "-p", $"{server.Rendezvous}", "-P", $"{server.Pid}", "-k", server.Key, "-R", $"{Rate}", "-n", "400", "-t", bench.Seconds,
        ];
        if (token.Length > 0) args.AddRange(["-T", token]);
        return bench.Tools.Generate("punchgen", [.. args]);
    }

    private static async Task<string> FillAsync(string folder, string policy)
    {
        await using var store = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None);
        await using var db = store.CreateDb();
        var now = DateTime.UtcNow;
        var group = new UserGroup { Name = "Support", NormalizedName = "SUPPORT", CreatedAt = now };
        var user = new User
        {
            Name = "anna", NormalizedName = "ANNA", Status = UserStatus.Normal, UserGroupGuid = group.Guid, CreatedAt = now,
        };
        var token = Secrets.NewHandle();
        db.UserGroups.Add(group);
        db.Users.Add(user);
        db.AccessTokens.Add(new AccessToken
        {
            UserGuid = user.Guid, Hash = Secrets.Hash(token), CreatedAt = now, ExpiresAt = now.AddDays(1),
        });
        db.Settings.Add(new Setting { Key = "access", Value = $$"""{"default_policy":"{{policy}}"}""", UpdatedAt = now });
        for (var i = 0; i < (policy == "own" ? Rules : 0); i++)
        {
            var last = i == Rules - 1;
            db.AccessRules.Add(new AccessRule
            {
                SubjectKind = AccessSubject.UserGroup, SubjectGuid = group.Guid, Enabled = true, CreatedAt = now, UpdatedAt = now,
                TargetKind = last ? AccessTarget.AllDevices : AccessTarget.DeviceGroup,
                TargetGuid = last ? null : Guid.NewGuid(),
                Schedule = last ? """{"windows":[{"from":"00:00","to":"24:00"}]}""" : "",
            });
        }

        await db.SaveChangesAsync();
        return token;
    }
}
