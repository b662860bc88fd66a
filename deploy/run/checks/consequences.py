"""What follows from what happens: pushes to those who are away, files that go with their message, bans, removed accounts.

All of it is done while the broker is away, in a round that can take it away (`scene.outage`): late then, and nothing lost.
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
from checks.together import OWNER, configuration, found, until_found
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

    def __str__(self):
        return f"pushes: {self._counts}"

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


async def take_part(client, room):
    nick = client.boundjid.user
    enter(client, f"{room}/{nick}")
    return await client.wait_for("its own presence", presence_of(f"{room}/{nick}", "available"))


async def open_room(client, room, **fields):
    assert "201" in codes(await take_part(client, room))
    await client.ask(room, configuration(persistentroom=1, **fields), "set")


async def pushes(scene, room, browsers, ann, bea, others):
    push = scene.service("push")
    wishes = (("ann", ann, "all"), ("bea", bea, "all"), ("admin", others["admin"], "all"), ("cat", others["cat"], "mentions"))
    for name, client, rooms in wishes:
        await register(client, push, {**browsers.subscription(name), "rooms": rooms})
    items = "".join(f"<item jid='{n}@{scene.domain}' affiliation='member' nick='{n}'/>" for n in ("admin", "bea", "cat"))
    await ann.ask(room, f"<query xmlns='{ADMIN}'>{items}</query>", "set")
    await take_part(bea, room)

    async with scene.step("a member who is away gets one push for a message, and who is present or wants none gets none"):
        await say(ann, room, "is anybody there?")
        await browsers.until("admin", 1)
        await say(ann, room, "cat: are you?")
        await browsers.until("cat", 1)
        await browsers.until("admin", 2)
        assert browsers.count("ann") == browsers.count("bea") == 0, str(browsers)


async def check(scene):
    ann, bea = await scene.client("ann"), await scene.client("bea")
    others = {name: await scene.client(name) for name in ("admin", "cat")}
    muc = scene.service("muc")
    room, made, ended = (f"{name}-{scene.round}@{muc}" for name in ("consequences", "made", "ended"))
    browsers = Browsers()
    try:
        await open_room(ann, room, roomname="Consequences", publicroom=0)
        await pushes(scene, room, browsers, ann, bea, others)
        urls, posted = await files(scene, room, ann, bea, others["cat"])
        await browsers.until("admin", 3)
        await open_room(ann, made, roomname="Made lately", publicroom=0)
        await open_room(ann, ended, roomname="Ended lately", publicroom=1)
        await until_found(ann, scene.service("search"), "lately", ended, True)

        async def is_late():
            assert browsers.count("admin") == 3, str(browsers)
            assert await is_served(urls["cat"]) and await is_served(urls["bea"])

        async with scene.outage(is_late):
            await say(ann, room, "while nobody tells anybody")
            await ann.ask(room, moderation(posted), "set")
            await ann.ask(made, configuration(roomname="Made lately", persistentroom=1, publicroom=1), "set")
            await ann.ask(ended, f"<query xmlns='{OWNER}'><destroy/></query>", "set")
            await command(others["admin"], muc, "urn:annex:muc:service:ban", {"jid": f"cat@{scene.domain}", "reason": "check"})
            await remove(scene, bea, others["admin"])

        await after_events(scene, browsers, urls)
        async with scene.step("the room made public then is found, and the one destroyed then is not"):
            await until_found(ann, scene.service("search"), "lately", made, True)
            await until_found(ann, scene.service("search"), "lately", ended, False)
        await bans(scene, room, browsers, others)
        await removal(scene, room, ann, urls["bea"])
    finally:
        browsers.close()


def moderation(posted):
    retract = "<retract xmlns='urn:xmpp:message-retract:1'/>"
    return f"<moderate xmlns='urn:xmpp:message-moderate:1' id='{posted}'>{retract}</moderate>"


async def files(scene, room, ann, bea, cat):
    """cat says a message with a file of her own and one of ann's: the URLs, and the id of what she said."""
    service = scene.service("upload")
    owners = {"ann": ann, "bea": bea, "cat": cat, "cat-too": cat}
    urls = {name: await upload(client, service, name) for name, client in owners.items()}
    await take_part(cat, room)
    posted = await say(cat, room, f"{urls['cat']} and {urls['ann']}")
    cat.send_presence(pto=f"{room}/cat", ptype="unavailable")
    await cat.wait_for("its leaving", presence_of(f"{room}/cat", "unavailable"))
    for url in urls.values():
        assert await is_served(url), url
    return urls, posted


async def after_events(scene, browsers, urls):
    async with scene.step("what was said then reaches the member who is away, once"):
        await browsers.until("admin", 4)

    async with scene.step("a moderated message takes its author's file with it, and somebody else's file stays"):
        async def is_gone():
            return not await is_served(urls["cat"])

        await until(is_gone, f"{urls['cat']} is still served")
        assert await is_served(urls["ann"]) and await is_served(urls["cat-too"])


async def bans(scene, room, browsers, others):
    cat = others["cat"]
    async with scene.step("a service-wide ban refuses joins, slots, registrations, searches and TURN credentials"):
        asks = {
            "slot": lambda: cat.ask(scene.service("upload"), f"<request xmlns='{UPLOAD}' filename='a' size='1'/>"),
            "registration": lambda: register(cat, scene.service("push"), browsers.subscription("cat")),
            "search": lambda: found(cat, scene.service("search"), "verona"),
            "turn": lambda: cat.ask(scene.domain, "<services xmlns='urn:xmpp:extdisco:2'/>"),
        }
        await until(lambda: join_is_refused(cat, room), "cat can still join")
        for name, ask in asks.items():
            await until(lambda ask=ask: is_refused(ask), f"{name} is not refused")
        await command(others["admin"], scene.service("muc"), "urn:annex:muc:service:unban", {"jid": f"cat@{scene.domain}"})

        async def is_let_in():
            return not await join_is_refused(cat, room)

        await until(is_let_in, "cat is still banned")


async def remove(scene, bea, admin):
    address = bea.boundjid.bare
    if scene.server == "prosody":
        # The user's own "delete account", which the snippet's module tells Annex of.
        with_server = bea.ask(scene.domain, "<query xmlns='jabber:iq:register'><remove/></query>", "set")
        await asyncio.wait([asyncio.ensure_future(with_server)], timeout=10)
    elif scene.options.control:
        # deploy/ejabberd/forget-removed-accounts, which the caller has at hand with the server's API.
        await scene.control("remove bea")
    else:
        await command(admin, scene.service("muc"), "urn:annex:muc:service:erase-account", {"jid": address})


async def removal(scene, room, ann, url):
    async with scene.step("a removed account leaves no membership and no file"):

        async def is_forgotten():
            members = await ann.ask(room, f"<query xmlns='{ADMIN}'><item affiliation='member'/></query>")
            addresses = {item.get("jid") for item in members.iter(f"{{{ADMIN}}}item")}
            return f"bea@{scene.domain}" not in addresses and not await is_served(url)

        await until(is_forgotten, "bea is still a member, or her file is still served")
