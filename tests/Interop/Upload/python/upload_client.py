#!/usr/bin/python3
"""A real client (slixmpp) finds the upload service by itself and uploads through it.

upload_client.py HOST PORT JID PASSWORD [plain]; prints one line a step and `done`, or `failed: why` with exit code 1.
plain: the slots are another module's, so its errors are not looked at.
"""
import asyncio
import os
import sys

import aiohttp
from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError
from slixmpp.plugins.xep_0363.http_upload import FileTooBig


async def find(client):
    """As find_upload_service does, whose way of waiting Python 3.11 refuses."""
    items = await client["xep_0030"].get_items(jid=client.boundjid.domain)
    for jid, _, _ in items["disco_items"]["items"]:
        try:
            info = await client["xep_0030"].get_info(jid=jid)
        except IqError:
            continue  # a component that is not connected
        if "urn:xmpp:http:upload:0" in info["disco_info"]["features"]:
            upload = client["xep_0363"]
            upload.upload_service = jid
            forms = [f["values"] for f in info["disco_info"].iterables]
            upload.max_file_size = int(next(f["max-file-size"] for f in forms if f["FORM_TYPE"] == ["urn:xmpp:http:upload:0"]))
            return jid
    raise AssertionError("no upload service in the server's items")


async def run(client):
    upload = client["xep_0363"]
    service = await find(client)
    print("found", service)
    for name, kind, size in (("très cool.jpg", "image/jpeg", 70_000), ("notes.txt", "text/plain", 1),
                             ("archive.bin", "application/octet-stream", 3_000_000)):
        content = os.urandom(size)
        path = os.path.join("/tmp", f"annex-upload-{os.getpid()}")
        with open(path, "wb") as file:
            file.write(content)
        try:
            with open(path, "rb") as file:
                url = await upload.upload_file(name, size=size, content_type=kind, input_file=file)
        finally:
            os.unlink(path)
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                assert response.status == 200, response.status
                assert response.headers["Content-Type"] == kind, response.headers
                assert await response.read() == content
        print("uploaded", name)
    if "plain" in sys.argv:
        return
    try:
        await upload.upload_file("huge.bin", size=10**12, content_type="text/plain", input_file=open("/dev/null", "rb"))
        raise AssertionError("a terabyte was taken")
    except FileTooBig:
        print("refused")
    try:
        await upload.request_slot(service, "huge.bin", 10**12, "text/plain")
        raise AssertionError("a terabyte was granted")
    except IqError as error:
        assert error.condition == "not-acceptable", error
        print("too large", error.iq["error"].xml.findtext(".//{urn:xmpp:http:upload:0}max-file-size"))


async def main():
    host, port, jid, password = sys.argv[1:5]
    client = ClientXMPP(jid, password)
    client["feature_mechanisms"].unencrypted_plain = True
    client["feature_mechanisms"].unencrypted_scram = True
    client.register_plugin("xep_0030")
    client.register_plugin("xep_0363")
    started = asyncio.get_running_loop().create_future()
    client.add_event_handler("session_start", lambda _: started.set_result(None))
    client.add_event_handler("failed_auth", lambda _: started.set_exception(Exception("no login")))
    client.connect((host, int(port)), disable_starttls=True)
    await asyncio.wait_for(started, 30)
    client.send_presence()
    await asyncio.wait_for(run(client), 90)
    client.disconnect()


try:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main())
    print("done")
except Exception as error:  # whatever it is, the test shall show it
    print(f"failed: {error!r}")
    sys.exit(1)
