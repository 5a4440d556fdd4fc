"""What a hostile or broken server may do to a pull: nothing, and not for long."""

from __future__ import annotations

import http.server
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from studio.distribution.fetching import address_of
from studio.distribution.terms import TimeLimits
from studio.domain.errors import BundleRefused, ProviderFailed, WrongUse
from tests.distribution.depot import Depot, Served, Site, serving

Handler = http.server.BaseHTTPRequestHandler


@pytest.fixture
def served(depot: Depot, site: Site) -> Iterator[Served]:
    """Return a running server of the depot, which the site pulls from."""
    with serving(depot.folder) as running:
        site.source = running.address
        yield running


def head(handler: Handler, status: int = 200, **fields: str) -> None:
    """Send the head of an answer."""
    handler.send_response(status)
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def endless(handler: Handler) -> None:
    """Send without end, until the reader hangs up."""
    head(handler)
    while True:
        handler.wfile.write(b" " * 65536)


def slowly(handler: Handler) -> None:
    """Send byte by byte without end, until the reader hangs up."""
    head(handler)
    while True:
        handler.wfile.write(b" ")
        handler.wfile.flush()


def slow_head(handler: Handler) -> None:
    """Send header after header without end, until the reader hangs up."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Wait: ")
    while True:
        handler.wfile.write(b".")
        handler.wfile.flush()


def ticking() -> Callable[[], float]:
    """Return a clock on which every look takes a second."""
    seconds = count()
    return lambda: float(next(seconds))


@pytest.mark.parametrize(
    "path", ["/metadata/timestamp.json", "/metadata/2.root.json", "/targets/production/"]
)
def test_endless_data_is_cut_off(path: str, served: Served, site: Site) -> None:
    """No answer is read further than what was asked for may be long; nothing is written."""
    served.instead[path] = endless
    with pytest.raises(BundleRefused, match="more bytes than were signed"):
        site.pull()
    assert site.bundles() == []


@pytest.mark.parametrize("answer", [slowly, slow_head], ids=["body", "head"])
def test_slow_retrieval_ends_at_the_deadline(
    answer: Callable[[Handler], None], served: Served, site: Site
) -> None:
    """A server that always sends a little more, head or body, does not hold a pull beyond its deadline."""
    served.instead["/metadata/timestamp.json"] = answer
    site.ticks, site.limits = ticking(), TimeLimits(total=60, silence=30)
    with pytest.raises(ProviderFailed, match="too slow"):
        site.pull()


def test_a_silent_server_is_left(served: Served, site: Site) -> None:
    """A server that says nothing at all is left after the time allowed."""
    enough = threading.Event()

    def silent(_: Handler) -> None:
        enough.wait(60)

    served.instead["/metadata/timestamp.json"] = silent
    site.limits = TimeLimits(silence=0.2)
    try:
        with pytest.raises(ProviderFailed, match="too slow"):
            site.pull()
    finally:
        enough.set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int, served: Served, site: Site) -> None:
    """Nobody is sent elsewhere, also not to the same server."""
    place = f"{served.address}metadata/2.snapshot.json"
    served.instead["/metadata/timestamp.json"] = lambda handler: head(handler, status, Location=place)
    with pytest.raises(ProviderFailed, match="redirects are not followed"):
        site.pull()
    assert "/metadata/2.snapshot.json" not in served.asked


@pytest.mark.parametrize("status", [500, 503, 401])
def test_a_server_in_trouble_is_told(status: int, served: Served, site: Site) -> None:
    """An error of the server is a sentence, not a verdict on the release."""
    served.instead["/metadata/timestamp.json"] = lambda handler: head(handler, status)
    with pytest.raises(ProviderFailed, match=str(status)):
        site.pull()


def test_a_root_that_is_held_back_by_an_error_stops_the_pull(served: Served, site: Site) -> None:
    """Only “not there” ends the search for newer roots: an error there is no way to hide one."""
    served.instead["/metadata/2.root.json"] = lambda handler: head(handler, 500)
    with pytest.raises(ProviderFailed, match="500"):
        site.pull()


def test_an_answer_that_ends_early_is_told(served: Served, site: Site) -> None:
    """A body shorter than its head says is not taken for whole."""

    def half(handler: Handler) -> None:
        head(handler, Content_Length="5000")
        handler.wfile.write(b"{")

    served.instead["/metadata/timestamp.json"] = half
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        site.pull()


def test_no_server_is_a_sentence(site: Site) -> None:
    """Where nobody listens, the pull says so."""
    with serving(Path(site.folder.parent)) as gone:
        address = gone.address
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        site.pull(source=address)


@pytest.mark.parametrize(
    "source",
    [
        "ftp://releases.example.com",
        "data:text/plain,x",
        "javascript:alert(1)",
        "https:///x",
        "http://ana:secret@example.com/",
        "http://example.com/?a=b",
    ],
)
def test_foreign_addresses_are_refused(source: str, site: Site) -> None:
    """Only folders and plain web addresses; nothing is contacted."""
    with pytest.raises(WrongUse, match=r"no address|no user name"):
        site.pull(source=source)


def test_a_folder_and_its_address_are_the_same(depot: Depot, site: Site) -> None:
    """A folder is given as a path or as a file: address."""
    assert address_of(str(depot.folder)) == depot.folder.as_uri() + "/"
    assert site.pull(source=depot.folder.as_uri()).new
    assert not site.pull(source=str(depot.folder)).new


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_does_not_hold_the_pull(depot: Depot, site: Site) -> None:
    """On a shared folder somebody may lay a pipe in the way: it is no file, and is not waited for."""
    stamp = depot.folder / "metadata" / "timestamp.json"
    stamp.unlink()
    os.mkfifo(stamp)
    with pytest.raises(ProviderFailed, match="no ordinary file"):
        site.pull()


def test_reading_meanwhile_never_meets_half_a_state(depot: Depot, site: Site, served: Served) -> None:
    """A release that is published between a reader's questions does not confuse the reader."""
    published: list[str] = []

    def publish_first(handler: Handler) -> None:
        if not published:
            published.append(handler.path)
            depot.publish(3)
        body = (depot.folder / handler.path.lstrip("/")).read_bytes()
        head(handler, Content_Length=str(len(body)))
        handler.wfile.write(body)

    served.instead["/metadata/2.snapshot.json"] = publish_first
    assert site.pull().release_sequence == 2
    assert site.pull().release_sequence == 3


