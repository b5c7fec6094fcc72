"""Real servers on loopback: one that takes mail, one robot behind https with a certificate of its own."""

from __future__ import annotations

import base64
import datetime
import hmac
import http.server
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Taken:
    """What a server took, and how it is to answer: "ok", "refuse", "hang up" after the text, "error"."""

    port: int = 0
    manner: str = "ok"
    texts: list[str] = field(default_factory=list)
    # With a secret the robot takes only what is signed with it: as DingTalk documents it, computed here anew.
    secret: str = ""
    ca: str = ""


@contextmanager
def _running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mail_server() -> Iterator[Taken]:
    """A mail server that speaks as much SMTP as a letter needs."""
    taken = Taken()

    class Post(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                word = line.decode().strip().upper()
                if word.startswith("RCPT") and taken.manner == "refuse":
                    self.say("550 nobody of this name")
                elif word.startswith("DATA"):
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part.decode())
                    taken.texts.append("".join(lines))
                    if taken.manner == "hang up":
                        return
                    self.say("250 taken")
                elif word.startswith("QUIT"):
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Post) as server, _running(server):
        taken.port = server.server_address[1]
        yield taken


@contextmanager
def robot(folder: Path) -> Iterator[Taken]:
    """A robot of WeCom or DingTalk: https, JSON, errcode."""
    taken = Taken(ca=str(folder / "ca.pem"))

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            taken.texts.append(body)
            if taken.manner == "hang up":
                self.close_connection = True
                return
            if taken.manner == "moved":
                self.send_response(302)
                self.send_header("Location", "https://elsewhere.example/")
                self.end_headers()
                return
            code = 0 if taken.manner == "ok" else 93000
            if taken.secret and not _signed(self.path, taken.secret):
                code = 310000
            said = json.dumps({"errcode": code}).encode()
            self.send_response(502 if taken.manner == "error" else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with server, _running(server):
        taken.port = server.server_address[1]
        yield taken


def _signed(path: str, secret: str) -> bool:
    """Whether an address bears a time of now in milliseconds and the signature of it."""
    asked = parse_qs(urlsplit(path).query)
    stamp, sign = asked.get("timestamp", ["0"])[0], asked.get("sign", [""])[0]
    told = f"{stamp}\n{secret}".encode()
    wanted = base64.b64encode(hmac.new(secret.encode(), told, digestmod="sha256").digest()).decode()
    return abs(time.time() * 1000 - int(stamp)) < 3_600_000 and hmac.compare_digest(wanted, sign)


def _certificate(folder: Path) -> Path:
    """A certificate for "localhost" with its key in one file; the certificate alone in ca.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now.replace(year=2060))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pem)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(pem + secret)
    return folder / "both.pem"
