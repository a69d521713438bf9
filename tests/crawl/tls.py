"""Servers whose TLS is wrong, and one whose TLS is right; certificates made on the spot."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mirror.demo.server import conversation
from mirror.demo.site import Site

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
HERE: list[x509.GeneralName] = [
    x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1")),
]  # fmt: skip
ELSEWHERE: list[x509.GeneralName] = [x509.DNSName("other.example")]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key; `pem` is a file of both."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    pem: Path


class Authority:
    """Issues certificates. Who trusts it has its own in SSL_CERT_FILE (`root.pem`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.root = self.issue("root", [], is_authority=True)

    def issue(
        self,
        name: str,
        names: list[x509.GeneralName],
        *,
        until: datetime.datetime = NOW + DAY,
        is_authority: bool = False,
        by_itself: bool = False,
    ) -> Issued:
        """A certificate for some names; `by_itself` or for the authority: self-signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = is_authority or by_itself
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if own else self.root.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 30 * DAY)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(key if own else self.root.key, hashes.SHA256())
        pem = self.folder / f"{name}.pem"
        pem.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Issued(certificate, key, pem)


@contextlib.contextmanager
def serving(site: Site, certificate: Issued) -> Iterator[str]:
    """The site over TLS on a port of 127.0.0.1; gives its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.pem)

    class Server(ThreadingHTTPServer):
        """Whose handshakes are in the threads of their connections."""

        def get_request(self) -> tuple[socket.socket, object]:
            plain, peer = super().get_request()
            return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), peer

        def handle_error(self, request: object, client_address: object) -> None:
            """Says nothing: a refused handshake is what is tested."""

    server = Server(("127.0.0.1", 0), conversation(site.respond))
    site.url = f"https://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site.url
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A port of 127.0.0.1 at which connections are answered like this, whatever they ask."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    answer(connection)

        for _ in range(4):
            threading.Thread(target=accept, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
