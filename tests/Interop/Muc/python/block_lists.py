"""A block list's life, as its maintainer and those whom it concerns see it. Arguments: host port muc domain step.
Steps: first (the lists come to be, are followed, retracted from, added to), again (after the server's restart)."""
import asyncio
import hashlib
import sys
import xml.etree.ElementTree as ET

import slixmpp

HOST, PORT, SERVICE, DOMAIN, STEP = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
ROOM = f"plaza@{SERVICE}"
PUBSUB = f"pubsub.{DOMAIN}"
STRICT, TRIAL = "muc_bans_sha256", "trial_bans_sha256"
REPORT = "<report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:abuse'/>"


def digest(name):
    return hashlib.sha256(f"{name}@{DOMAIN}".encode()).hexdigest()


class Client(slixmpp.ClientXMPP):
    def __init__(self, name):
        super().__init__(f"{name}@{DOMAIN}/slixmpp", f"pw-{name}")
        self.name = name
        self.ready = asyncio.Event()
        self.seen = asyncio.Queue()
        for plugin in ("xep_0004", "xep_0030", "xep_0060"):
            self.register_plugin(plugin)
        for mechanism in ("unencrypted_plain", "unencrypted_scram", "unencrypted_cram", "unencrypted_digest"):
            setattr(self["feature_mechanisms"], mechanism, True)
        self.add_event_handler("session_start", self._start)
        self.add_filter("in", self._keep)

    async def _start(self, _):
        self.send_presence()
        self.ready.set()

    def _keep(self, stanza):
        if stanza.name == "presence" and SERVICE in str(stanza["from"]):
            self.seen.put_nowait(ET.fromstring(str(stanza)))
        return stanza

    async def see(self, test, what):
        deadline = asyncio.get_running_loop().time() + 60
        while True:
            try:
                stanza = await asyncio.wait_for(self.seen.get(), max(0.01, deadline - asyncio.get_running_loop().time()))
            except asyncio.TimeoutError:
                raise SystemExit(f"{self.name} did not see {what}")
            if test(stanza):
                return stanza

    async def join(self):
        """True: in the room; False: refused with forbidden."""
        self.send_raw(f"<presence to='{ROOM}/{self.name}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        answer = await self.see(lambda s: s.get("type") == "error" or "110" in ET.tostring(s, "unicode"), "the answer to a join")
        if answer.get("type") == "error" and "forbidden" not in ET.tostring(answer, "unicode"):
            raise SystemExit(f"{self.name} is refused for something else: {ET.tostring(answer, 'unicode')}")
        return answer.get("type") != "error"

    async def until(self, is_in):
        deadline = asyncio.get_running_loop().time() + 60
        while await self.join() != is_in:
            self.send_raw(f"<presence type='unavailable' to='{ROOM}/{self.name}'/>")
            if asyncio.get_running_loop().time() > deadline:
                raise SystemExit(f"{self.name} is not {'in' if is_in else 'refused'}")
            await asyncio.sleep(0.3)

    async def pubsub(self, inside, owner=False):
        iq = self.make_iq_set(ito=PUBSUB)
        ns = "http://jabber.org/protocol/pubsub" + ("#owner" if owner else "")
        iq.append(ET.fromstring(f"<pubsub xmlns='{ns}'>{inside}</pubsub>"))
        await iq.send()

    async def create(self, node):
        fields = {"pubsub#access_model": "open", "pubsub#persist_items": "1", "pubsub#max_items": "50",
                  "pubsub#notify_retract": "1", "pubsub#send_last_published_item": "never"}
        form = "".join(f"<field var='{k}'><value>{v}</value></field>" for k, v in fields.items())
        await self.pubsub(f"<create node='{node}'/><configure><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' "
                          f"type='hidden'><value>http://jabber.org/protocol/pubsub#node_config</value></field>{form}</x></configure>")

    async def publish(self, node, name):
        await self.pubsub(f"<publish node='{node}'><item id='{digest(name)}'>{REPORT}</item></publish>")

    async def retract(self, node, name):
        await self.pubsub(f"<retract node='{node}' notify='true'><item id='{digest(name)}'/></retract>")


async def main():
    ann, bea, cid = (Client(n) for n in ("ann", "bea", "cid"))
    for client in (ann, bea, cid):
        client.connect((HOST, PORT), disable_starttls=True)
    for client in (ann, bea, cid):
        await asyncio.wait_for(client.ready.wait(), 30)
    if STEP == "first":
        await ann.create(STRICT)
        await ann.create(TRIAL)
        for name in ("x1", "x2", "bea", "x3", "x4"):
            await ann.publish(STRICT, name)
        await ann.publish(TRIAL, "cid")
        assert await ann.join()
        open_it = ann.make_iq_set(ito=ROOM)
        open_it.append(ET.fromstring("<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>"))
        await open_it.send()
        await bea.until(False)
        print("refused: what stood on the list before", flush=True)
        assert await cid.join()
        print("not refused: what a list on trial names", flush=True)
        await ann.retract(STRICT, "bea")
        await bea.until(True)
        print("let in: what was retracted", flush=True)
        await ann.publish(STRICT, "cid")
        gone = await cid.see(lambda s: s.get("type") == "unavailable" and s.get("from") == f"{ROOM}/cid", "the removal")
        assert "301" in ET.tostring(gone, "unicode")
        print("removed: what was published", flush=True)
    else:
        await ann.publish(STRICT, "bea")
        await bea.until(False)
        await cid.until(False)
        print("refused: after the restart", flush=True)
    print("all seen", flush=True)
    for client in (ann, bea, cid):
        await client.disconnect()


asyncio.get_event_loop().run_until_complete(main())
