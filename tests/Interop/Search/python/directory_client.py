"""A slixmpp client makes rooms and looks for them. Arguments: host port domain user password; then one of
  life         a room of ours is made public, hidden, made public again, destroyed; prints how long each took to show
  local        what a client finds that only reads disco#items and disco#info of the service
  pelican      a room of ours with a language
  stay         the same, and stays in it until it is killed
  others       rooms of the server's own MUC service, of every kind, one with a picture
"""
import asyncio
import base64
import sys
import time
import xml.etree.ElementTree as ET

import slixmpp

HOST, PORT, DOMAIN, USER, PASSWORD, WHAT = sys.argv[1], int(sys.argv[2]), *sys.argv[3:7]
OURS, THEIRS, SEARCH = f"muc.{DOMAIN}", f"conference.{DOMAIN}", f"api@search.{DOMAIN}"
NS = "urn:xmpp:channel-search:0:search"
X = "{jabber:x:data}"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(f"{USER}@{DOMAIN}/slixmpp", PASSWORD)
        self.ready = asyncio.Event()
        for plugin in ("xep_0004", "xep_0030", "xep_0045", "xep_0059"):
            self.register_plugin(plugin)
        for mechanism in ("unencrypted_plain", "unencrypted_scram", "unencrypted_cram", "unencrypted_digest"):
            setattr(self["feature_mechanisms"], mechanism, True)
        self.add_event_handler("session_start", self._start)

    async def _start(self, _):
        self.send_presence()
        await self.get_roster()
        self.ready.set()

    async def ask(self, to, kind, payload):
        iq = self.make_iq_get(ito=to) if kind == "get" else self.make_iq_set(ito=to)
        iq.append(ET.fromstring(payload))
        return ET.fromstring(str(await iq.send(timeout=30)))

    async def configure(self, room, **options):
        fields = "".join(f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>" for name, value in options.items())
        await self.ask(room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                       f"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>{fields}</x></query>")

    async def make(self, room, **options):
        await self.plugin["xep_0045"].join_muc_wait(room, "ann", maxstanzas=0, timeout=30)
        await self.configure(room, **options)

    async def search(self, text):
        reply = await self.ask(SEARCH, "get", f"<search xmlns='{NS}'><x xmlns='jabber:x:data' type='submit'>"
                               "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field>"
                               f"<field var='q'><value>{text}</value></field></x></search>")
        return [item.get("address") for item in reply.iter(f"{{{NS}}}item")]

    async def until(self, text, room, is_found):
        start = time.monotonic()
        while (room in await self.search(text)) != is_found:
            if time.monotonic() - start > 20:
                raise SystemExit(f"{room} is {'not found' if is_found else 'still found'}")
            await asyncio.sleep(0.02)
        return round((time.monotonic() - start) * 1000)


PUBLIC = dict(persistentroom=1, publicroom=1, membersonly=0, passwordprotectedroom=0)


async def life(client):
    room = f"walrus@{OURS}"
    await client.make(room, roomname="Walrus colony", roomdesc="On the ice #sea", **PUBLIC)
    print("made public: found after", await client.until("walrus", room, True), "ms")
    await client.configure(room, publicroom=0)
    print("hidden: gone after", await client.until("walrus", room, False), "ms")
    await client.configure(room, publicroom=1)
    print("public again: found after", await client.until("walrus", room, True), "ms")
    form = await client.ask(SEARCH, "get", f"<search xmlns='{NS}'/>")
    print("form", sorted(f.get("var") for f in form.iter(X + "field")))
    kept = f"kelp@{OURS}"
    await client.make(kept, roomname="Kelp forest", **PUBLIC)
    await client.until("kelp", kept, True)
    await client.ask(room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>")
    print("destroyed: gone after", await client.until("walrus", room, False), "ms")


async def local(client):
    # As a client without a directory does: the server's items, those that are MUC services, their items, each one's info.
    disco = client.plugin["xep_0030"]
    services = [i[0] for i in (await disco.get_items(DOMAIN, timeout=30))["disco_items"]["items"]]
    for service in services:
        try:
            info = await disco.get_info(service, timeout=30)
        except slixmpp.exceptions.IqError:
            continue
        if "http://jabber.org/protocol/muc" not in info["disco_info"]["features"] or service != OURS:
            continue
        for room, _, name in (await disco.get_items(service, timeout=30))["disco_items"]["items"]:
            features = (await disco.get_info(room, timeout=30))["disco_info"]["features"]
            print("room", room, name, "muc_public" in features and "muc_open" in features)


async def pelican(client):
    room = f"pelican@{OURS}"
    await client.make(room, roomname="Pelican pod", roomdesc="Wide beaks", lang="en", **PUBLIC)


async def stay(client):
    await pelican(client)
    await asyncio.sleep(240)


async def others(client):
    await client.make(f"listed@{THEIRS}", roomname="Cormorant", roomdesc="Fishing #sea", **PUBLIC)
    await client.ask(f"listed@{THEIRS}", "set", "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE>"
                     f"<BINVAL>{base64.b64encode(PICTURE).decode()}</BINVAL></PHOTO></vCard>")
    await client.make(f"hidden@{THEIRS}", roomname="Cormorant", persistentroom=1, publicroom=0)
    await client.make(f"temporary@{THEIRS}", roomname="Cormorant", persistentroom=0, publicroom=1)
    await client.make(f"members@{THEIRS}", roomname="Cormorant", persistentroom=1, publicroom=1, membersonly=1)
    await client.make(f"locked@{THEIRS}", roomname="Cormorant", persistentroom=1, publicroom=1, passwordprotectedroom=1, roomsecret="x")
    print("made")


async def main():
    client = Client()
    client.connect((HOST, PORT), disable_starttls=True)
    await asyncio.wait_for(client.ready.wait(), 60)
    await globals()[WHAT](client)
    print("done")
    await client.disconnect()


asyncio.get_event_loop().run_until_complete(main())
