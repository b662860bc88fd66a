"""What the services tell each other: each step is held against the counters of events and calls."""

import asyncio
import time

from checks.muc import codes, enter, presence_of

SEARCH = "urn:xmpp:channel-search:0:search"
PARAMS = "urn:xmpp:channel-search:0:search-params"
OWNER = "http://jabber.org/protocol/muc#owner"
CONFIG = "http://jabber.org/protocol/muc#roomconfig"


def configuration(**fields):
    values = "".join(f"<field var='muc#roomconfig_{var}'><value>{value}</value></field>" for var, value in fields.items())
    return (
        f"<query xmlns='{OWNER}'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{CONFIG}</value></field>{values}</x></query>"
    )


async def found(client, service, words):
    query = (
        f"<search xmlns='{SEARCH}'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE' type='hidden'><value>{PARAMS}</value></field>"
        f"<field var='q'><value>{words}</value></field><field var='sinname'><value>1</value></field></x></search>"
    )
    result = await client.ask(service, query)
    return {item.get("address") for item in result.iter(f"{{{SEARCH}}}item")}


async def until_found(client, service, words, room, is_listed):
    """Asks until the room is in the answer, or is not any more; the step prints how long that took."""
    until = time.monotonic() + 20
    while (room in await found(client, service, words)) != is_listed:
        assert time.monotonic() < until, f"{room} is {'not ' if is_listed else 'still '}found"
        await asyncio.sleep(0.1)  # search limits how often one may ask


async def check(scene):
    ann = await scene.client("ann")
    bea = await scene.client("bea")
    chosen = scene.options.services.split(",")

    async with scene.step("each service stands once in the server's disco#items"):
        items = await ann["xep_0030"].get_items(jid=scene.domain, timeout=20)
        addresses = [str(item[0]) for item in items["disco_items"]["items"]]
        for name in chosen:
            assert addresses.count(scene.service(name)) == 1, f"{name}: {addresses}"

    if not {"muc", "search"} <= set(chosen):
        return
    muc, search = scene.service("muc"), scene.service("search")
    room = f"slice-{scene.round}@{muc}"

    async with scene.step("search asked muc for its rooms"):
        calls = "annex_rpc_client_calls_total"
        until = time.monotonic() + 20
        while scene.options.round != "host" and scene.metric(calls) == 0:
            assert time.monotonic() < until, "no call was made"
            await asyncio.sleep(0.1)

    before = scene.metric("annex_events_consumed_total")
    enter(ann, f"{room}/ann")
    assert "201" in codes(await ann.wait_for("her own presence", presence_of(f"{room}/ann")))
    async with scene.step("a room made public is found by its name, and an event told it"):
        await ann.ask(room, configuration(roomname="Verona by night", persistentroom=1, publicroom=1), "set")
        await until_found(bea, search, "verona", room, True)
        assert scene.metric("annex_events_consumed_total") > before, "no event was consumed"

    async with scene.step("made hidden, it is gone"):
        await ann.ask(room, configuration(roomname="Verona by night", persistentroom=1, publicroom=0), "set")
        await until_found(bea, search, "verona", room, False)

    async with scene.step("made public again, it is back"):
        await ann.ask(room, configuration(roomname="Verona by night", persistentroom=1, publicroom=1), "set")
        await until_found(bea, search, "verona", room, True)

    async with scene.step("destroyed, it is gone, and an event told it"):
        before = scene.metric("annex_events_consumed_total")
        await ann.ask(room, f"<query xmlns='{OWNER}'><destroy/></query>", "set")
        await until_found(bea, search, "verona", room, False)
        assert scene.metric("annex_events_consumed_total") > before, "no event was consumed"
