using System.Diagnostics.Metrics;

namespace Annex.Upload;

/// <summary>What the service counts.</summary>
public sealed class UploadMetrics : IDisposable
{
    private readonly Meter _meter = new("Annex.Upload");
    private readonly Counter<long> _slots;
    private readonly Counter<long> _uploads;
    private readonly Counter<long> _uploadedBytes;
    private readonly Counter<long> _downloads;
    private readonly Counter<long> _exceptions;

    public UploadMetrics()
    {
        _slots = _meter.CreateCounter<long>("annex.upload.slots", "{slot}", "Requests for slots by their result");
        _uploads = _meter.CreateCounter<long>("annex.upload.uploads", "{upload}", "Uploads by their status");
        _uploadedBytes = _meter.CreateCounter<long>("annex.upload.uploaded", "By", "Bytes of complete uploads");
        _downloads = _meter.CreateCounter<long>("annex.upload.downloads", "{download}", "GET and HEAD by their status");
        _exceptions = _meter.CreateCounter<long>("annex.upload.exceptions", "{exception}", "Faults of ours");
    }

    public void SlotAnswered(string result) => _slots.Add(1, new KeyValuePair<string, object?>("result", result));

    public void UploadEnded(int status, long bytes)
    {
        _uploads.Add(1, new KeyValuePair<string, object?>("status", status));
        if (status == StatusCodes.Status201Created) _uploadedBytes.Add(bytes);
    }

    public void DownloadEnded(int status) => _downloads.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Failed() => _exceptions.Add(1);

    public void Watch(Func<int> activeUploads) =>
        _meter.CreateObservableGauge("annex.upload.active", activeUploads, "{upload}", "Uploads that are running");

    public void Dispose() => _meter.Dispose();
}
