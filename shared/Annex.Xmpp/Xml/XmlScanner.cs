// Hot path
namespace Annex.Xmpp.Xml;

/// <summary>
/// Checks one element byte by byte and remembers where its parts stand. The caller gives the element's bytes from its
/// first <c>&lt;</c> on, each time all of them so far; a scan goes on where the last one ran out, so that a stanza that
/// arrives in single bytes costs no more than one that arrives whole. What is wrong is found at the same byte however
/// the bytes are split. All offsets count from the element's first byte.
/// </summary>
internal sealed partial class XmlScanner
{
    private const byte Lt = (byte)'<', Gt = (byte)'>', Amp = (byte)'&', Slash = (byte)'/', Colon = (byte)':';

    private readonly XmlLimits _limits;
    private readonly bool _onlyOpeningTag;
    private readonly bool _toleratesExcess;
    private State _state = State.First;
    private int _pos;
    private int _depth;

    // Where the name, end tag or marked section under way began; for a reference its ampersand.
    private int _token;
    private int _colon;
    private int _valueStart;
    private byte _quote;
    private bool _inValue;

    /// <param name="limits">What the element may cost; the size is the caller's to keep.</param>
    /// <param name="onlyOpeningTag">Stop after the first tag: the header of a stream.</param>
    /// <param name="toleratesExcess">Breaking a limit does not throw: see <see cref="IsExcessive"/>.</param>
    public XmlScanner(XmlLimits limits, bool onlyOpeningTag = false, bool toleratesExcess = false)
    {
        _toleratesExcess = toleratesExcess;
        _limits = limits;
        _onlyOpeningTag = onlyOpeningTag;
    }

    private enum State : byte
    {
        First, Content, TagOpen, StartName, Tag, TagSpace, TagEnd, AttributeName, EqualSign, Quote, Value, Reference,
        EmptyClose, EndName, EndClose, Section, Cdata, Done,
    }

    /// <summary>Bytes of the finished element.</summary>
    public int End { get; private set; }

    /// <summary>The element breaks a limit. It is only followed to its end, by its tags' names; nothing else is known of it from
    /// there on, so that it costs time and memory in proportion to its bytes, whatever it is.</summary>
    public bool IsExcessive { get; private set; }

    /// <summary>Starts over for the next element of the same stream.</summary>
    public void Reset()
    {
        _state = State.First;
        _pos = _depth = _bindingCount = 0;
        IsExcessive = false;
        if (_open.Length > MostOpenKept) _open = new OpenTag[8];
        ResetEnvelope();
    }

    /// <summary>Goes on; true when the element is finished and <see cref="End"/> is set.</summary>
    /// <exception cref="XmlStreamException">A rule is broken.</exception>
    // One switch, longer than functions are here: each state falls into the next without leaving, which is what makes
    // it fast.
    public bool Scan(ReadOnlySpan<byte> data)
    {
        int pos = _pos;
        switch (_state)
        {
            case State.First:
                if (data.IsEmpty) return false;
                if (data[0] != Lt) throw XmlStreamException.NotWellFormed("An element was expected.");
                pos = 1;
                goto case State.TagOpen;

            case State.Content:
                while (true)
                {
                    int i = data[pos..].IndexOfAny(Lt, Amp, Gt);
                    if (i < 0) return Suspend(State.Content, data.Length);
                    pos += i;
                    byte b = data[pos++];
                    if (b == Lt) goto case State.TagOpen;
                    if (b == Amp)
                    {
                        _token = pos - 1;
                        _inValue = false;
                        goto case State.Reference;
                    }

                    // Markup before the text ends in '>', so two brackets here can only be text (XML 1.0 §2.4).
                    if (data[pos - 2] == (byte)']' && data[pos - 3] == (byte)']')
                        throw XmlStreamException.NotWellFormed("]]> is not allowed in text.");
                }

            case State.TagOpen:
                if (pos == data.Length) return Suspend(State.TagOpen, pos);
                _token = pos;
                if (data[pos] == Slash)
                {
                    if (_depth == 0) throw XmlStreamException.NotWellFormed("An end tag without a start tag.");
                    _token = ++pos;
                    goto case State.EndName;
                }

                if (data[pos] == (byte)'!')
                {
                    _token = ++pos;
                    goto case State.Section;
                }

                if (data[pos] == (byte)'?')
                    throw XmlStreamException.Restricted("Processing instructions are not allowed.");
                _colon = -1;
                goto case State.StartName;

            case State.StartName:
                if (!ReadName(data, ref pos)) return Suspend(State.StartName, pos);
                StartTag(data, pos);
                goto case State.Tag;

            case State.Tag:
                if (pos == data.Length) return Suspend(State.Tag, pos);
                if (!XmlChars.IsSpace(data[pos])) goto case State.TagEnd;
                pos++;
                goto case State.TagSpace;

            case State.TagSpace:
                if (!SkipSpace(data, ref pos)) return Suspend(State.TagSpace, pos);
                if (data[pos] is Gt or Slash) goto case State.TagEnd;
                _token = pos;
                _colon = -1;
                goto case State.AttributeName;

            case State.TagEnd:
                if (data[pos] == Slash)
                {
                    pos++;
                    goto case State.EmptyClose;
                }

                if (data[pos++] != Gt)
                    throw XmlStreamException.NotWellFormed("White space, / or > was expected in a tag.");
                OpenElement(data, pos, isEmpty: false);
                if (_onlyOpeningTag) return Finish(data, pos);
                goto case State.Content;

            case State.AttributeName:
                if (!ReadName(data, ref pos)) return Suspend(State.AttributeName, pos);
                StartAttribute(data, pos);
                goto case State.EqualSign;

            case State.EqualSign:
                if (!SkipSpace(data, ref pos)) return Suspend(State.EqualSign, pos);
                if (data[pos++] != (byte)'=') throw XmlStreamException.NotWellFormed("An attribute without a value.");
                goto case State.Quote;

            case State.Quote:
                if (!SkipSpace(data, ref pos)) return Suspend(State.Quote, pos);
                _quote = data[pos++];
                if (_quote is not ((byte)'\'' or (byte)'"'))
                    throw XmlStreamException.NotWellFormed("An attribute's value without quotes.");
                _valueStart = pos;
                goto case State.Value;

            case State.Value:
                {
                    int i = data[pos..].IndexOfAny(_quote, Lt, Amp);
                    if (i < 0) return Suspend(State.Value, data.Length);
                    pos += i;
                    byte b = data[pos++];
                    if (b == Lt) throw XmlStreamException.NotWellFormed("< is not allowed in an attribute.");
                    if (b != Amp)
                    {
                        EndAttribute(pos - 1);
                        goto case State.Tag;
                    }

                    _token = pos - 1;
                    _inValue = true;
                    goto case State.Reference;
                }

            case State.Reference:
                if (!ReadReference(data, ref pos)) return Suspend(State.Reference, pos);
                if (_inValue) goto case State.Value;
                goto case State.Content;

            case State.EmptyClose:
                if (pos == data.Length) return Suspend(State.EmptyClose, pos);
                if (data[pos++] != Gt) throw XmlStreamException.NotWellFormed("> was expected after /.");
                OpenElement(data, pos, isEmpty: true);
                if (_depth == 0) return Finish(data, pos);
                goto case State.Content;

            case State.EndName:
                if (!MatchEndName(data, ref pos)) return Suspend(State.EndName, pos);
                goto case State.EndClose;

            case State.EndClose:
                if (!SkipSpace(data, ref pos)) return Suspend(State.EndClose, pos);
                if (data[pos++] != Gt)
                    throw XmlStreamException.NotWellFormed("An end tag does not match its start tag.");
                CloseElement();
                if (_depth == 0) return Finish(data, pos);
                goto case State.Content;

            case State.Section:
                if (!MatchSection(data, ref pos)) return Suspend(State.Section, pos);
                goto case State.Cdata;

            case State.Cdata:
                {
                    int i = data[pos..].IndexOf("]]>"u8);
                    if (i < 0) return Suspend(State.Cdata, Math.Max(pos, data.Length - 2));
                    pos += i + 3;
                    goto case State.Content;
                }

            default:
                return true;
        }
    }

