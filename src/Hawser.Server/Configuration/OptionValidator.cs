using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using Hawser.Recording;

namespace Hawser.Server.Configuration;

/// <summary>
/// Checks what was given. Defaults are known to be right (a test says so), so only given values cost time.
/// </summary>
internal static class OptionValidator
{
    public static void Validate(HawserOptions options, IReadOnlyDictionary<string, OptionSetting> origins,
        List<string> errors)
    {
        foreach (var (path, setting) in origins)
        {
            Validate(OptionTable.At(path), options, OptionReader.Name(setting), errors);
        }

        string[] networks =
        [
            "rendezvous.trustedProxies", "rendezvous.lanNetworks", "relay.trustedProxies", "relay.blocklist",
                "relay.blacklist",
        ];
        foreach (var setting in networks.Where(origins.ContainsKey).Select(path => origins[path]))
        {
            var attribute = new NetworksAttribute();
            if (attribute.IsValid(setting.Option.Get(options))) continue;
            errors.Add(attribute.FormatErrorMessage(OptionReader.Name(setting)));
        }

        ValidatePorts(options, errors);
        ValidateTogether(options, errors);
    }

    internal static void Validate(OptionDefinition option, HawserOptions options, string name, List<string> errors)
    {
        var value = option.Get(options);
        foreach (var attribute in option.Property.GetCustomAttributes<ValidationAttribute>())
        {
            if (attribute.IsValid(value)) continue;
            var text = attribute.FormatErrorMessage(name).Replace("The field ", "", StringComparison.Ordinal)
                .Replace("The ", "", StringComparison.Ordinal).TrimEnd('.');
            errors.Add(option.IsSecret ? text : $"{text}, not \"{option.Text(options)}\"");
        }
    }

    private static void ValidatePorts(HawserOptions options, List<string> errors)
    {
        var roles = Roles.Of(options);
        var used = new Dictionary<int, string>();
        if (roles.Rendezvous)
        {
            Use(options.Rendezvous.Port, "--rendezvous-port");
            Use(options.Rendezvous.Port - 1, "--rendezvous-port minus 1 (NAT test and online queries)");
            Use(options.Rendezvous.Port + 2, "--rendezvous-port plus 2 (WebSocket)");
        }

        if (roles.Relay)
        {
            Use(options.Relay.Port, "--relay-port");
            Use(options.Relay.Port + 2, "--relay-port plus 2 (WebSocket)");
        }

        Use(options.Http.Port, "--http-port");
        if (roles.Recorder) Use(options.Recorder.Port, "--recorder-port");

        void Use(int port, string name)
        {
            if (port == 0) return;
            if (!used.TryAdd(port, name)) errors.Add($"{name} and {used[port]} are both port {port}");
        }
    }

    private static void ValidateTogether(HawserOptions options, List<string> errors)
    {
        ValidateRecorder(options.Recorder, errors);
        if (options.AnnounceTo.Length > 0
            && options.JoinKey.Length == 0) errors.Add("--announce-to needs --join-key-file (or --join-key)");
        if (options.AnnounceTo.Length > 0 && options.Advertise.Length == 0)
        {
            errors.Add("--announce-to needs --advertise: the host (and port) of this relay as clients reach it");
        }
    }

    private static void ValidateRecorder(RecordingOptions options, List<string> errors)
    {
        if (options.Bind is not ("" or "*") && !IPAddress.TryParse(options.Bind, out _))
        {
            errors.Add($"--recorder-bind must be an IP address or *, not \"{options.Bind}\"");
        }

        if (!new HttpAddressAttribute().IsValid(options.PublicAddress))
        {
            errors.Add("--recorder-public-address must be an address such as https://rec.example");
        }

        if (options.S3Bucket.Length > 0 && !new HttpAddressAttribute().IsValid(options.S3Endpoint))
        {
            errors.Add("--recorder-s3-endpoint must be an address such as https://s3.example");
        }

        if (!new HttpAddressAttribute().IsValid(options.S3PublicAddress))
        {
            errors.Add("--recorder-s3-public-address must be an address such as https://s3.example");
        }

        if (options.S3AccessKey.Length > 0 != options.S3SecretKey.Length > 0)
        {
            errors.Add("--recorder-s3-access-key and --recorder-s3-secret-key belong together");
        }

        foreach (var origin in options.AllowedOrigins.Where(o => o != "*" && !new HttpAddressAttribute().IsValid(o)))
        {
            errors.Add($"--recorder-allowed-origins must hold addresses such as https://app.example, not \"{origin}\"");
        }
    }
}
