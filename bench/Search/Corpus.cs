using System.Text;
using Annex.Contracts.Events;

namespace Annex.Search.Bench;

/// <summary>Rooms and queries that look like real ones: a few words in most texts, most words in few, most rooms nearly empty.
/// The same for the same seed.</summary>
internal sealed class Corpus
{
    private static readonly string[] Syllables =
    [
        "ba", "ri", "kon", "ta", "mo", "le", "shi", "ne", "dur", "fa", "go", "pel", "sa", "tri", "vu", "wen", "xo", "zan", "qui", "hal",
    ];

    private static readonly string[] Languages = ["en", "en", "en", "de", "de", "fr", "ru", "es", "it", "pt"];

    private readonly Random _random;
    private readonly string[] _words;

    public Corpus(int seed, int words = 20_000)
    {
        _random = new Random(seed);
        var set = new HashSet<string>(StringComparer.Ordinal);
        while (set.Count < words)
        {
            var word = new StringBuilder();
            for (var i = _random.Next(2, 5); i > 0; i--)
                word.Append(Syllables[_random.Next(Syllables.Length)]);
            set.Add(word.ToString());
        }
        _words = [.. set];
    }

    public RoomState Room(int number)
    {
        // Half of the rooms have one person or nobody, one in a thousand has hundreds.
        var occupants = (int)Math.Pow(1 / (1 - _random.NextDouble()), 0.9) - 1;
        return new RoomState
        {
            Room = $"{Word()}-{number}@muc{number % 1000}.example",
            Version = 1,
            Name = Text(_random.Next(1, 5)),
            Description = _random.Next(3) == 0 ? "" : Text(_random.Next(4, 25)) + (_random.Next(4) == 0 ? $" #{Word()} #{Word()}" : ""),
            Language = _random.Next(3) == 0 ? null : Languages[_random.Next(Languages.Length)],
            Occupants = Math.Min(occupants, 3000),
            IsPublic = true,
            IsPersistent = true,
        };
    }

    /// <summary>One word in most cases, two in many, now and then the beginning of one or a phrase.</summary>
    public string Query() => _random.Next(20) switch
    {
        < 11 => Word(),
        < 16 => $"{Word()} {Word()}",
        < 19 => Word()[..3],
        _ => $"\"{Word()} {Word()}\"",
    };

    private string Text(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    // Zipf: the n-th word is about n times rarer than the first.
    private string Word() => _words[(int)Math.Min(_words.Length - 1, Math.Pow(_words.Length, _random.NextDouble()) - 1)];
}