    private bool Suspend(State state, int pos)
    {
        _state = state;
        _pos = pos;
        return false;
    }

    private bool Finish(ReadOnlySpan<byte> data, int pos)
    {
        _state = State.Done;
        _pos = End = pos;
        XmlChars.Check(data[..pos]);
        return true;
    }

    private static bool SkipSpace(ReadOnlySpan<byte> data, ref int pos)
    {
        int p = pos;
        while ((uint)p < (uint)data.Length && XmlChars.IsSpace(data[p])) p++;
        pos = p;
        return p < data.Length;
    }

    /// <summary>Reads a qualified name from _token on; false where the data ends before it does.</summary>
    private bool ReadName(ReadOnlySpan<byte> data, ref int pos)
    {
        int p = pos;
        while (true)
        {
            while ((uint)p < (uint)data.Length && XmlChars.IsNameByte(data[p])) p++;
            pos = p;
            if (p == data.Length) return false;
            byte b = data[p];
            if (b == Colon)
            {
                // Namespaces in XML 1.0 §4: at most one colon, with a name on either side.
                if (_colon >= 0) throw XmlStreamException.NotWellFormed("A name with two colons.");
                _colon = p++;
            }
            else if (b >= 0x80)
            {
                if (!XmlChars.TryReadNameRune(data, ref p)) return false;
            }
            else
            {
                break;
            }
        }

        bool ok = XmlChars.StartsName(data[_token..p]) && (_colon < 0 || XmlChars.StartsName(data[(_colon + 1)..p]));
        return ok ? true : throw XmlStreamException.NotWellFormed("A name was expected.");
    }

    private bool ReadReference(ReadOnlySpan<byte> data, ref int pos)
    {
        while (pos < data.Length)
        {
            byte b = data[pos++];
            if (b == (byte)';')
            {
                XmlText.CheckReference(data[(_token + 1)..(pos - 1)]);
                return true;
            }

            if (!XmlChars.IsNameByte(b) && b < 0x80 && b != Colon && !(b == (byte)'#' && pos == _token + 2))
                throw XmlStreamException.NotWellFormed("& without a reference.");
        }

        return false;
    }

    private bool MatchEndName(ReadOnlySpan<byte> data, ref int pos)
    {
        ref readonly var open = ref _open[_depth - 1];
        int done = pos - _token;
        int n = Math.Min(open.NameLength - done, data.Length - pos);
        if (!data.Slice(pos, n).SequenceEqual(data.Slice(open.NameStart + done, n)))
            throw XmlStreamException.NotWellFormed("An end tag does not match its start tag.");
        pos += n;
        return pos - _token == open.NameLength;
    }

    private bool MatchSection(ReadOnlySpan<byte> data, ref int pos)
    {
        var mark = "[CDATA["u8;
        for (; pos < data.Length; pos++)
        {
            int i = pos - _token;
            if (i == mark.Length) return true;
            if (data[pos] == mark[i] && _depth > 0) continue;
            if (i == 0 && data[pos] != mark[0])
                throw XmlStreamException.Restricted("Comments and declarations are not allowed.");
            throw XmlStreamException.NotWellFormed("A marked section that is no CDATA inside an element.");
        }

        return pos - _token == mark.Length;
    }
}
