"""Uploads (XEP-0363): a slot, a file, the same bytes back."""

import urllib.request

UPLOAD = "urn:xmpp:http:upload:0"


def fetch(url, data=None, headers=(), method="GET"):
    request = urllib.request.Request(url, data=data, headers=dict(headers), method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, dict(answer.headers), answer.read()


async def check(scene):
    service = scene.service("upload")
    ann = await scene.client("ann")

    async with scene.step("the upload service is a store of files and says how large they may be"):
        info = await ann["xep_0030"].get_info(jid=service, timeout=20)
        assert any(i[0] == "store" and i[1] == "file" for i in info["disco_info"]["identities"]), str(info)
        assert UPLOAD in info["disco_info"]["features"], str(info)
        assert "max-file-size" in str(info), str(info)

    async with scene.step("a slot takes its file once, and gives the same bytes back as an attachment"):
        content = b"<html>not to be shown</html>"
        slot = await ann.ask(
            service, f"<request xmlns='{UPLOAD}' filename='tr\u00e8s cool.html' size='{len(content)}' content-type='text/html'/>"
        )
        put = slot.find(f"{{{UPLOAD}}}put")
        headers = {h.get("name"): h.text for h in put.findall(f"{{{UPLOAD}}}header")}
        status, _, _ = fetch(put.get("url"), content, {**headers, "Content-Type": "text/html"}, "PUT")
        assert status == 201, str(status)
        status, answer, body = fetch(slot.find(f"{{{UPLOAD}}}get").get("url"))
        assert body == content, str(body)
        assert answer["Content-Disposition"].startswith("attachment"), str(answer)
        assert "sandbox" in answer["Content-Security-Policy"], str(answer)

    async with scene.step("a file that is too large is refused with the limit"):
        try:
            await ann.ask(service, f"<request xmlns='{UPLOAD}' filename='a' size='{10**15}'/>")
        except Exception as refused:  # slixmpp's IqError
            assert "file-too-large" in str(refused.iq), str(refused)
        else:
            raise AssertionError("it was not refused")
