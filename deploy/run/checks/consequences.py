"""What follows from what happens: pushes to those who are away, files that go with their message, bans, removed accounts.

Where the round can take the broker away (`scene.outage`), that is done while it is away: nothing of it may be lost.
"""

import asyncio
import base64
import http.server
import os
import threading
import time
import urllib.error
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from slixmpp.exceptions import IqError

from checks.muc import codes, enter, presence_of
from checks.together import configuration
from checks.upload import UPLOAD, fetch

ADMIN = "http://jabber.org/protocol/muc#admin"
COMMANDS = "http://jabber.org/protocol/commands"
PATIENCE = 60  # seconds for what goes by way of events, after an outage of the broker too


class Browsers:
    """The push network of a few browsers: counts what arrives at each."""

    def __init__(self):
        self._counts = {}
        browsers = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                name = self.path.strip("/")
                browsers._counts[name] = browsers._counts.get(name, 0) + 1
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def count(self, name):
        return self._counts.get(name, 0)

    async def until(self, name, count):
        await until(lambda: self.count(name) >= count, lambda: f"{name} got {self.count(name)} pushes of {count}")
        assert self.count(name) == count, f"{name} got {self.count(name)} pushes, not {count}"

    def subscription(self, name):
        def text(raw):
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")

        point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": f"http://127.0.0.1:{self._server.server_address[1]}/{name}",
            "p256dh": text(point),
            "auth": text(os.urandom(16)),
            "device-id": name,
        }

    def close(self):
        self._server.shutdown()
        self._server.server_close()


async def until(holds, problem):
    end = time.monotonic() + PATIENCE
    while True:
        held = holds()
        if asyncio.iscoroutine(held):
            held = await held
        if held:
            return
        assert time.monotonic() < end, problem() if callable(problem) else problem
        await asyncio.sleep(0.2)


def form(fields):
    values = "".join(f"<field var='{k}'><value>{escape(v)}</value></field>" for k, v in fields.items())
    return f"<x xmlns='jabber:x:data' type='submit'>{values}</x>"


async def register(client, service, fields):
    await client.ask(
        service,
        f"<command xmlns='{COMMANDS}' node='register-push-webpush' action='execute'>{form(fields)}</command>",
        "set",
    )


async def command(client, service, node, fields):
    """A command of the rooms' service: asked for, then its form submitted."""
    asked = await client.ask(service, f"<command xmlns='{COMMANDS}' node='{node}' action='execute'/>", "set")
    await client.ask(
        service,
        f"<command xmlns='{COMMANDS}' node='{node}' sessionid='{asked.get('sessionid')}' action='complete'>"
        f"{form(fields)}</command>",
        "set",
    )


async def upload(client, service, name):
    content = name.encode()
    slot = await client.ask(service, f"<request xmlns='{UPLOAD}' filename='{name}.txt' size='{len(content)}'/>")
    put = slot.find(f"{{{UPLOAD}}}put")
    headers = {h.get("name"): h.text for h in put.findall(f"{{{UPLOAD}}}header")}
    status, _, _ = await asyncio.to_thread(fetch, put.get("url"), content, headers, "PUT")
    assert status == 201, str(status)
    return slot.find(f"{{{UPLOAD}}}get").get("url")


async def is_served(url):
    try:
        await asyncio.to_thread(fetch, url)
        return True
    except urllib.error.HTTPError as gone:
        assert gone.code in (404, 410), str(gone)
        return False


async def say(client, room, body):
    """Says it, and returns the id that the room gave it."""
    client.send_message(mto=room, mbody=body, mtype="groupchat")
    heard = await client.wait_for(
        "its own message", lambda s: s.name == "message" and s["type"] == "groupchat" and s["body"] == body
    )
    return next(i.get("id") for i in heard.xml.iter("{urn:xmpp:sid:0}stanza-id") if i.get("by") == room)


async def is_refused(asks):
    """True when what it asks for gets an error that is not "wait"."""
    try:
        await asks()
        return False
    except IqError as refused:
        return refused.iq["error"]["type"] != "wait"


async def join_is_refused(client, room):
    client.forget()
    enter(client, f"{room}/cat")
    answer = await client.wait_for(
        "an answer to its join",
        lambda s: s.name == "presence" and s["from"].bare == room and (s["type"] == "error" or "110" in codes(s)),
    )
    if answer["type"] == "error":
        return True
    client.send_presence(pto=f"{room}/cat", ptype="unavailable")
    await client.wait_for("its leaving", presence_of(f"{room}/cat", "unavailable"))
    return False


