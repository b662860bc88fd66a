"""The desk of a room with slixmpp's own plugins: ad-hoc commands, the room's avatar, a report of spam. Arguments: host port component
domain."""
import asyncio
import base64
import hashlib

import muc_client
from muc_client import DOMAIN, HOST, PORT, SERVICE, Client, error, local, message, presence, result

ROOM = muc_client.ROOM = f"desk@{SERVICE}"
COMMANDS = "http://jabber.org/protocol/commands"
NODE = "urn:annex:muc:room:"
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


async def run(client, name, **values):
    """Runs a command to its end, with its own form filled in; the last answer."""
    plugin = client["xep_0050"]
    opened = await plugin.send_command(ROOM, NODE + name, timeout=30)
    assert opened["command"]["status"] == "executing", opened
    form = opened["command"]["form"]
    missing = set(values) - set(form.get_values())
    assert not missing, (missing, opened)
    form.reply()
    form["type"] = "submit"
    form.set_values({**{var: value for var, value in form.get_values().items() if var != "FORM_TYPE"}, **values})
    done = await plugin.send_command(ROOM, NODE + name, action="complete", payload=form, sessionid=opened["command"]["sessionid"], timeout=30)
    assert done["type"] == "result" and done["command"]["status"] == "completed", done
    print("seen", client.name, "command", name, flush=True)
    return str(done)


async def commands(ann, bea, cid):
    items = await ann["xep_0050"].get_commands(ROOM, timeout=30)
    nodes = {item[1] for item in items["disco_items"]["items"]}
    assert nodes == {NODE + n for n in ("settings", "ban", "unban", "mute", "unmute", "retract-all", "invite", "audit")}, nodes
    items = await bea["xep_0050"].get_commands(ROOM, timeout=30)
    assert not items["disco_items"]["items"], "what bea may not run is not listed"
    bea.say(f"<iq type='set' id='no' to='{ROOM}'><command xmlns='{COMMANDS}' node='{NODE}ban' action='execute'/></iq>")
    await bea.see("that it may not ban", error("iq", "forbidden", "auth"))

    await run(ann, "settings", **{"muc#roomconfig_roomname": "The Desk"})
    info = await bea["xep_0030"].get_info(ROOM, timeout=30)
    assert any(i[3] == "The Desk" for i in info["disco_info"]["identities"]), info
    await run(ann, "mute", who="bea", duration="1h", reason="enough")
    await bea.see("its voice gone", presence("bea", 110, role="visitor"))
    bea.say(f"<message type='groupchat' to='{ROOM}'><body>still me</body></message>")
    await bea.see("that it has no voice", error("message", "forbidden", "auth"))
    await run(ann, "unmute", jids=[f"bea@{DOMAIN}"])
    await bea.see("its voice back", presence("bea", 110, role="participant"))
    for number in range(2):
        bea.say(f"<message type='groupchat' id='w{number}' to='{ROOM}'><body>words {number}</body></message>")
        await ann.see("bea's words", message("bea", f"words {number}"))
    done = await run(ann, "retract-all", who="bea", reason="spam")
    assert "2 messages" in done, done
    for number in range(2):
        await bea.see("a retraction", lambda s: any(local(e) == "moderated" for e in s.iter()))
    await run(ann, "invite", jids=[f"cid@{DOMAIN}"], reason="come")
    await cid.see("the direct invitation", lambda s: any(local(e) == "x" and e.get("jid") == ROOM for e in s.iter()))
    await run(ann, "ban", jid=f"cid@{DOMAIN}", duration="1h")
    cid.join("cid")
    await cid.see("that it is banned", error("presence", "forbidden", "auth"))
    await run(ann, "unban", jids=[f"cid@{DOMAIN}"])
    cid.join("cid")
    await cid.see("itself in the room", presence("cid", 110))


async def avatar(ann, bea, cid):
    card = ann["xep_0054"].make_vcard()
    card["PHOTO"]["TYPE"] = "image/png"
    card["PHOTO"]["BINVAL"] = PICTURE
    await ann["xep_0054"].publish_vcard(card, jid=ROOM, timeout=30)
    digest = hashlib.sha1(PICTURE).hexdigest()
    await bea.see("the avatar's hash", lambda s: local(s) == "presence" and s.get("from") == ROOM and any(
        local(e) == "photo" and e.text == digest for e in s.iter()))
    await bea.see("104", lambda s: local(s) == "message" and muc_client.codes(s) == {104})
    info = await bea["xep_0030"].get_info(ROOM, timeout=30)
    assert digest in str(info) and "muc#roominfo_avatarhash" in str(info), info
    fetched = await bea["xep_0054"].get_vcard(ROOM, timeout=30)
    assert base64.b64decode("".join(e.text for e in fetched.xml.iter() if local(e) == "BINVAL")) == PICTURE, fetched
    bea.say(f"<iq type='set' id='v' to='{ROOM}'><vCard xmlns='vcard-temp'/></iq>")
    await bea.see("that it may not change it", error("iq", "forbidden", "auth"))
    print("seen bea the room's avatar", flush=True)


async def report(ann, bea, cid):
    bea.say(f"<iq type='set' id='block' to='{ROOM}'><block xmlns='urn:xmpp:blocking'><item jid='{ROOM}/cid'>"
            f"<report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:spam'><stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='some-id'/>"
            "<text>Potions!</text></report></item></block></iq>")
    await bea.see("its report taken", result("block"))
    told = await ann.see("the report", lambda s: local(s) == "message" and any(
        local(e) == "report" and e.get("reason") == "urn:xmpp:reporting:spam" for e in s.iter()))
    body = next(e.text for e in told if local(e) == "body")
    assert f"cid@{DOMAIN}" in body and "Potions!" in body, body
    log = str(await ann["xep_0050"].send_command(ROOM, NODE + "audit", timeout=30))
    for action in ("create", "configure", "mute", "unmute", "ban", "unban", "avatar", "report"):
        assert f">{action}<" in log, (action, log)
    print("seen ann the audit log", flush=True)


async def main():
    clients = ann, bea, cid = [Client(name) for name in ("ann", "bea", "cid")]
    for client in clients:
        client.register_plugin("xep_0050")
        client.register_plugin("xep_0054")
        client.connect((HOST, PORT), disable_starttls=True)
    for client in clients:
        await asyncio.wait_for(client.ready.wait(), 60)
    ann.join("ann")
    await ann.see("the new room", presence("ann", 110, 201))
    ann.say(f"<iq type='set' id='c' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/>"
            "</query></iq>")
    await ann.see("it configured", result("c"))
    bea.join("bea")
    await bea.see("itself", presence("bea", 110))
    await commands(ann, bea, cid)
    await avatar(ann, bea, cid)
    await report(ann, bea, cid)
    print("all seen", flush=True)
    for client in clients:
        await client.disconnect()


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main())
