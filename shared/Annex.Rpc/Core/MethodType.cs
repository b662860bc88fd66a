namespace Grpc.Core;

/// <summary>Who sends one message and who sends many. Annex's contracts use the first and the third.</summary>
public enum MethodType
{
    Unary,
    ClientStreaming,
    ServerStreaming,
    DuplexStreaming,
}
