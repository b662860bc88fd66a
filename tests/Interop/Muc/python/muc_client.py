"""Three slixmpp clients live through a room's life. Arguments: host port component domain."""
import asyncio
import sys
import xml.etree.ElementTree as ET

import slixmpp

HOST, PORT, SERVICE, DOMAIN = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
ROOM = f"coven@{SERVICE}"
USER = "{http://jabber.org/protocol/muc#user}"
MUC = "<x xmlns='http://jabber.org/protocol/muc'/>"
ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"


class Client(slixmpp.ClientXMPP):
    """Keeps every stanza from the service until somebody looks for it."""

    def __init__(self, name):
        super().__init__(f"{name}@{DOMAIN}/slixmpp", f"pw-{name}")
        self.name = name
        self.ready = asyncio.Event()
        self.stanzas = []
        self.arrival = asyncio.Event()
        for plugin in ("xep_0004", "xep_0030", "xep_0045", "xep_0077", "xep_0199"):
            self.register_plugin(plugin)
        for mechanism in ("unencrypted_plain", "unencrypted_scram", "unencrypted_cram", "unencrypted_digest"):
            setattr(self["feature_mechanisms"], mechanism, True)
        self.add_event_handler("session_start", self._start)
        self.add_filter("in", self._keep)

    async def _start(self, _):
        self.send_presence()
        await self.get_roster()
        self.ready.set()

    def _keep(self, stanza):
        if SERVICE in str(stanza["from"]):
            self.stanzas.append(ET.fromstring(str(stanza)))
            self.arrival.set()
        return stanza

    async def see(self, what, test):
        """The first stanza that fits; what came before stays."""
        deadline = asyncio.get_running_loop().time() + 30
        while True:
            for stanza in self.stanzas:
                if test(stanza):
                    self.stanzas.remove(stanza)
                    print("seen", self.name, what, flush=True)
                    return stanza
            self.arrival.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self.arrival.wait(), max(left, 0.01))
            except asyncio.TimeoutError:
                had = "\n".join(ET.tostring(s, "unicode") for s in self.stanzas)
                raise SystemExit(f"{self.name} did not see {what}; it has\n{had}")

    def say(self, xml):
        self.send_raw(xml)

    def join(self, nick, inside=""):
        self.say(f"<presence to='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{inside}</x></presence>")

    def admin(self, items, kind="set", number="a"):
        self.say(f"<iq type='{kind}' id='{number}' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'>{items}</query></iq>")


def local(stanza):
    return stanza.tag.split("}")[-1]


def codes(stanza):
    return {int(s.get("code")) for s in stanza.iter(f"{USER}status")}


def presence(occupant, *wanted, kind=None, **item):
    """A presence from this nick with exactly these codes, and at least this item."""
    def test(stanza):
        if local(stanza) != "presence" or stanza.get("from") != f"{ROOM}/{occupant}" or stanza.get("type") != kind:
            return False
        found = next(stanza.iter(f"{USER}item"), None)
        return codes(stanza) == set(wanted) and (not item or found is not None and all(found.get(k) == v for k, v in item.items()))
    return test


def error(name, condition, kind=None):
    def test(stanza):
        return (local(stanza) == name and stanza.get("type") == "error" and next(stanza.iter(ERRORS + condition), None) is not None
                and (kind is None or any(e.get("type") == kind for e in stanza.iter() if local(e) == "error")))
    return test


def message(nick, body, kind="groupchat"):
    def test(stanza):
        return (local(stanza) == "message" and stanza.get("type") == kind and stanza.get("from") == f"{ROOM}/{nick}"
                and any(local(e) == "body" and e.text == body for e in stanza.iter()))
    return test


def result(number):
    return lambda stanza: local(stanza) == "iq" and stanza.get("type") == "result" and stanza.get("id") == number


