"""Sends iqs as a real client and prints the answers, one JSON object a line.

Arguments: port, bare JID, password, and one JSON array [to or null, type, payload] for each iq.
"""
import asyncio
import json
import sys
from xml.etree import ElementTree

import slixmpp
from slixmpp.exceptions import IqError, IqTimeout


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, iqs):
        super().__init__(jid, password)
        self.iqs = iqs
        self["feature_mechanisms"].unencrypted_plain = True
        self["feature_mechanisms"].unencrypted_scram = True
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("failed_auth", lambda _: self.end("no login"))

    async def start(self, _):
        self.send_presence()
        for to, kind, payload in self.iqs:
            iq = self.make_iq(ito=to, itype=kind) if to else self.make_iq(itype=kind)
            iq.append(ElementTree.fromstring(payload))
            try:
                answer = await iq.send(timeout=20)
            except IqError as error:
                answer = error.iq
            except IqTimeout:
                print(json.dumps({"type": "timeout"}), flush=True)
                continue
            print(json.dumps({"type": answer["type"], "from": str(answer["from"]), "xml": str(answer)}), flush=True)
        self.disconnect()

    def end(self, problem):
        print(json.dumps({"type": problem}), flush=True)
        self.disconnect()


def main():
    port, jid, password = sys.argv[1:4]
    client = Client(f"{jid}/test", password, [json.loads(a) for a in sys.argv[4:]])
    client.connect(("127.0.0.1", int(port)), disable_starttls=True)
    client.process(forever=False)


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    main()
