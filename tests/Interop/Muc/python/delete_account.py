"""A user makes a room, then deletes his own account (XEP-0077). Arguments: host port muc domain name room."""
import asyncio
import sys

import slixmpp

HOST, PORT, SERVICE, DOMAIN, NAME, ROOM = sys.argv[1], int(sys.argv[2]), *sys.argv[3:7]


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(f"{NAME}@{DOMAIN}/slixmpp", f"pw-{NAME}")
        self.done = asyncio.Event()
        self.room = asyncio.Event()
        self.register_plugin("xep_0077")
        for mechanism in ("unencrypted_plain", "unencrypted_scram", "unencrypted_cram", "unencrypted_digest"):
            setattr(self["feature_mechanisms"], mechanism, True)
        self.add_event_handler("session_start", self.start)
        self.add_filter("in", self.look)

    def look(self, stanza):
        if ROOM in str(stanza["from"]) and stanza.name == "presence":
            self.room.set()
        return stanza

    async def start(self, _):
        self.send_presence()
        if ROOM != "-":
            self.send_raw(f"<presence to='{ROOM}@{SERVICE}/{NAME}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
            await asyncio.wait_for(self.room.wait(), 30)
            iq = self.make_iq_set(ito=f"{ROOM}@{SERVICE}")
            from xml.etree import ElementTree as ET
            iq.append(ET.fromstring("<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                                    "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                                    "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query>"))
            await iq.send()
        try:
            await self["xep_0077"].cancel_registration()
        except slixmpp.exceptions.IqError as error:
            print("refused", error.iq, flush=True)
            sys.exit(1)
        except slixmpp.exceptions.IqTimeout:
            pass  # the server closed the stream, as it may
        print("deleted", flush=True)
        self.done.set()


async def main():
    client = Client()
    client.add_event_handler("disconnected", lambda _: client.done.set())
    client.connect((HOST, PORT), disable_starttls=True)
    await asyncio.wait_for(client.done.wait(), 60)

asyncio.get_event_loop().run_until_complete(main())
