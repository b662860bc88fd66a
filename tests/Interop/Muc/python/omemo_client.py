"""Three people with profanity in a private group, end-to-end encrypted (OMEMO). Arguments: host port component domain."""
import fcntl
import os
import pty
import shutil
import signal
import struct
import sys
import tempfile
import termios
import threading
import time

HOST, PORT, SERVICE, DOMAIN = sys.argv[1:5]
ROOM = f"circle@{SERVICE}"
PATIENCE = 90
OWNER = "http://jabber.org/protocol/muc#owner"
AXOLOTL = "eu.siacs.conversations.axolotl"


class Profanity:
    """One profanity on a terminal of its own, with a home of its own."""

    def __init__(self, name, root):
        self.name = name
        self.folder = os.path.join(root, name)
        data = os.path.join(self.folder, "profanity")
        os.makedirs(os.path.join(data, "plugins"))
        shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "profanity_plugin.py"), os.path.join(data, "plugins"))
        with open(os.path.join(data, "accounts"), "w", encoding="utf-8") as accounts:
            accounts.write(f"[{name}@{DOMAIN}]\nenabled=true\njid={name}@{DOMAIN}\nresource=profanity\npassword=pw-{name}\n"
                           f"server={HOST}\nport={PORT}\ntls.policy=disable\nmuc.service={SERVICE}\nmuc.nick={name}\n")
        with open(os.path.join(data, "profrc"), "w", encoding="utf-8") as preferences:
            preferences.write("[plugins]\nload=profanity_plugin.py\n[ui]\nsplash=false\n")
        shutil.copy(os.path.join(data, "profrc"), os.path.join(self.folder, "profrc"))
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.environ.update(HOME=self.folder, XDG_CONFIG_HOME=self.folder, XDG_DATA_HOME=self.folder, PROFANITY_TEST=self.folder,
                              TERM="xterm", LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1")
            os.execvp("profanity", ["profanity", "-a", f"{name}@{DOMAIN}", "-l", "INFO"])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
        self.screen = bytearray()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        try:
            while chunk := os.read(self.terminal, 65536):
                self.screen = (self.screen + chunk)[-20000:]
        except OSError:
            pass  # it ended

    def want(self, *lines):
        with open(os.path.join(self.folder, "wanted"), "a", encoding="utf-8") as wanted:
            wanted.writelines(line + "\n" for line in lines)

    def notes(self):
        path = os.path.join(self.folder, "seen")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as seen:
            return [line.rstrip("\n").split("\t") for line in seen if line.endswith("\n")]

    def see(self, what, test):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for note in self.notes():
                if test(note):
                    print("seen", self.name, what, flush=True)
                    return note
            time.sleep(0.2)
        tail = "\n".join("\t".join(n)[:600] for n in self.notes()[-25:])
        raise SystemExit(f"{self.name} did not see {what}; it saw\n{tail}\non its terminal\n{self.screen[-4000:]!r}")

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


def presence(*parts):
    return lambda note: note[0] == "presence" and all(p in note[1] for p in parts)


def shown(nick, text):
    return lambda note: note == ["shown", ROOM, nick, text]


def befriend(people):
    """Prosody shows the keys that profanity publishes to contacts only."""
    pairs = [(a, b) for a in people for b in people if a is not b]
    for a, b in pairs:
        a.want(f"<presence type='subscribe' to='{b.name}@{DOMAIN}'/>")
    for a, b in pairs:
        a.see(f"{b.name}'s wish", presence('type="subscribe"', f'from="{b.name}@{DOMAIN}'))
        a.want(f"<presence type='subscribed' to='{b.name}@{DOMAIN}'/>")
    for a, b in pairs:
        a.see(f"{b.name}'s consent", presence('type="subscribed"', f'from="{b.name}@{DOMAIN}'))


def announce(person):
    """An empty list of devices, as an earlier client of the account would have left one. profanity 0.13 adds its own device to the
    list that it is given; where there is none Prosody answers with item-not-found alone, and then it publishes nothing."""
    person.want("<iq type='set' id='devices'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
                f"<publish node='{AXOLOTL}.devicelist'><item id='current'><list xmlns='{AXOLOTL}'/></item></publish>"
                "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
                "<value>http://jabber.org/protocol/pubsub#publish-options</value></field>"
                "<field var='pubsub#access_model'><value>open</value></field></x></publish-options></pubsub></iq>")
    person.see("its list of devices", lambda n: n[0] == "iq" and 'id="devices"' in n[1] and 'type="result"' in n[1])


def create(ann):
    """The room as the preset of the form makes it, with the two others as members."""
    ann.want(f"/join {ROOM} nick ann")
    ann.see("its new room", presence(f"{ROOM}/ann", "201"))
    ann.want(f"<iq type='set' id='preset' to='{ROOM}'><query xmlns='{OWNER}'><x xmlns='jabber:x:data' type='submit'>"
             "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
             "<field var='muc#roomconfig_preset'><value>private_group</value></field></x></query></iq>")
    ann.see("the private group", lambda n: n[0] == "iq" and "preset" in n[1] and "result" in n[1])
    for name in ("bea", "cid"):
        ann.want(f"<iq type='set' id='add-{name}' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                 f"<item jid='{name}@{DOMAIN}' affiliation='member'/></query></iq>")
        ann.see(f"{name} as a member", lambda n, name=name: n[0] == "iq" and f"add-{name}" in n[1] and "result" in n[1])


def live(people):
    ann, bea, cid = people
    for person in people:
        person.see("its connection", lambda n: n[0] == "connected")
        announce(person)
        person.want("/omemo gen", "/omemo trustmode blind", "/omemo policy always")
    befriend(people)
    create(ann)
    for person in (bea, cid):
        person.want(f"/join {ROOM} nick {person.name}")
        person.see("itself in the room", presence(f"{ROOM}/{person.name}", "110"))
        ann.see(f"{person.name} with the real JID", presence(f"{ROOM}/{person.name}", f"{person.name}@{DOMAIN}/profanity"))
    # The room was none for secrets yet when ann made it.
    ann.want(f"/win {ROOM}", "/omemo start")
    for person in people:
        for other in people:
            if other is not person:
                person.see(f"{other.name}'s keys", lambda n, other=other: n[0] == "iq" and f'from="{other.name}@{DOMAIN}"' in n[1]
                           and f"{AXOLOTL}.bundles" in n[1])
    for number, speaker in enumerate(people):
        text = f"secret {number} of {speaker.name}"
        speaker.want(f"/win {ROOM}", text)
        for listener in people:
            if listener is not speaker:
                listener.see(f"what {speaker.name} says in secret", shown(speaker.name, text))
    for person in people:
        wire = [n[1] for n in person.notes() if n[0] == "message" and "groupchat" in n[1]]
        encrypted = [m for m in wire if AXOLOTL in m]
        assert len(encrypted) >= 3, (person.name, wire)
        assert not any("secret" in m for m in wire), (person.name, "plain text on the wire", wire)
        assert all("stanza-id" in m and "occupant-id" in m for m in encrypted), encrypted
    print("all in secret", flush=True)


root = tempfile.mkdtemp(prefix="annex-omemo.")
everybody = []
try:
    for who in ("ann", "bea", "cid"):
        everybody.append(Profanity(who, root))
    live(everybody)
finally:
    for person in everybody:
        person.end()
    shutil.rmtree(root)
