"""Two slixmpp clients talk in a room without pause while its service changes hands.
Arguments: host port component domain folder. Touches the file `heard` in the folder whenever both heard a message, and talks until
the file `enough` is there. Fails where messages come in another order, or somebody is seen to come or go. What comes again has to
come with the id that it had; and only after a process was killed, which the file `killed` says, may anything come again."""
import asyncio
import pathlib
import sys
import xml.etree.ElementTree as ET

import slixmpp

HOST, PORT, SERVICE, DOMAIN = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
FOLDER = pathlib.Path(sys.argv[5])
ROOM = f"relay@{SERVICE}"
MUC = "<x xmlns='http://jabber.org/protocol/muc'/>"
PATIENCE = 60


class Client(slixmpp.ClientXMPP):
    def __init__(self, name):
        super().__init__(f"{name}@{DOMAIN}/slixmpp", f"pw-{name}")
        self.ready = asyncio.Event()
        self.changed = asyncio.Event()
        self.presences = []
        self.heard = []
        self.ids = set()
        self.repeated = 0
        self.answered = 0
        self.bounced = 0
        for mechanism in ("unencrypted_plain", "unencrypted_scram", "unencrypted_cram", "unencrypted_digest"):
            setattr(self["feature_mechanisms"], mechanism, True)
        self.add_event_handler("session_start", self._start)
        self.add_filter("in", self._keep)

    async def _start(self, _):
        self.send_presence()
        self.ready.set()

    def _keep(self, stanza):
        if str(stanza["from"]).startswith(ROOM):
            xml = ET.fromstring(str(stanza))
            kind = xml.tag.split("}")[-1]
            if kind == "presence":
                self.presences.append((xml.get("from"), xml.get("type")))
            elif kind == "iq":
                self.answered += 1
            elif kind == "message" and xml.get("type") == "error":
                self.bounced += 1
            elif kind == "message":
                # slixmpp writes a stanza without the stream's own namespace.
                for body in (b.text for b in xml if b.tag.split("}")[-1] == "body"):
                    self._hear(body, next(i.get("id") for i in xml.iter("{urn:xmpp:sid:0}stanza-id")))
            self.changed.set()
        return stanza

    def _hear(self, body, stanza_id):
        if stanza_id not in self.ids:
            self.ids.add(stanza_id)
            self.heard.append(body)
        elif (FOLDER / "killed").exists():
            self.repeated += 1
        else:
            self.heard.append(f"{body} again")

    async def until(self, what, holds, patience=PATIENCE):
        deadline = asyncio.get_running_loop().time() + patience
        while not holds():
            self.changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False if what is None else sys.exit(f"{self.boundjid}: {what}; {self.presences} {self.heard[-5:]}")
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except asyncio.TimeoutError:
                pass
        return True


async def main():
    ann, bea = Client("ann"), Client("bea")
    for client in (ann, bea):
        client.connect((HOST, PORT), disable_starttls=True)
        await asyncio.wait_for(client.ready.wait(), PATIENCE)
    ann.send_raw(f"<presence to='{ROOM}/ann'>{MUC}</presence>")
    await ann.until("not in the room", lambda: (f"{ROOM}/ann", None) in ann.presences)
    ann.send_raw(f"<iq type='set' id='c' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                 "<x xmlns='jabber:x:data' type='submit'/></query></iq>")
    await ann.until("the room is still locked", lambda: ann.answered)
    bea.send_raw(f"<presence to='{ROOM}/bea'>{MUC}</presence>")
    await bea.until("not in the room", lambda: (f"{ROOM}/bea", None) in bea.presences)
    await ann.until("did not see bea", lambda: (f"{ROOM}/bea", None) in ann.presences)
    number = 0

    async def say(patience):
        nonlocal number
        number += 1
        bounced = ann.bounced
        ann.send_raw(f"<message type='groupchat' id='m{number}' to='{ROOM}'><body>{number}</body></message>")
        await ann.until(None, lambda: str(number) in ann.heard or ann.bounced > bounced, patience)
        return str(number) in ann.heard and await bea.until(None, lambda: str(number) in bea.heard, patience)

    if not await say(PATIENCE):
        sys.exit(f"the first message was not heard: {ann.bounced} came back")
    before = len(ann.presences), len(bea.presences)
    while not (FOLDER / "enough").exists():
        # One that is lost on its way between two owners is the client's to send again.
        if await say(0.5):
            (FOLDER / "heard").touch()
        await asyncio.sleep(0.05)  # as people talk, and below every limit
    if (len(ann.presences), len(bea.presences)) != before:
        sys.exit(f"somebody was seen to come or go: {ann.presences} {bea.presences}")
    for client in (ann, bea):
        numbers = [int(body) for body in client.heard if body.isdigit()]
        if len(numbers) < len(client.heard) or numbers != sorted(set(numbers)):
            sys.exit(f"{client.boundjid} heard {client.heard}")
    print(f"all seen: {number} said, {len(ann.heard)} and {len(bea.heard)} heard, {ann.bounced} came back, "
          f"{ann.repeated} and {bea.repeated} repeated")
    ann.disconnect()
    bea.disconnect()


# slixmpp takes the loop of the thread, not the one that runs.
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
