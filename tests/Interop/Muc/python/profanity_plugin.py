"""A plugin of profanity that does what a file says, line by line, and writes down what the client shows and receives."""
import os

import prof

FOLDER = os.environ["PROFANITY_TEST"]
done = 0


def note(kind, *parts):
    with open(os.path.join(FOLDER, "seen"), "a", encoding="utf-8") as seen:
        seen.write("\t".join([kind, *(p.replace("\n", " ") for p in parts)]) + "\n")


def obey():
    global done
    path = os.path.join(FOLDER, "wanted")
    lines = open(path, encoding="utf-8").read().split("\n")[:-1] if os.path.exists(path) else []
    for line in lines[done:]:
        done += 1
        note("done", line)
        if line.startswith("<"):
            prof.send_stanza(line)
        else:
            prof.send_line(line)


def prof_init(version, status, account_name, fulljid):
    prof.register_timed(obey, 1)


def prof_on_connect(account_name, fulljid):
    note("connected", fulljid)


def prof_post_room_message_display(barejid, nick, message):
    note("shown", barejid, nick, message)


def prof_on_message_stanza_receive(stanza):
    note("message", stanza)
    return True


def prof_on_presence_stanza_receive(stanza):
    note("presence", stanza)
    return True


def prof_on_iq_stanza_receive(stanza):
    note("iq", stanza)
    return True