async def create(ann, bea):
    ann.join("ann")
    await ann.see("S58 201", presence("ann", 110, 201, affiliation="owner", role="moderator"))
    bea.join("bea")
    await bea.see("S16 item-not-found of a locked room", error("presence", "item-not-found", "cancel"))
    form = await ann["xep_0045"].get_room_config(ROOM)
    values = form.get_values()
    assert "muc#roomconfig_roomname" in values, values
    form["type"] = "submit"
    form.set_values({"muc#roomconfig_roomname": "A Dark Cave", "muc#roomconfig_persistentroom": True})
    await ann["xep_0045"].set_room_config(ROOM, form)
    print("seen ann configured with the plugin's own form", flush=True)


async def enter(ann, bea, cid):
    bea.join("bea")
    await bea.see("S01 the others", presence("ann", affiliation="owner", role="moderator"))
    await bea.see("S01 itself", presence("bea", 110, affiliation="none", role="participant"))
    await bea.see("S21 the subject", lambda s: local(s) == "message" and any(local(e) == "subject" for e in s))
    await ann.see("S10 the real JID, being a moderator", presence("bea", jid=f"bea@{DOMAIN}/slixmpp"))
    cid.say(f"<presence to='{ROOM}'>{MUC}</presence>")
    await cid.see("S02 jid-malformed", error("presence", "jid-malformed", "modify"))
    cid.say(f"<presence to='{ROOM}/cid'/>")
    await cid.see("S05 the kick of a client that is not here", presence("cid", 110, 307, 333, kind="unavailable", role="none"))
    cid.join("bea")
    await cid.see("S13 conflict", error("presence", "conflict", "cancel"))
    cid.say(f"<iq type='get' id='d' to='{ROOM}/bea'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    await cid.see("S29 bad-request", error("iq", "bad-request", "modify"))
    cid.say(f"<iq type='get' id='p' to='{ROOM}/cid'><ping xmlns='urn:xmpp:ping'/></iq>")
    await cid.see("S32 not-acceptable", error("iq", "not-acceptable", "cancel"))
    cid.join("cid")
    await cid.see("itself", presence("cid", 110))
    cid.say(f"<iq type='get' id='p2' to='{ROOM}/cid'><ping xmlns='urn:xmpp:ping'/></iq>")
    await cid.see("S32 its self-ping answered", result("p2"))


async def talk(ann, bea, cid):
    bea.say(f"<message type='groupchat' id='m1' to='{ROOM}'><body>hello &amp; welcome</body></message>")
    for client in (ann, bea, cid):
        seen = await client.see("S23 the message", message("bea", "hello & welcome"))
        assert seen.get("id") == "m1"
        assert sum(1 for e in seen if local(e) == "stanza-id") == 1, "S30"
        assert sum(1 for e in seen if local(e) == "occupant-id") == 1, "S31"
    ann.say(f"<message type='chat' id='pm' to='{ROOM}/bea'><body>psst</body></message>")
    await bea.see("S27 a private message", message("ann", "psst", "chat"))
    cid.say(f"<message type='groupchat' to='{ROOM}/bea'><body>?</body></message>")
    await cid.see("S27 bad-request", error("message", "bad-request", "modify"))
    cid.say(f"<message type='groupchat' to='{ROOM}'><subject>no</subject></message>")
    await cid.see("S26 forbidden", error("message", "forbidden", "auth"))
    ann.say(f"<message type='groupchat' id='s' to='{ROOM}'><subject>Fire Burn</subject></message>")
    await bea.see("S26 the new subject", lambda s: any(local(e) == "subject" and e.text == "Fire Burn" for e in s))
    reply = await cid["xep_0199"].send_ping(f"{ROOM}/bea", timeout=20)
    assert reply["type"] == "result", reply
    print("seen cid S28 a ping through the room", flush=True)
    bea.say(f"<presence to='{ROOM}/beatrice'/>")
    await cid.see("S33 303", presence("bea", 303, kind="unavailable", nick="beatrice"))
    await cid.see("S33 the new nick", presence("beatrice"))
    await bea.see("S33 its own new nick", presence("beatrice", 110))


async def moderate(ann, bea, cid):
    cid.admin("<item nick='beatrice' role='none'/>", number="no")
    await cid.see("S38 forbidden", error("iq", "forbidden", "auth"))
    ann.admin("<item nick='cid' role='none'><reason>Avaunt</reason></item>", number="kick")
    await cid.see("S38 307", presence("cid", 110, 307, kind="unavailable", role="none"))
    await ann.see("S38 the result", result("kick"))
    await bea.see("S38 307", presence("cid", 307, kind="unavailable"))
    cid.join("cid")
    await cid.see("itself again", presence("cid", 110))
    ann.admin(f"<item jid='ann@{DOMAIN}' affiliation='outcast'/><item jid='cid@{DOMAIN}' affiliation='outcast'/>", number="both")
    await ann.see("S48 conflict, and nothing done", error("iq", "conflict", "cancel"))
    ann.admin(f"<item jid='cid@{DOMAIN}' affiliation='outcast'><reason>Treason</reason></item><item jid='bea@{DOMAIN}' affiliation='member'/>",
              number="ban")
    await cid.see("S47 301", presence("cid", 110, 301, kind="unavailable", affiliation="outcast"))
    await bea.see("S48 its membership in the same request", presence("beatrice", 110, affiliation="member"))
    cid.join("cid")
    await cid.see("S12 forbidden", error("presence", "forbidden", "auth"))
    outcasts = await ann["xep_0045"].get_affiliation_list(ROOM, "outcast")
    assert [str(jid) for jid in outcasts] == [f"cid@{DOMAIN}"], outcasts
    ann.admin(f"<item jid='ann@{DOMAIN}' affiliation='none'/>", number="last")
    await ann.see("S54 conflict for the last owner", error("iq", "conflict", "cancel"))
    ann.admin(f"<item jid='cid@{DOMAIN}' affiliation='none'/>", number="unban")
    await ann.see("the ban lifted", result("unban"))


async def register(ann, bea, cid):
    bea.say(f"<iq type='set' id='reg' to='{ROOM}'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>"
            "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>"
            "<field var='muc#register_roomnick'><value>queen</value></field></x></query></iq>")
    await bea.see("S56 registered", result("reg"))
    info = await bea["xep_0030"].get_info(ROOM, node="x-roomuser-item", timeout=20)
    assert any(i[3] == "queen" for i in info["disco_info"]["identities"]), info
    print("seen bea S57 its reserved nick", flush=True)
    cid.join("queen")
    await cid.see("S13 conflict with a reserved nick", error("presence", "conflict", "cancel"))


async def end(ann, bea, cid):
    info = await cid["xep_0030"].get_info(ROOM, timeout=20)
    features = info["disco_info"]["features"]
    for feature in ("muc_persistent", "muc_open", "http://jabber.org/protocol/muc#stable_id", "urn:xmpp:occupant-id:0"):
        assert feature in features, (feature, features)
    items = await cid["xep_0030"].get_items(SERVICE, timeout=20)
    assert any(str(i[0]) == ROOM for i in items["disco_items"]["items"]), items
    print("seen cid S63 the room listed with its features", flush=True)
    bea.say(f"<iq type='set' id='x' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>")
    await bea.see("S62 forbidden", error("iq", "forbidden", "auth"))
    ann.say(f"<iq type='set' id='x' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
            f"<destroy jid='heath@{SERVICE}'><reason>Macbeth doth come.</reason></destroy></query></iq>")
    gone = await bea.see("S62 the destruction", lambda s: next(s.iter(f"{USER}destroy"), None) is not None)
    assert next(gone.iter(f"{USER}reason")).text == "Macbeth doth come."
    await ann.see("S62 the result", result("x"))
    bea.join("bea")
    await bea.see("S62 gone", error("presence", "gone", "cancel"))


async def main():
    clients = ann, bea, cid = [Client(name) for name in ("ann", "bea", "cid")]
    for client in clients:
        client.connect((HOST, PORT), disable_starttls=True)
    for client in clients:
        await asyncio.wait_for(client.ready.wait(), 60)
    await create(ann, bea)
    await enter(ann, bea, cid)
    await talk(ann, bea, cid)
    await moderate(ann, bea, cid)
    await register(ann, bea, cid)
    await end(ann, bea, cid)
    print("all seen", flush=True)
    for client in clients:
        await client.disconnect()


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main())
