"""A room whose service is killed and started again behind real servers. Starts the service itself, to kill it.
Arguments: host port component domain program-of-the-service; its settings are in the environment."""
import asyncio
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

import slixmpp

HOST, PORT, SERVICE, DOMAIN, PROGRAM = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
ROOM = f"coven@{SERVICE}"
USER = "{http://jabber.org/protocol/muc#user}"
ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
PATIENCE = 90


def local(stanza):
    return stanza.tag.split("}")[-1]


def codes(stanza):
    return {int(s.get("code")) for s in stanza.iter(f"{USER}status")}


class Client(slixmpp.ClientXMPP):
    def __init__(self, name, resource="slixmpp"):
        super().__init__(f"{name}@{DOMAIN}/{resource}", f"pw-{name}")
        self.name = name
        self.ready = asyncio.Event()
        self.arrival = asyncio.Event()
        self.stanzas = []
        self.pings = 0
        for plugin in ("xep_0030", "xep_0045", "xep_0199"):
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

    async def come(self):
        self.connect((HOST, PORT), disable_starttls=True)
        await asyncio.wait_for(self.ready.wait(), 60)
        return self

    async def see(self, what, test):
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while True:
            for stanza in self.stanzas:
                if test(stanza):
                    self.stanzas.remove(stanza)
                    print("seen", self.name, what, flush=True)
                    return stanza
            self.arrival.clear()
            try:
                await asyncio.wait_for(self.arrival.wait(), max(deadline - loop.time(), 0.01))
            except asyncio.TimeoutError:
                had = "\n".join(ET.tostring(s, "unicode") for s in self.stanzas)
                raise SystemExit(f"{self.name} did not see {what}; it has\n{had}")

    async def join(self):
        self.send_raw(f"<presence to='{ROOM}/{self.name}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        await self.see("itself", lambda s: local(s) == "presence" and s.get("from") == f"{ROOM}/{self.name}" and 110 in codes(s))

    def say(self, body):
        self.send_raw(f"<message type='groupchat' id='{body}' to='{ROOM}'><body>{body}</body></message>")


def message(body):
    return lambda s: local(s) == "message" and any(local(e) == "body" and e.text == body for e in s)


def result(number):
    return lambda s: local(s) == "iq" and s.get("id") == number and s.get("type") == "result"


def ends(client):
    """Presence that somebody left, or came."""
    return [s for s in client.stanzas if local(s) == "presence"]


class Service:
    def start(self):
        self.process = subprocess.Popen(["dotnet", PROGRAM], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def is_there(self, client):
        for number in range(PATIENCE * 2):
            client.send_raw(f"<iq type='get' id='up{number}' to='{SERVICE}'><ping xmlns='urn:xmpp:ping'/></iq>")
            answer = await client.see("an answer of the service", lambda s, n=number: local(s) == "iq" and s.get("id") == f"up{n}")
            if answer.get("type") == "result":
                return
            await asyncio.sleep(0.5)
        raise SystemExit("the service did not come up")


async def live(service):
    ann, bea, cid, dan = [await Client(name).come() for name in ("ann", "bea", "cid", "dan")]
    service.start()
    await service.is_there(ann)
    await ann.join()
    ann.send_raw(f"<iq type='set' id='c' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                 "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query></iq>")
    await ann.see("the configuration", result("c"))
    for client in (bea, cid):
        await client.join()
    # Reflected means stored, and those who came before are in the same commits.
    ann.say("before")
    for client in (ann, bea, cid):
        await client.see("what is said before", message("before"))
    for client in (ann, bea, cid):
        client.stanzas.clear()

    service.kill()
    # While it is away: cid's connection breaks, and dan's join is lost.
    cid.abort()
    dan.send_raw(f"<presence to='{ROOM}/dan'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    await dan.see("that nobody is there", lambda s: local(s) == "presence" and s.get("type") == "error")
    service.start()
    await service.is_there(ann)

    ann.say("after")
    for client in (ann, bea):
        await client.see("what is said after, without having sent anything", message("after"))
    for client in (ann, bea):
        gone = await client.see("the ghost with 333", lambda s: local(s) == "presence" and s.get("from") == f"{ROOM}/cid")
        assert gone.get("type") == "unavailable" and codes(gone) == {333}, ET.tostring(gone)
        assert not ends(client), [ET.tostring(s) for s in ends(client)]
    for client, wanted in ((bea, "result"), (dan, "not-acceptable")):
        client.send_raw(f"<iq type='get' id='self' to='{ROOM}/{client.name}'><ping xmlns='urn:xmpp:ping'/></iq>")
        answer = await client.see("the answer to its self-ping", lambda s: local(s) == "iq" and s.get("id") == "self")
        condition = next((e.tag for e in answer.iter() if e.tag.startswith(ERRORS) and local(e) != "text"), "result")
        assert condition in (wanted, ERRORS + wanted), ET.tostring(answer)
    await dan.join()
    print("all seen", flush=True)
    for client in (ann, bea, dan):
        await client.disconnect()


async def main():
    service = Service()
    try:
        await live(service)
    finally:
        service.kill()


asyncio.get_event_loop().run_until_complete(main())
