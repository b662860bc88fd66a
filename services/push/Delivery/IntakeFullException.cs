namespace Annex.Push.Delivery;

/// <summary>More publishes wait to be written than DeliveryOptions.MaxIntake allows.</summary>
public sealed class IntakeFullException() : Exception("Too many pushes are waiting to be stored.");
