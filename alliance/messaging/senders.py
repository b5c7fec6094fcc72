"""Ways out of the house, one function each: mail by Django, robots of WeCom and DingTalk by https.

A sender raises `NotTaken` when the other side certainly did not take the message, `Unknown` when it may have:
only the first is tried again. Addresses come from what two people entered; a robot's host must be one of the
environment's, https only, and no redirect is followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

SECONDS = 10  # a robot that answers later is no robot


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: a title, plain text, the key that is its name at the other side, and the secret it is
    signed with ("": unsigned).
    """

    title: str
    text: str
    key: str
    secret: str = ""


class NotTaken(Exception):
    """The other side did not take it; the sentence says why and names no address."""


class Unknown(Exception):
    """It may have been taken or not."""


def mail(address: str, letter: Letter) -> None:
    """Send by the mail server of the environment. Raises NotTaken, Unknown."""
    server = get_connection(fail_silently=False, timeout=SECONDS)
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(f"mail server: {type(error).__name__}") from error
    message = EmailMessage(
        letter.title, letter.text, to=[address], connection=server,
        headers={"Message-ID": f"<{letter.key}@xietong>"},
    )  # fmt: skip
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        raise NotTaken(f"mail server: {type(error).__name__}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(f"mail server: {type(error).__name__}") from error
    finally:
        _close(server)


def _close(server: object) -> None:
    try:
        server.close()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException):
        return


def wecom(address: str, letter: Letter) -> None:
    """Post to a WeCom robot. Raises NotTaken, Unknown."""
    _robot(address, {"msgtype": "text", "text": {"content": f"{letter.title}\n{letter.text}"}})


def dingtalk(address: str, letter: Letter) -> None:
    """Post to a DingTalk robot: signed where it has a secret, else its keyword is a word of the title.

    Raises NotTaken, Unknown.
    """
    if letter.secret:
        address += ("&" if "?" in address else "?") + urlencode(signature(letter.secret, _milliseconds()))
    _robot(address, {"msgtype": "text", "text": {"content": f"{letter.title}\n{letter.text}"}})


def signature(secret: str, at: int) -> dict[str, str]:
    """What a signed DingTalk robot wants in its address: `timestamp` in milliseconds, not an hour from its
    own, and `sign`, the base 64 of HMAC-SHA256 under the secret of "timestamp, line feed, secret".
    """
    body = hmac.digest(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": str(at), "sign": base64.b64encode(body).decode()}


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def allowed(address: str) -> bool:
    """Whether an address is https, without user or fragment, at a host of the environment (WEBHOOK_HOSTS)."""
    try:
        parts = urlsplit(address)
        plain = parts.username is None and parts.password is None and not parts.fragment
        return parts.scheme == "https" and plain and parts.netloc.lower() in settings.WEBHOOK_HOSTS
    except ValueError:
        return False


def _robot(address: str, body: Mapping[str, object]) -> None:
    if not allowed(address):
        raise NotTaken("the address is not one of the hosts that are allowed")
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    context = ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)
    link = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=context)
    try:
        try:
            link.connect()
        except OSError as error:
            raise NotTaken(f"robot: {type(error).__name__}") from error
        _said(*_posted(link, path, json.dumps(body, ensure_ascii=False).encode()))
    finally:
        link.close()


def _posted(link: http.client.HTTPSConnection, path: str, body: bytes) -> tuple[int, bytes]:
    try:
        link.request("POST", path or "/", body, {"Content-Type": "application/json; charset=utf-8"})
        answer = link.getresponse()
        return answer.status, answer.read(10_000)
    except (OSError, http.client.HTTPException) as error:
        raise Unknown(f"robot: {type(error).__name__}") from error


def _said(status: int, body: bytes) -> None:
    """Both robots answer 200 with errcode 0; a refusal names its code."""
    if status >= 500:
        raise Unknown(f"robot: status {status}")
    if status != 200:
        raise NotTaken(f"robot: status {status}")
    try:
        code = json.loads(body).get("errcode")
    except (ValueError, AttributeError) as error:
        raise Unknown("robot: an answer nobody can read") from error
    if code != 0:
        raise NotTaken(f"robot: errcode {code}")


SENDERS: Mapping[str, Callable[[str, Letter], None]] = {"mail": mail, "wecom": wecom, "dingtalk": dingtalk}
