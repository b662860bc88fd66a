namespace Annex.Hosting.Configuration;

public enum OtlpProtocol
{
    HttpProtobuf,
    Grpc,
}
