using System.Security.Cryptography;

namespace Annex.Push.Providers.Fcm;

/// <summary>One Firebase project of the operator's, from its service account's JSON file.</summary>
/// <param name="Name">What registrations and publish-options call it (pushModule).</param>
/// <param name="ProjectId">project_id of the file.</param>
/// <param name="ClientEmail">client_email: issuer of the assertion.</param>
/// <param name="Key">private_key.</param>
/// <param name="TokenServer">token_uri: where the assertion is exchanged.</param>
/// <param name="Server">https://fcm.googleapis.com, or a scripted peer.</param>
public sealed record FcmApp(string Name, string ProjectId, string ClientEmail, RSA Key, Uri TokenServer, Uri Server);
