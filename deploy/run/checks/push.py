"""Push (XEP-0357): what clients look for before they register."""


async def check(scene):
    service = scene.service("push")
    ann = await scene.client("ann")

    async with scene.step("the push service is a pubsub service for push and has commands to register"):
        info = await ann["xep_0030"].get_info(jid=service, timeout=20)
        assert any(i[0] == "pubsub" and i[1] == "push" for i in info["disco_info"]["identities"]), str(info)
        assert "urn:xmpp:push:0" in info["disco_info"]["features"], str(info)
        commands = await ann["xep_0030"].get_items(jid=service, node="http://jabber.org/protocol/commands", timeout=20)
        nodes = {item[1] for item in commands["disco_items"]["items"]}
        assert "register-push-webpush" in nodes, str(commands)
