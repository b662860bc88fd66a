namespace Grpc.Core;

/// <summary>Turns one type of message into bytes and back.</summary>
public sealed class Marshaller<T>(
    Action<T, SerializationContext> serializer,
    Func<DeserializationContext, T> deserializer)
{
    public Action<T, SerializationContext> ContextualSerializer { get; } = serializer;

    public Func<DeserializationContext, T> ContextualDeserializer { get; } = deserializer;
}
