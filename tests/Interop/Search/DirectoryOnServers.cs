using Xunit;

namespace Annex.Interop.Search;

/// <summary>On Prosody.</summary>
public sealed class DirectoryOnProsody(ProsodyWorld world) : DirectoryConversations(world), IClassFixture<ProsodyWorld>;

/// <summary>On ejabberd.</summary>
public sealed class DirectoryOnEjabberd(EjabberdWorld world) : DirectoryConversations(world), IClassFixture<EjabberdWorld>;
