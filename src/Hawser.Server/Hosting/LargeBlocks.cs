using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hawser.Server.Hosting;

/// <summary>
/// Gives the listeners that uploads come through large blocks to receive into, and the others what Kestrel has. Kestrel
/// asks for a pool when it binds an address and does not say which; so the address is remembered on the way there.
/// </summary>
internal sealed class LargeBlocks(Func<EndPoint, int> blocksOf, TimeProvider time)
{
    private readonly AsyncLocal<EndPoint?> _binding = new();

    /// <summary>Puts itself around Kestrel's transport and its pools, neither of which is public.</summary>
    /// <param name="services">After Kestrel was added.</param>
    /// <param name="blocksOf">How many large blocks the listener of an address may use; 0: none.</param>
    /// <param name="time">The clock.</param>
    public static void Decorate(IServiceCollection services, Func<EndPoint, int> blocksOf, TimeProvider time)
    {
        var blocks = new LargeBlocks(blocksOf, time);
        var pools = services.Last(s => s.ServiceType == typeof(IMemoryPoolFactory<byte>));
        services.RemoveAll<IMemoryPoolFactory<byte>>();
        services.AddSingleton<IMemoryPoolFactory<byte>>(
            provider => new PoolFactory(blocks, Make<IMemoryPoolFactory<byte>>(pools, provider)));
        var transports = services.Where(s => s.ServiceType == typeof(IConnectionListenerFactory)).ToArray();
        services.RemoveAll<IConnectionListenerFactory>();
        foreach (var transport in transports)
        {
            services.AddSingleton<IConnectionListenerFactory>(
                provider => new Transport(blocks, Make<IConnectionListenerFactory>(transport, provider)));
        }
    }

    private MemoryPool<byte> Around(MemoryPool<byte> made)
    {
        var count = _binding.Value is { } address ? blocksOf(address) : 0;
        return count > 0 ? new LargeBlockPool(made, count, time) : made;
    }

    private static T Make<T>(ServiceDescriptor descriptor, IServiceProvider provider) =>
        (T)(descriptor.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));

    private sealed class PoolFactory(LargeBlocks blocks, IMemoryPoolFactory<byte> inner) : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => blocks.Around(inner.Create(options));
    }

    private sealed class Transport(LargeBlocks blocks, IConnectionListenerFactory inner)
        : IConnectionListenerFactory, IConnectionListenerFactorySelector
    {
        public async ValueTask<IConnectionListener> BindAsync(
            EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            // For this call alone: what an async method sets is forgotten where it returns.
            blocks._binding.Value = endpoint;
            return await inner.BindAsync(endpoint, cancellationToken);
        }

        public bool CanBind(EndPoint endpoint) =>
            inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);
    }
}
