using Annex.Xmpp.Stanzas;

namespace Annex.Muc;

/// <summary>Every refusal of a room or of the service, with the type and condition that XEP-0045 gives it.</summary>
internal static class MucErrors
{
    public static readonly StanzaError NickMissing =
        StanzaError.JidMalformed.WithText("A nickname is needed: room@service/nick.");
    public static readonly StanzaError NickNotAllowed =
        StanzaError.JidMalformed.WithText("This nickname is not allowed.");
    public static readonly StanzaError NickConflict =
        StanzaError.Conflict.WithText("This nickname is taken or reserved.");

    // §7.6: cancel, not modify, in the example.
    public static readonly StanzaError NickLocked =
        new(StanzaErrorType.Cancel, "not-acceptable", "You have a registered nickname here.") { HttpStatus = 406 };

    public static readonly StanzaError Banned = StanzaError.Forbidden.WithText("You are banned from this room.");
    public static readonly StanzaError BannedByService = StanzaError.Forbidden.WithText("You are banned from this service.");
    public static readonly StanzaError MembersOnly =
        StanzaError.RegistrationRequired.WithText("This room is for members only.");
    public static readonly StanzaError PasswordRequired =
        StanzaError.NotAuthorized.WithText("This room needs the right password.");

    // §7.2.9
    public static readonly StanzaError RoomFull =
        new(StanzaErrorType.Wait, "service-unavailable", "This room is full.") { HttpStatus = 503 };

    public static readonly StanzaError NoSuchRoom = StanzaError.ItemNotFound.WithText("There is no such room.");
    public static readonly StanzaError RoomLocked =
        StanzaError.ItemNotFound.WithText("This room is not configured yet.");
    public static readonly StanzaError CreationRestricted =
        StanzaError.NotAllowed.WithText("You may not create rooms here.");
    public static readonly StanzaError TooManyRooms =
        StanzaError.ResourceConstraint.WithText("There are too many rooms.");
    public static readonly StanzaError TooManyJoined =
        StanzaError.ResourceConstraint.WithText("You are in too many rooms.");

    // §7.4, §7.5: an outsider's message.
    public static readonly StanzaError NotInRoom =
        new(StanzaErrorType.Cancel, "not-acceptable", "You are not in this room.") { HttpStatus = 406 };

    public static readonly StanzaError NoVoice = StanzaError.Forbidden.WithText("You have no voice in this room.");
    public static readonly StanzaError NoSuchOccupant =
        StanzaError.ItemNotFound.WithText("Nobody here has this nickname.");
    public static readonly StanzaError PrivateGroupchat =
        StanzaError.BadRequest.WithText("A private message is not of type groupchat.");
    public static readonly StanzaError PrivateMessagesOff =
        StanzaError.Forbidden.WithText("This room does not let you send private messages.");
    public static readonly StanzaError SubjectForbidden =
        StanzaError.Forbidden.WithText("You may not change the subject.");
    public static readonly StanzaError NotForRooms =
        StanzaError.BadRequest.WithText("Messages to a room are of type groupchat.");
    public static readonly StanzaError OutsiderAsksOccupant =
        StanzaError.BadRequest.WithText("Only occupants may ask an occupant."); // §6.6
    public static readonly StanzaError MessageTooLarge =
        StanzaError.PolicyViolation.WithText("This message is too large.");
    public static readonly StanzaError TooFast =
        new(StanzaErrorType.Wait, "policy-violation", "You send too much too fast.") { HttpStatus = 429 };

    public static readonly StanzaError MailboxFull =
        StanzaError.ResourceConstraint.WithText("This room has too much to do.");
    public static readonly StanzaError StoreAway =
        StanzaError.ResourceConstraint.WithText("This cannot be stored at the moment.");
    public static readonly StanzaError AnswerTooLong =
        StanzaError.ResourceConstraint with
        {
            Type = StanzaErrorType.Modify,
            Text = "This is too long for one answer; ask for it in pages (XEP-0059).",
        };
    public static readonly StanzaError TooManyRelays =
        StanzaError.ResourceConstraint.WithText("Too many requests are pending.");

    public static readonly StanzaError VCardTooLarge =
        StanzaError.PolicyViolation.WithText("This vCard is too large.");
    public static readonly StanzaError VCardMalformed =
        StanzaError.BadRequest.WithText("A photo of a vCard is an image in base64.");
    public static readonly StanzaError SubscriptionsOff =
        StanzaError.NotAllowed.WithText("This room does not send to those who are not in it.");
    public static readonly StanzaError TooManySubscriptions =
        StanzaError.ResourceConstraint.WithText("This room has too many subscriptions.");

    public static readonly StanzaError NotAdmin = StanzaError.Forbidden.WithText("This is for the room's admins.");
    public static readonly StanzaError NotOwner = StanzaError.Forbidden.WithText("This is for the room's owners.");
    public static readonly StanzaError NotModerator =
        StanzaError.Forbidden.WithText("This is for the room's moderators.");
    public static readonly StanzaError HigherAffiliation =
        StanzaError.NotAllowed.WithText("This cannot be done to somebody with that affiliation.");
    public static readonly StanzaError LastOwner = StanzaError.Conflict.WithText("A room needs an owner.");
    public static readonly StanzaError SelfBan = StanzaError.Conflict.WithText("You cannot ban yourself.");
    public static readonly StanzaError SelfKick = StanzaError.Conflict.WithText("You cannot kick yourself.");
    public static readonly StanzaError TooManyAffiliations =
        StanzaError.ResourceConstraint.WithText("This room's lists are full.");
    public static readonly StanzaError RegistrationOff =
        StanzaError.NotAllowed.WithText("This room's members are chosen by its admins.");
    public static readonly StanzaError NotRegistered =
        StanzaError.RegistrationRequired.WithText("You are not registered with this room."); // XEP-0077 §3.2
    public static readonly StanzaError InvitationForbidden =
        StanzaError.Forbidden.WithText("You may not invite to this room.");
}
