#!/usr/bin/python3
"""A real client (slixmpp) registers for push and enables it at its server, or sends a message to one that is away.

push_client.py HOST PORT register JID PASSWORD HTTP ENDPOINT P256DH AUTH UPENDPOINT APNSTOKEN FCMTOKEN
push_client.py HOST PORT send JID PASSWORD TO BODY [TIMES]
prints one line a step and `done`, or `failed: why` with exit code 1.
"""
import asyncio
import base64
import sys
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import aiohttp
from slixmpp import ClientXMPP
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

DATA = "{jabber:x:data}"
UP = "http://gultsch.de/xmpp/drafts/unified-push"


async def ask(client, to, payload, kind="set"):
    iq = client.make_iq(ito=to, itype=kind)
    iq.append(ET.fromstring(payload))
    return await iq.send(timeout=30)


def form(fields):
    return "<x xmlns='jabber:x:data' type='submit'>" + "".join(
        f"<field var='{name}'><value>{escape(value)}</value></field>" for name, value in fields.items()) + "</x>"


async def find(client):
    """As clients do: the item of their own server that is an app server (XEP-0357)."""
    items = await client["xep_0030"].get_items(jid=client.boundjid.domain, timeout=30)
    for jid, _, _ in items["disco_items"]["items"]:
        info = await client["xep_0030"].get_info(jid=jid, timeout=30)
        if any(i[:2] == ("pubsub", "push") for i in info["disco_info"]["identities"]):
            return jid
    raise AssertionError("no app server in the server's items")


async def register(client, service, provider, fields):
    reply = await ask(client, service, "<command xmlns='http://jabber.org/protocol/commands' action='execute' "
                      f"node='register-push-{provider}'>{form(fields)}</command>")
    values = {f.get("var"): f.findtext(f"{DATA}value") for f in reply.xml.iter(f"{DATA}field")}
    enable = (f"<enable xmlns='urn:xmpp:push:0' jid='{values['jid']}' node='{values['node']}'>"
              + form({"FORM_TYPE": "http://jabber.org/protocol/pubsub#publish-options", "secret": values["secret"]}) + "</enable>")
    await ask(client, client.boundjid.bare, enable)
    print("enabled", provider)


async def unified(client, service, http):
    """An app on the device gets an endpoint; its app server pushes there."""
    got = asyncio.get_running_loop().create_future()

    def pushed(iq):
        iq.reply().send()
        if not got.done():
            got.set_result(base64.b64decode(iq.xml.find(f"{{{UP}}}push").text))

    client.register_handler(Callback("up", MatchXPath(f"{{jabber:client}}iq/{{{UP}}}push"), pushed))
    client.send_presence(pto=service)
    reply = await ask(client, service, f"<register xmlns='{UP}' application='im.app' instance='aW5zdGFuY2U='/>")
    url = reply.xml.find(f"{{{UP}}}registered").get("endpoint")
    async with aiohttp.ClientSession() as session:
        async with session.post(http.rstrip("/") + urlsplit(url).path, data=b"for the app", headers={"TTL": "60"}) as response:
            assert response.status == 201, response.status
    assert await asyncio.wait_for(got, 30) == b"for the app"
    print("unified")


async def run(client, arguments):
    if arguments[0] == "send":
        for number in range(int(arguments[5]) if len(arguments) > 5 else 1):
            if number:
                await asyncio.sleep(0.3)  # the gateway makes one push of what comes closer together than 100 ms
            client.send_message(mto=arguments[3], mbody=arguments[4], mtype="chat")
        await ask(client, client.boundjid.domain, "<ping xmlns='urn:xmpp:ping'/>", "get")
        return
    http, endpoint, p256dh, auth, up_endpoint, apns, fcm = arguments[3:]
    service = await find(client)
    print("found", service)
    await register(client, service, "webpush", {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "device-id": "desktop"})
    await register(client, service, "unifiedpush", {"endpoint": up_endpoint, "device-id": "up"})
    await register(client, service, "apns", {"token": apns, "device-id": "pad", "app": "verona"})
    await register(client, service, "fcm", {"token": fcm, "android-id": "phone"})
    await unified(client, service, http)


async def main():
    host, port, *arguments = sys.argv[1:]
    client = ClientXMPP(arguments[1], arguments[2])
    client["feature_mechanisms"].unencrypted_plain = True
    client["feature_mechanisms"].unencrypted_scram = True
    client.register_plugin("xep_0030")
    started = asyncio.get_running_loop().create_future()
    client.add_event_handler("session_start", lambda _: started.set_result(None))
    client.add_event_handler("failed_auth", lambda _: started.set_exception(Exception("no login")))
    client.connect((host, int(port)), disable_starttls=True)
    await asyncio.wait_for(started, 60)
    client.send_presence()
    await asyncio.wait_for(run(client, arguments), 120)
    ended = asyncio.get_running_loop().create_future()
    client.add_event_handler("disconnected", lambda _: ended.done() or ended.set_result(None))
    client.disconnect()
    await asyncio.wait_for(ended, 30)


try:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main())
    print("done")
except Exception as error:  # whatever it is, the test shall show it
    print(f"failed: {error!r}")
    sys.exit(1)
