using Hawser.Bench.Machine;

namespace Hawser.Bench.Servers;

/// <summary>The programs that Hawser is held against, on ports of their own.</summary>
internal static class Anchors
{
    /// <summary>haproxy, passing on to a port; splice in both directions.</summary>
    public static Child Haproxy(BenchContext bench, int port, int onward)
    {
        var file = bench.Tools.InWork($"haproxy-{port}.cfg");
        File.WriteAllText(file, $"""
            global
                maxconn 8900
                maxpipes 500
                nbthread {Environment.ProcessorCount}
            defaults
                mode tcp
                timeout connect 5s
                timeout client 300s
                timeout server 300s
                option splice-request
                option splice-response
            listen r
                bind 127.0.0.1:{port} backlog 4096
                server s 127.0.0.1:{onward}

            """);
        return Child.Start("haproxy", ["-db", "-f", file]);
    }

    /// <summary>nginx stream with a 128 KiB buffer, passing on to a port.</summary>
    public static Child Nginx(BenchContext bench, int port, int onward)
    {
        var file = bench.Tools.InWork($"nginx-{port}.conf");
        File.WriteAllText(file, $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            daemon off;
            worker_processes {{Environment.ProcessorCount}};
            worker_rlimit_nofile 20000;
            pid {{bench.Tools.InWork($"nginx-{port}.pid")}};
            error_log {{bench.Tools.InWork($"nginx-{port}.log")}};
            events { worker_connections 19900; }
            stream {
                server {
                    listen 127.0.0.1:{{port}} backlog=4096;
                    proxy_pass 127.0.0.1:{{onward}};
                    proxy_timeout 300s;
                    tcp_nodelay on;
                    proxy_buffer_size 128k;
                }
            }

            """);
        return Child.Start("nginx", ["-c", file]);
    }

    /// <summary>nginx that answers everything with an empty object.</summary>
    public static Child NginxHttp(BenchContext bench, int port)
    {
        var file = bench.Tools.InWork($"nginx-{port}.conf");
        File.WriteAllText(file, $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes {{Environment.ProcessorCount}};
            pid {{bench.Tools.InWork($"nginx-{port}.pid")}};
            error_log {{bench.Tools.InWork($"nginx-{port}.log")}};
            events { worker_connections 4096; }
            http {
                access_log off;
                keepalive_requests 100000000;
                keepalive_timeout 300s;
                client_body_buffer_size 16k;
                server {
                    listen 127.0.0.1:{{port}} backlog=4096;
                    location / { default_type application/json; return 200 "{}"; }
                }
            }
            """);
        return Child.Start("nginx", ["-c", file]);
    }

    /// <summary>nginx that takes files by PUT, into a folder on the same disk.</summary>
    public static Child NginxPut(BenchContext bench, int port)
    {
        var file = bench.Tools.InWork($"nginx-{port}.conf");
        var folder = bench.Tools.InWork($"put-{port}");
        foreach (var name in (string[])["root", "temp"]) Directory.CreateDirectory(Path.Combine(folder, name));
        File.WriteAllText(file, $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes {{Environment.ProcessorCount}};
            pid {{bench.Tools.InWork($"nginx-{port}.pid")}};
            error_log {{bench.Tools.InWork($"nginx-{port}.log")}};
            events { worker_connections 4096; }
            http {
                access_log off;
                keepalive_requests 100000000;
                keepalive_timeout 300s;
                client_max_body_size 64m;
                client_body_buffer_size 128k;
                client_body_temp_path {{folder}}/temp;
                server {
                    listen 127.0.0.1:{{port}} backlog=4096;
                    root {{folder}}/root;
                    location / { dav_methods PUT; }
                }
            }
            """);
        return Child.Start("nginx", ["-c", file]);
    }

    /// <summary>A plain minimal API on Kestrel.</summary>
    public static Child MinimalApi(BenchContext bench, int port) => Child.Start(bench.Tools.MinimalApi, [$"{port}"]);

    /// <summary>The Tokio stand-in as a relay; null when it is not built.</summary>
    public static Child? StandinRelay(BenchContext bench, int port, int onward) =>
        bench.Tools.Standin.Length == 0 ? null : Child.Start(bench.Tools.Standin, ["framed", $"{port}", $"{onward}"]);

    /// <summary>The Tokio stand-in as a registrar; null when it is not built.</summary>
    public static Child? StandinRegistrar(BenchContext bench, int port) =>
        bench.Tools.Standin.Length == 0 ? null : Child.Start(bench.Tools.Standin, ["udp", $"{port}"]);

    /// <summary>The C echo with recvmmsg: the ceiling of any registrar.</summary>
    public static Child UdpEcho(BenchContext bench, int port) =>
        Child.Start(bench.Tools.InWork("udpecho"), [$"{port}", "64"]);
}
