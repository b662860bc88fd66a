"""What every check needs: clients, a way to wait for stanzas, and the operators' pages."""

import asyncio
import contextlib
import logging
import sys
import time
import urllib.request
import xml.etree.ElementTree as ElementTree

import slixmpp

PATIENCE = 20  # seconds to wait for one stanza on a loaded machine


class StepFailed(Exception):
    """An assertion does not hold; the cause says why."""


class Client(slixmpp.ClientXMPP):
    """A client that keeps what it gets until somebody waits for it."""

    def __init__(self, address, password, port, resource="check"):
        super().__init__(f"{address}/{resource}", password)
        self["feature_mechanisms"].unencrypted_plain = True
        self["feature_mechanisms"].unencrypted_scram = True
        self.plugin.enable("xep_0030")
        for plugin in ("xep_0004", "xep_0045", "xep_0050", "xep_0059", "xep_0199"):
            self.register_plugin(plugin)
        self._port = port
        self._inbox = []
        self._arrived = asyncio.Event()
        for event in ("message", "groupchat_message", "message_error", "presence"):
            self.add_event_handler(event, self._keep)

    async def start(self):
        started = asyncio.get_running_loop().create_future()
        self.add_event_handler("session_start", lambda _: started.done() or started.set_result(None))
        # Not failed_auth: ejabberd 24.12 refuses slixmpp's SCRAM where there is no TLS to bind to, and takes its PLAIN.
        self.add_event_handler("failed_all_auth", lambda e: started.done() or started.set_exception(RuntimeError("refused")))
        if hasattr(self, "enable_plaintext"):
            # slixmpp 1.9 and later.
            self.enable_starttls, self.enable_direct_tls, self.enable_plaintext = False, False, True
            self.connect("127.0.0.1", self._port)
        else:
            self.connect(("127.0.0.1", self._port), disable_starttls=True, force_starttls=False)
        await asyncio.wait_for(started, PATIENCE)
        self.send_presence()
        return self

    def _keep(self, stanza):
        if not any(stanza is kept for kept in self._inbox):
            self._inbox.append(stanza)
            del self._inbox[:-2000]
            self._arrived.set()

    async def wait_for(self, what, matches, patience=PATIENCE):
        """The first stanza kept for which `matches` holds, taken out."""
        until = time.monotonic() + patience
        while True:
            for index, stanza in enumerate(self._inbox):
                if matches(stanza):
                    return self._inbox.pop(index)
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), until - time.monotonic())
            except asyncio.TimeoutError:
                kept = "\n".join(str(stanza) for stanza in self._inbox[-8:])
                raise AssertionError(f"{self.boundjid.bare} waited for {what}; it got\n{kept}") from None

    def forget(self):
        self._inbox.clear()

    async def ask(self, to, payload, kind="get"):
        """An iq with this payload (text); the answer's first child as an element, or slixmpp.exceptions.IqError."""
        iq = self.make_iq(ito=to, itype=kind)
        iq.append(ElementTree.fromstring(payload))
        answer = await iq.send(timeout=PATIENCE)
        return next(iter(answer.xml), None)


class Scene:
    def __init__(self, options, accounts):
        self.options = options
        self.domain = options.domain
        self.round = options.round
        self.server = options.server
        self.accounts = accounts
        self.rpc = dict(address.split("=", 1) for address in options.rpc)
        self.web = dict(address.split("=", 1) for address in options.web)
        self.steps = 0
        self._clients = []
        logging.getLogger("slixmpp").setLevel(logging.CRITICAL)

    def service(self, name):
        """The address of a service: muc, upload, push, turn, search."""
        return f"{name}.{self.domain}"

    async def client(self, user, resource="check"):
        client = Client(f"{user}@{self.domain}", self.accounts[user], self.options.port, resource)
        self._clients.append(client)
        return await client.start()

    @contextlib.asynccontextmanager
    async def step(self, sentence):
        """One assertion: a sentence that is true when the block ends without an exception."""
        began = time.monotonic()
        try:
            yield
        except Exception as wrong:
            raise StepFailed(sentence) from wrong
        self.steps += 1
        print(f"  ok {sentence} ({(time.monotonic() - began) * 1000:.0f} ms)", flush=True)

    @contextlib.asynccontextmanager
    async def outage(self, is_late):
        """The broker is away in here, in a round that can take it away: who started this one does it, at these words. It
        stays away for the time chosen, and `is_late` asserts that nothing got through meanwhile."""
        began = time.monotonic()
        await self.control("stop broker")
        yield
        if self.options.control:
            await asyncio.sleep(max(0, began + self.options.outage - time.monotonic()))
            async with self.step("without the broker no event gets from one service to another"):
                await is_late()
        await self.control("start broker")

    async def control(self, words):
        if not self.options.control:
            return
        print(f"control: {words}", flush=True)
        answer = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        assert answer.strip() == "done", answer

    def metric(self, name, **labels):
        """The sum of a metric over all processes (Prometheus text), of the series with these labels."""
        total = 0.0
        for port in self.options.operators.split(","):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
                for line in page.read().decode().splitlines():
                    series, _, value = line.rpartition(" ")
                    if series.split("{")[0] == name and all(f'{k}="{v}"' in series for k, v in labels.items()):
                        total += float(value)
        return total

    async def close(self):
        await asyncio.gather(*(client.disconnect() for client in self._clients), return_exceptions=True)
