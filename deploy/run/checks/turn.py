"""TURN discovery (XEP-0215): asked of the server's own domain, where clients ask."""

EXTDISCO = "urn:xmpp:extdisco:2"


async def check(scene):
    service = scene.service("turn")
    ann = await scene.client("ann")

    async with scene.step("TURN discovery is advertised by the server's own domain, by delegation"):
        for address in (service, scene.domain):
            info = await ann["xep_0030"].get_info(jid=address, timeout=20)
            assert EXTDISCO in info["disco_info"]["features"], f"{address}: {info}"
