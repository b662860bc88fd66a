using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>Between the contract's shapes and the domain's.</summary>
internal static class Wire
{
    /// <summary>Does something at the desk; a refusal becomes the contract's status.</summary>
    public static async Task<T> AnswerAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DeskException e)
        {
            throw new RpcException(new Status(StatusOf(e.Problem), e.Message));
        }
        catch (Exception e) when (e is NpgsqlException or RoomRefusedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the database is away"));
        }
    }

    public static Task<T> AnswerAsync<T>(Func<Task> work, T answer) => AnswerAsync(async () =>
    {
        await work();
        return answer;
    });

    /// <summary>A bare JID of a room or person.</summary>
    public static Jid Address(string text) => Jid.TryParse(text, out var jid) ? jid.Bare : throw Invalid($"'{text}' is no address");

    public static Jid Person(string text) =>
        Address(text) is { HasLocal: true } person ? person : throw Invalid($"'{text}' is no person's address");

    public static DateTimeOffset? Time(Timestamp? time)
    {
        try
        {
            return time?.ToDateTimeOffset();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw Invalid("a time is out of range");
        }
    }

    public static string? Text(string text, int limit = 4000) => text.Length == 0 ? null
        : text.Length <= limit ? text : throw Invalid($"a text has at most {limit} characters");

    public static V1.Affiliation Of(Affiliation affiliation) => affiliation switch
    {
        Affiliation.Outcast => V1.Affiliation.Outcast,
        Affiliation.Member => V1.Affiliation.Member,
        Affiliation.Admin => V1.Affiliation.Admin,
        Affiliation.Owner => V1.Affiliation.Owner,
        _ => V1.Affiliation.None,
    };

    public static Affiliation Of(V1.Affiliation affiliation) => affiliation switch
    {
        V1.Affiliation.None => Affiliation.None,
        V1.Affiliation.Outcast => Affiliation.Outcast,
        V1.Affiliation.Member => Affiliation.Member,
        V1.Affiliation.Admin => Affiliation.Admin,
        V1.Affiliation.Owner => Affiliation.Owner,
        _ => throw Invalid("an affiliation is missing"),
    };

    /// <summary>A submitted muc#roomconfig; names stand with or without their prefix.</summary>
    public static DataForm Form(RepeatedField<V1.ConfigurationValue> values)
    {
        var form = new DataForm(FormType.Submit, MucNamespaces.RoomConfig);
        foreach (var value in values)
        {
            var name = ConfigurationFields.Find(value.Field) is not null ? value.Field : ConfigurationFields.Prefix + value.Field;
            var isList = name is ConfigurationFields.Admins or ConfigurationFields.Owners;
            if (!isList && ConfigurationFields.Find(name) is null)
                throw Invalid($"'{value.Field}' is no field of a room's configuration");
            form.Add(new Annex.Xmpp.Extensions.Forms.Field(name, null, value.Values));
        }
        return form;
    }

    public static RpcException Invalid(string problem) => new(new Status(StatusCode.InvalidArgument, problem));

    public static RpcException NotFound(string problem = "there is no such room") => new(new Status(StatusCode.NotFound, problem));

    private static StatusCode StatusOf(DeskProblem problem) => problem switch
    {
        DeskProblem.NotFound => StatusCode.NotFound,
        DeskProblem.Exists => StatusCode.AlreadyExists,
        DeskProblem.Invalid => StatusCode.InvalidArgument,
        DeskProblem.Full => StatusCode.ResourceExhausted,
        DeskProblem.Away => StatusCode.Unavailable,
        _ => StatusCode.FailedPrecondition,
    };
}