async def pushes(scene, room, browsers, ann, others):
    push = scene.service("push")
    for name, client, rooms in (("ann", ann, "all"), ("admin", others["admin"], "all"), ("cat", others["cat"], "mentions")):
        await register(client, push, {**browsers.subscription(name), "rooms": rooms})
    items = "".join(f"<item jid='{n}@{scene.domain}' affiliation='member' nick='{n}'/>" for n in ("admin", "bea", "cat"))
    await ann.ask(room, f"<query xmlns='{ADMIN}'>{items}</query>", "set")

    async with scene.step("a member who is away gets one push for a message, and one who is present or wants none gets none"):
        await say(ann, room, "is anybody there?")
        await browsers.until("admin", 1)
        await say(ann, room, "cat: are you?")
        await browsers.until("cat", 1)
        await browsers.until("admin", 2)
        assert browsers.count("ann") == 0 and browsers.count("cat") == 1, str(browsers._counts)


async def check(scene):
    ann = await scene.client("ann")
    others = {name: await scene.client(name) for name in ("admin", "bea", "cat")}
    admin, bea, cat = others["admin"], others["bea"], others["cat"]
    muc, files = scene.service("muc"), scene.service("upload")
    room = f"consequences-{scene.round}@{muc}"
    browsers = Browsers()
    try:
        enter(ann, f"{room}/ann")
        assert "201" in codes(await ann.wait_for("her own presence", presence_of(f"{room}/ann")))
        await ann.ask(room, configuration(roomname="Consequences", persistentroom=1), "set")
        await pushes(scene, room, browsers, ann, others)

        enter(bea, f"{room}/bea")
        await bea.wait_for("her own presence", presence_of(f"{room}/bea", "available"))
        mine, hers, kept = await upload(ann, files, "ann"), await upload(bea, files, "bea"), await upload(bea, files, "bea-too")
        posted = await say(bea, room, f"{hers} and {mine}")
        await browsers.until("admin", 3)
        for url in (mine, hers, kept):
            assert await is_served(url), url
        assert not await join_is_refused(cat, room)

        async with scene.outage():
            await say(ann, room, "while nobody tells anybody")
            await ann.ask(
                room,
                f"<moderate xmlns='urn:xmpp:message-moderate:1' id='{posted}'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>",
                "set",
            )
            await command(admin, muc, "urn:annex:muc:service:ban", {"jid": f"cat@{scene.domain}", "reason": "check"})
        await after_events(scene, browsers, (mine, hers, kept))
        await bans(scene, room, browsers, others)
        await removal(scene, room, ann, others, kept)
    finally:
        browsers.close()


async def after_events(scene, browsers, urls):
    mine, hers, kept = urls

    async with scene.step("what was said then reaches the member who is away, once"):
        await browsers.until("admin", 4)

    async with scene.step("a moderated message takes its author's file with it, and somebody else's file stays"):
        async def is_gone():
            return not await is_served(hers)

        await until(is_gone, f"{hers} is still served")
        assert await is_served(mine) and await is_served(kept)


async def bans(scene, room, browsers, others):
    cat = others["cat"]
    async with scene.step("a service-wide ban refuses joins, slots, registrations, searches and TURN credentials"):
        search = (
            "<search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'>"
            "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field>"
            "<field var='q'><value>verona</value></field><field var='sinname'><value>1</value></field></x></search>"
        )
        asks = {
            "slot": lambda: cat.ask(scene.service("upload"), f"<request xmlns='{UPLOAD}' filename='a' size='1'/>"),
            "registration": lambda: register(cat, scene.service("push"), browsers.subscription("cat")),
            "search": lambda: cat.ask(scene.service("search"), search),
            "turn": lambda: cat.ask(scene.domain, "<services xmlns='urn:xmpp:extdisco:2'/>"),
        }
        await until(lambda: join_is_refused(cat, room), "cat can still join")
        for name, ask in asks.items():
            await until(lambda ask=ask: is_refused(ask), f"{name} is not refused")
        await command(others["admin"], scene.service("muc"), "urn:annex:muc:service:unban", {"jid": f"cat@{scene.domain}"})

        async def is_let_in():
            return not await join_is_refused(cat, room)

        await until(is_let_in, "cat is still banned")


async def removal(scene, room, ann, others, kept):
    bea = others["bea"]
    async with scene.step("a removed account leaves no membership and no file"):
        async with scene.outage():
            if scene.server == "prosody":
                # The user's own "delete account", which the snippet's module tells Annex of.
                with_server = bea.ask(scene.domain, "<query xmlns='jabber:iq:register'><remove/></query>", "set")
                await asyncio.wait([asyncio.ensure_future(with_server)], timeout=10)
            else:
                fields = {"jid": f"bea@{scene.domain}"}
                await command(others["admin"], scene.service("muc"), "urn:annex:muc:service:erase-account", fields)

        async def is_forgotten():
            members = await ann.ask(room, f"<query xmlns='{ADMIN}'><item affiliation='member'/></query>")
            addresses = {item.get("jid") for item in members.iter(f"{{{ADMIN}}}item")}
            return f"bea@{scene.domain}" not in addresses and not await is_served(kept)

        await until(is_forgotten, "bea is still a member, or her file is still served")
