namespace Grpc.Core;

/// <summary>Named by the code that the protobuf compiler's plugin writes.</summary>
public static class Marshallers
{
    public static Marshaller<T> Create<T>(
        Action<T, SerializationContext> serializer,
        Func<DeserializationContext, T> deserializer) => new(serializer, deserializer);
}
