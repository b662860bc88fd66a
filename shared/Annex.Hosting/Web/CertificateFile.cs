using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Annex.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Web;

/// <summary>A certificate from PEM files, read again when they change: renewals need no restart.</summary>
internal sealed class CertificateFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly string _certificate;
    private readonly string _key;
    private readonly string _option;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private X509Certificate2 _current;
    private DateTime _written;
    private long _looked;

    /// <exception cref="StartException">The files hold no usable pair of certificate and key.</exception>
    public CertificateFile(HttpOptions options, string listenKey, TimeProvider time, ILogger logger)
    {
        _certificate = options.Certificate!;
        _key = string.IsNullOrEmpty(options.CertificateKey) ? _certificate : options.CertificateKey;
        _option = listenKey.Replace(":Listen", ":Certificate", StringComparison.Ordinal);
        (_time, _logger) = (time, logger);
        try
        {
            _current = Read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{_option}: {_certificate} cannot be read: {e.Message}", e);
        }
        _written = Written();
        _looked = time.GetTimestamp();
    }

    public X509Certificate2 Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) > LookEvery)
                    Look();
                return _current;
            }
        }
    }

    private void Look()
    {
        _looked = _time.GetTimestamp();
        try
        {
            var written = Written();
            if (written == _written)
                return;
            // Connections that were accepted with the old one still use it; it is left to the collector.
            _current = Read();
            _written = written;
            Log.CertificateRead(_logger, _option, _current.NotAfter);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Certificate and key are two files and may be read between their being written: the next look decides.
            Log.CertificateUnreadable(_logger, _option, _certificate, e.Message);
        }
    }

    private X509Certificate2 Read() => X509Certificate2.CreateFromPemFile(_certificate, _key);

    private DateTime Written()
    {
        var certificate = File.GetLastWriteTimeUtc(_certificate);
        var key = File.GetLastWriteTimeUtc(_key);
        return certificate > key ? certificate : key;
    }
}
