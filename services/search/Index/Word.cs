namespace Annex.Search.Index;

/// <param name="Text">Folded; letters and digits only, or one symbol.</param>
/// <param name="IsCharacter">One character of a script without spaces, or one symbol.</param>
public readonly record struct Word(string Text, bool IsCharacter);
