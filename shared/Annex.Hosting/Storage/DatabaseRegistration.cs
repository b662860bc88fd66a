using Microsoft.EntityFrameworkCore;

namespace Annex.Hosting.Storage;

/// <summary>One service's database, as AddDatabase was told.</summary>
internal sealed record DatabaseRegistration(
    string Service, string Schema, Func<IServiceProvider, DbContext> CreateContext);
