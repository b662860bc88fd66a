#!/usr/bin/python3
"""Two real clients share files in a room; a moderator and an author take messages back.

retraction_client.py PORT ROOM UPLOAD: accounts ann (the room's owner) and bea with passwords of the form password-of-ann. Prints
`own gone`, `retracted gone`, `foreign stays` and `done`, or `failed: why` with exit code 1.
"""
import asyncio
import os
import sys
import urllib.error
import urllib.request
from xml.etree import ElementTree

from slixmpp import ClientXMPP

RETRACT = "urn:xmpp:message-retract:1"
PATIENCE = 60


class User:
    def __init__(self, name, port):
        self.name = name
        self.client = ClientXMPP(f"{name}@annex.test/test", f"password-of-{name}")
        self.client["feature_mechanisms"].unencrypted_plain = True
        self.client["feature_mechanisms"].unencrypted_scram = True
        self.client.register_plugin("xep_0045")
        self.started = asyncio.get_running_loop().create_future()
        self.said = {}
        self.client.add_event_handler("session_start", lambda _: self.started.set_result(None))
        self.client.add_event_handler("groupchat_message", self.hear)
        self.client.connect(("127.0.0.1", port), disable_starttls=True)

    def hear(self, message):
        stanza_id = message.xml.find("{urn:xmpp:sid:0}stanza-id")
        if message["body"] and stanza_id is not None:
            self.said[message["body"]] = stanza_id.attrib["id"]

    async def ask(self, to, kind, payload):
        iq = self.client.make_iq(ito=to, itype=kind)
        iq.append(ElementTree.fromstring(payload))
        return (await iq.send(timeout=30)).xml

    async def join(self, room):
        await asyncio.wait_for(self.started, PATIENCE)
        self.client.send_presence()
        await self.client["xep_0045"].join_muc_wait(room, self.name, timeout=30)

    async def upload(self, service, content):
        answer = await self.ask(service, "get",
            f"<request xmlns='urn:xmpp:http:upload:0' filename='x.jpg' size='{len(content)}' content-type='image/jpeg'/>")
        ns = "{urn:xmpp:http:upload:0}"
        put = answer.find(f"{ns}slot/{ns}put")
        request = urllib.request.Request(put.attrib["url"], data=content, method="PUT", headers={
            "Authorization": put.find(f"{ns}header").text, "Content-Type": "image/jpeg"})
        await asyncio.to_thread(urllib.request.urlopen, request)
        return answer.find(f"{ns}slot/{ns}get").attrib["url"]

    async def say(self, room, body, extra=None):
        message = self.client.make_message(mto=room, mbody=body, mtype="groupchat")
        if extra is not None:
            message.append(ElementTree.fromstring(extra))
        message.send()
        async with asyncio.timeout(PATIENCE):
            while body not in self.said:
                await asyncio.sleep(0.02)
        return self.said[body]


def status_of(url):
    try:
        with urllib.request.urlopen(url) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


async def until_gone(url):
    async with asyncio.timeout(PATIENCE):
        while await asyncio.to_thread(status_of, url) != 404:
            await asyncio.sleep(0.05)


async def run(port, room, service):
    ann, bea = User("ann", port), User("bea", port)
    await ann.join(room)
    await ann.ask(room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query>")
    await bea.join(room)
    anns, beas, other = (await ann.upload(service, os.urandom(1000)), await bea.upload(service, os.urandom(1000)),
                         await bea.upload(service, os.urandom(1000)))
    # Bea's own picture, and a link to Ann's: both messages are Bea's, and both are moderated.
    own = await bea.say(room, f"look: {beas}", f"<x xmlns='jabber:x:oob'><url>{beas}</url></x>")
    foreign = await bea.say(room, anns)
    for message in (foreign, own):
        await ann.ask(room, "set", f"<moderate xmlns='urn:xmpp:message-moderate:1' id='{message}'><retract xmlns='{RETRACT}'/></moderate>")
    await until_gone(beas)
    print("own gone")
    mine = await bea.say(room, f"and this: {other}")
    await bea.say(room, "I take it back", f"<retract xmlns='{RETRACT}' id='{mine}'/>")
    await until_gone(other)
    print("retracted gone")
    # Its message was the first to be moderated: whoever would have taken it has had the time.
    assert await asyncio.to_thread(status_of, anns) == 200, "somebody else's file went"
    print("foreign stays")
    for user in (ann, bea):
        user.client.disconnect()


async def main():
    try:
        await run(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    except Exception as error:
        print(f"failed: {error!r}")
        return 1
    print("done")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
