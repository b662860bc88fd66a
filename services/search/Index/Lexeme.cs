namespace Annex.Search.Index;

/// <summary>A word of a room as the database has it: the word itself or its stem.</summary>
/// <param name="Places">Position times four plus weight: 3 name (A), 2 address (B), 1 description (C), 0 tags (D); ascending.</param>
public readonly record struct Lexeme(string Text, ushort[] Places);