def test_a_proxy_of_the_environment_is_used(
    depot: Depot, site: Site, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names a proxy it is asked, with the whole address."""

    def passed_on(handler: Handler) -> None:
        path = depot.folder / handler.path.removeprefix("http://releases.test/")
        if not path.is_file():
            return head(handler, 404)
        head(handler)
        handler.wfile.write(path.read_bytes())

    monkeypatch.setenv("http_proxy", served.address)
    monkeypatch.delenv("no_proxy", raising=False)
    served.instead["http://releases.test/"] = passed_on
    assert site.pull(source="http://releases.test").new
    assert "http://releases.test/metadata/timestamp.json" in served.asked
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert not site.pull(source=served.address).new


def test_a_server_with_tls_must_show_a_certificate_that_counts(
    depot: Depot, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown certificate ends the pull before anything is read; a known one is taken."""
    certificate, key = certificate_for("127.0.0.1", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(depot.folder, context) as served:
        with pytest.raises(ProviderFailed, match=r"cannot be reached .*certificate"):
            site.pull(source=served.address)
        assert served.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert served.address.startswith("https:") and site.pull(source=served.address).new


def certificate_for(host: str, folder: Path) -> tuple[Path, Path]:
    """Make a certificate that speaks for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "server.pem", folder / "server.key"
    shown.write_bytes(certificate.public_bytes(Encoding.PEM))
    kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return shown, kept
