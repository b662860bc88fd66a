namespace Annex.Scenarios.Upload;

/// <summary>Where the files of a test go, and which way.</summary>
public enum StoreKind { Disk, Ceph, CephPreSigned }
