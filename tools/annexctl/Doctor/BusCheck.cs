using System.Net.Sockets;

namespace Annex.Ctl.Doctor;

/// <summary>RabbitMQ, where the services use it.</summary>
internal static class BusCheck
{
    public static async Task RunAsync(Examination examination)
    {
        if (!Uri.TryCreate(examination.Configuration.Shared.Bus.RabbitMq, UriKind.Absolute, out var address))
            return;
        var port = address.Port > 0 ? address.Port : address.Scheme == "amqps" ? 5671 : 5672;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(examination.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(5));
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, port, patience.Token);
            examination.Good("bus", $"RabbitMQ listens at {address.Host}:{port}");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !examination.CancellationToken.IsCancellationRequested)
        {
            examination.Problem("bus", null, $"RabbitMQ does not answer at {address.Host}:{port}: {e.Message}",
                "Start it or correct Bus:RabbitMq; the services work without it, and their events wait in the database.");
        }
    }
}
