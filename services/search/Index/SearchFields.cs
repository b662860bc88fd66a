namespace Annex.Search.Index;

/// <summary>Where words are looked for. Tags count as part of the description, where their owners write them.</summary>
[Flags]
public enum SearchFields
{
    None = 0,
    Name = 1,
    Description = 2,
    Address = 4,
    All = Name | Description | Address,
}
