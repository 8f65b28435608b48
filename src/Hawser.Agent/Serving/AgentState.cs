using Hawser.Session.Connecting;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>What a running agent knows, and keeps in its folder when it changes.</summary>
internal sealed class AgentState
{
    private readonly AgentFolder _folder;
    private readonly Lock _gate = new();
    private HostSettings _settings;
    private long _modifiedAt;

    public AgentState(AgentFolder folder)
    {
        _folder = folder;
        Config = folder.Config;
        Identity = folder.Identity;
        var options = folder.Options;
        _settings = new HostSettings(options.Values);
        _modifiedAt = options.ModifiedAt;
        Uuid = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Identity.Uuid));
    }

    public AgentConfig Config { get; }

    public AgentIdentity Identity { get; }

    /// <summary>The machine's uuid as the API has it.</summary>
    public string Uuid { get; }

    public HostSettings Settings
    {
        get
        {
            lock (_gate) return _settings;
        }
    }

    public long ModifiedAt
    {
        get
        {
            lock (_gate) return _modifiedAt;
        }
    }

    /// <summary>The API server; null when nobody can say where it is.</summary>
    public Uri? Api
    {
        get
        {
            if (Config.Api.Length > 0)
            {
                return Uri.TryCreate(Config.Api.TrimEnd('/') + "/", UriKind.Absolute, out var own) ? own : null;
            }

            return ServerName.TryParse(Config.Server, ServerName.RendezvousPort, out var server)
                ? new UriBuilder("http", server.Host, server.Port - 2).Uri : null;
        }
    }

    public void Stamp(long modifiedAt)
    {
        lock (_gate)
        {
            _modifiedAt = modifiedAt;
            Save();
        }
    }

    public void Change(IEnumerable<KeyValuePair<string, string>> changes)
    {
        lock (_gate)
        {
            _settings = _settings.With(changes);
            Save();
        }
    }

    private void Save() => _folder.Options = new AgentOptions(
        new SortedDictionary<string, string>(_settings.Values.ToDictionary(), StringComparer.Ordinal), _modifiedAt);
}
