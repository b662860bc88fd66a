namespace Annex.Push.Registrations;

/// <summary>The user has as many registrations as PushOptions.MaxDevicesPerUser allows.</summary>
public sealed class TooManyDevicesException() : Exception("This user has too many registered devices.");
