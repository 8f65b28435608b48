namespace Hawser.Agent.Installing;

/// <summary>The agent's systemd unit.</summary>
internal static class UnitFile
{
    public const string Name = "hawser-agent.service";

    /// <summary>
    /// The unit's text. Whatever holds back the agent holds back the shells and files that it offers, so root's is held
    /// back little; as somebody else it is confined to what that account needs.
    /// </summary>
    /// <param name="program">The program's full path.</param>
    /// <param name="data">The agent's folder.</param>
    /// <param name="user">Whose shells and files it offers; null for root's.</param>
    public static string Text(string program, string data, string? user)
    {
        var state = data == "/var/lib/hawser-agent" ? "StateDirectory=hawser-agent\nStateDirectoryMode=0700\n" : "";
        var who = user is null ? "# What it offers are this machine's shells and files, so it runs as root; "
            + "'hawser-agent install --user NAME'\n# confines it to an account.\n" : $"User={user}\n{Confined}";
        return $"""
            [Unit]
            Description=Hawser agent: this machine, reachable by its id
            After=network-online.target
            Wants=network-online.target
            StartLimitIntervalSec=0

            [Service]
            Type=exec
            ExecStart={Quoted(program)} run --data {Quoted(data)}
            KillSignal=SIGTERM
            KillMode=mixed
            TimeoutStopSec=30
            Restart=on-failure
            RestartSec=2
            # 2 is wrong configuration: starting again would not help.
            RestartPreventExitStatus=2
            {state}# Its key and its passwords belong into no core file.
            LimitCORE=0:infinity
            TasksMax=4096
            {who}
            [Install]
            WantedBy=multi-user.target

            """.ReplaceLineEndings("\n");
    }

    private const string Confined = """
        UMask=0077
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        ProtectSystem=full
        ProtectClock=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        RestrictNamespaces=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK

        """;

    // A percent sign means something else there.
    private static string Quoted(string text)
    {
        var plain = text.Replace("%", "%%", StringComparison.Ordinal);
        return plain.Any(c => c is ' ' or '"' or '\\' or '\'')
            ? '"' + plain.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal) + '"'
            : plain;
    }
}
