"""What slixmpp gets of a room's archive, of moderation and of MUC/Sub. Arguments: host port component domain."""
import asyncio

import muc_client
from muc_client import DOMAIN, HOST, PORT, SERVICE, Client, error, local, message, presence, result

ROOM = muc_client.ROOM = f"archive@{SERVICE}"
MAM = "{urn:xmpp:mam:2}"
RETRACT = "{urn:xmpp:message-retract:1}"
RSM = "{http://jabber.org/protocol/rsm}"


def stanza_id(stanza):
    return next(e.get("id") for e in stanza.iter() if local(e) == "stanza-id" and e.get("by") == ROOM)


async def query(client, number, inside):
    """The results of a query and its fin."""
    client.say(f"<iq type='set' id='{number}' to='{ROOM}'><query xmlns='urn:xmpp:mam:2' queryid='{number}'>{inside}</query></iq>")
    fin = await client.see(f"the end of {number}", result(number))
    found = [s for s in client.stanzas if any(r.get("queryid") == number for r in s.iter(f"{MAM}result"))]
    for stanza in found:
        client.stanzas.remove(stanza)
    return found, fin


def bodies(results):
    return [e.text for s in results for e in s.iter() if local(e) == "body"]


def form(**fields):
    text = "".join(f"<field var='{var}'><value>{value}</value></field>" for var, value in fields.items())
    return ("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>" + text + "</x>")


async def main():
    clients = ann, bea, cid = [Client(name) for name in ("ann", "bea", "cid")]
    for client in clients:
        client.register_plugin("xep_0313")
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

    cid.say(f"<iq type='set' id='sub' to='{ROOM}'><subscribe xmlns='urn:xmpp:mucsub:0' nick='cid'>"
            "<event node='urn:xmpp:mucsub:nodes:messages'/></subscribe></iq>")
    await cid.see("the subscription", result("sub"))
    ids = []
    for number in range(5):
        bea.say(f"<message type='groupchat' id='m{number}' to='{ROOM}'><body>word number{number} &amp; more</body></message>")
        ids.append(stanza_id(await ann.see("a message", message("bea", f"word number{number} & more"))))
    event = await cid.see("the last as an event, being away", lambda s: any(e.text == "word number4 & more" for e in s.iter()))
    assert stanza_id(event) == ids[4] and event.get("type") in (None, "normal"), event

    ann.say(f"<iq type='set' id='mod' to='{ROOM}'><moderate xmlns='urn:xmpp:message-moderate:1' id='{ids[2]}'>"
            "<retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate></iq>")
    await ann.see("the moderation done", result("mod"))
    for client in (bea, cid):
        await client.see("the retraction", lambda s: any(e.get("id") == ids[2] for e in s.iter(f"{RETRACT}retract")))
    bea.say(f"<iq type='set' id='mod' to='{ROOM}'><moderate xmlns='urn:xmpp:message-moderate:1' id='{ids[1]}'>"
            "<retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>")
    await bea.see("that it is no moderator", error("iq", "forbidden", "auth"))

    results, fin = await query(bea, "first", "<set xmlns='http://jabber.org/protocol/rsm'><max>3</max></set>")
    assert bodies(results) == ["word number0 & more", "word number1 & more"], bodies(results)
    assert next(results[2].iter(f"{RETRACT}retracted"), None) is not None, "the tombstone"
    assert next(fin.iter(f"{RSM}count")).text == "6" and next(fin.iter(f"{MAM}fin")).get("complete") is None
    assert f"ann@{DOMAIN}" not in "".join(str(list(s.itertext())) + str([e.attrib for e in s.iter() if e is not s]) for s in results)
    results, fin = await query(bea, "last", "<set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before/></set><flip-page/>")
    assert bodies(results) == ["word number4 & more"], bodies(results)
    results, _ = await query(bea, "search", form(**{"{urn:xmpp:fulltext:0}fulltext": "number3 word"}))
    assert bodies(results) == ["word number3 & more"], bodies(results)
    archived = await bea["xep_0313"].retrieve(jid=slixmpp_jid(ROOM), rsm={"max": "10"}, timeout=30)
    assert archived["mam_fin"]["rsm"]["count"] == "6", archived
    print("seen bea the archive through the plugin", flush=True)

    ann.admin(f"<item jid='cid@{DOMAIN}' affiliation='outcast'/>", number="ban")
    await ann.see("the ban", result("ban"))
    cid.say(f"<iq type='set' id='out' to='{ROOM}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    await cid.see("that nothing is for him any more", error("iq", "forbidden", "auth"))
    print("all seen", flush=True)
    for client in clients:
        await client.disconnect()


def slixmpp_jid(text):
    from slixmpp import JID
    return JID(text)


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main())
