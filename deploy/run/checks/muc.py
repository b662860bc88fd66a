"""Rooms (XEP-0045): join, talk, private message, change of nick, leave."""

import asyncio

MUC_USER = "{http://jabber.org/protocol/muc#user}"


def codes(presence):
    return {status.get("code") for status in presence.xml.iter(f"{MUC_USER}status")}


def presence_of(occupant, kind=None):
    def matches(stanza):
        if stanza.name != "presence" or stanza["from"].full != occupant:
            return False
        return kind is None or stanza.xml.get("type", "available") == kind

    return matches


def said(room_nick, body, kind="groupchat"):
    return lambda s: s.name == "message" and s["type"] == kind and s["from"].full == room_nick and s["body"] == body


def enter(client, occupant):
    client.send_raw(f"<presence to='{occupant}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")


async def check(scene):
    service = scene.service("muc")
    room = f"check-{scene.round}@{service}"
    ann = await scene.client("ann")
    bea = await scene.client("bea")

    async with scene.step("the room service stands in the server's disco#items and is a conference"):
        items = await ann["xep_0030"].get_items(jid=scene.domain, timeout=20)
        assert any(str(item[0]) == service for item in items["disco_items"]["items"]), str(items)
        info = await ann["xep_0030"].get_info(jid=service, timeout=20)
        assert any(i[0] == "conference" and i[1] == "text" for i in info["disco_info"]["identities"]), str(info)
        assert "http://jabber.org/protocol/muc" in info["disco_info"]["features"], str(info)

    async with scene.step("who enters first makes the room (110, 201) and opens it as an instant room"):
        enter(ann, f"{room}/ann")
        own = await ann.wait_for("her own presence", presence_of(f"{room}/ann"))
        assert own.xml.get("type") is None, str(own)
        assert {"110", "201"} <= codes(own), str(own)
        await ann.ask(
            room,
            "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>",
            "set",
        )

    async with scene.step("a second client enters and both see each other"):
        enter(bea, f"{room}/bea")
        await bea.wait_for("ann's presence", presence_of(f"{room}/ann", "available"))
        own = await bea.wait_for("her own presence", presence_of(f"{room}/bea", "available"))
        assert "110" in codes(own) and "201" not in codes(own), str(own)
        await ann.wait_for("bea's presence", presence_of(f"{room}/bea", "available"))

    async with scene.step("what one says all hear, in one order"):
        for number in range(5):
            (ann, bea)[number % 2].send_message(mto=room, mbody=f"line {number}", mtype="groupchat")
        heard = []
        for client in (ann, bea):
            lines = []
            for _ in range(5):
                message = await client.wait_for(
                    "a line", lambda s: s.name == "message" and s["type"] == "groupchat" and s["body"].startswith("line ")
                )
                lines.append((message["from"].full, message["body"]))
            heard.append(lines)
        assert heard[0] == heard[1], str(heard)
        assert {line[1] for line in heard[0]} == {f"line {n}" for n in range(5)}, str(heard)

    async with scene.step("a private message reaches one occupant alone"):
        ann.send_message(mto=f"{room}/bea", mbody="between us", mtype="chat")
        await bea.wait_for("the private message", said(f"{room}/ann", "between us", "chat"))
        assert not any(s.name == "message" and s["body"] == "between us" for s in ann._inbox)

    async with scene.step("a change of nick is seen as 303 and the new presence"):
        bea.send_presence(pto=f"{room}/beatrix")
        gone = await ann.wait_for("the old nick's end", presence_of(f"{room}/bea", "unavailable"))
        assert "303" in codes(gone), str(gone)
        await ann.wait_for("the new nick", presence_of(f"{room}/beatrix", "available"))
        own = await bea.wait_for("her new presence", presence_of(f"{room}/beatrix", "available"))
        assert "110" in codes(own), str(own)

    async with scene.step("a nick in use is a conflict"):
        bea.send_presence(pto=f"{room}/ann")
        error = await bea.wait_for("the conflict", lambda s: s.name == "presence" and s["type"] == "error")
        assert error["error"]["condition"] == "conflict", str(error)

    async with scene.step("who leaves is seen to leave"):
        bea.send_presence(pto=f"{room}/beatrix", ptype="unavailable")
        own = await bea.wait_for("her own unavailable", presence_of(f"{room}/beatrix", "unavailable"))
        assert "110" in codes(own), str(own)
        await ann.wait_for("bea's unavailable", presence_of(f"{room}/beatrix", "unavailable"))

    ann.send_presence(pto=f"{room}/ann", ptype="unavailable")
    await asyncio.gather(ann.disconnect(), bea.disconnect(), return_exceptions=True)
