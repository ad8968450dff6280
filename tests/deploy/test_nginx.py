"""deploy/nginx.conf in front of two hosts: what readers get, and what they do not notice."""

import http.client
import json
import re
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.deploy.conftest import SITE, THREADS, Answer, Host, ask, tls_socket
from tests.nginx import Nginx

pytestmark = pytest.mark.deploy

FORM = "/endorsements/link/"
TYPED = "no address, but <typed> with care"


def send(front: Nginx, email: str, path: str = FORM, **headers: str) -> Answer:
    return ask(front.https, path, "POST", body=urlencode({"email": email}), headers=headers)


def static_and_picture(front: Nginx) -> list[str]:
    """A stylesheet, and a picture in its smallest size."""
    page = ask(front.https, "/").body.decode()
    css, picture = re.search(r'href="(/static/css/[^"]+)"', page), re.search(r'src="(/media/images/[^"]+)"', page)
    assert css
    assert picture
    return [css[1], picture[1]]


# Pages


def test_a_page_comes_over_tls_and_without_a_cookie(front: Nginx) -> None:
    answer = ask(front.https, "/")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert answer.headers["Server"] == "nginx"


def test_plain_http_leads_to_https(front: Nginx) -> None:
    answer = ask(front.http, "/news/?kind=statement", tls=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{SITE}/news/?kind=statement")


def test_the_certificate_is_renewed_through_plain_http(front: Nginx) -> None:
    (front.folder / "acme" / ".well-known" / "acme-challenge" / "token").write_text("proof")
    assert ask(front.http, "/.well-known/acme-challenge/token", tls=False).body == b"proof"


def test_old_tls_is_refused(front: Nginx) -> None:
    old = ssl._create_unverified_context()
    old.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
    old.set_ciphers("ALL:@SECLEVEL=0")
    connection = http.client.HTTPSConnection("127.0.0.1", front.https, context=old, timeout=10)
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol"):
        connection.request("GET", "/")


def test_another_name_is_refused_by_the_site(front: Nginx) -> None:
    assert ask(front.https, "/", headers={"Host": "evil.example"}).status == 400


def test_operators_figures_are_not_for_everybody(front: Nginx) -> None:
    assert ask(front.https, "/metrics").status == 404


def test_static_files_and_pictures_need_no_host(front: Nginx, hosts: list[Host]) -> None:
    paths = static_and_picture(front)
    first = [ask(front.https, path) for path in paths]
    for host in hosts:
        host.kill()
    again = [ask(front.https, path) for path in paths]
    assert [answer.status for answer in [*first, *again]] == [200] * 4
    assert [answer.body for answer in first] == [answer.body for answer in again]
    assert first[0].headers["Cache-Control"] == again[0].headers["Cache-Control"]
    assert "immutable" in first[0].headers["Cache-Control"]
    for name in ("X-Content-Type-Options", "Strict-Transport-Security", "Content-Type"):
        assert [answer.headers[name] for answer in first] == [answer.headers[name] for answer in again]


def test_a_browser_without_brotli_gets_no_brotli(front: Nginx) -> None:
    css, _picture = static_and_picture(front)
    for coding in ("br", "gzip", ""):
        assert ask(front.https, css, headers={"Accept-Encoding": coding}).headers.get("Content-Encoding", "") == coding


# Forms


def test_what_was_typed_comes_back(front: Nginx) -> None:
    answer = send(front, TYPED)
    assert answer.status == 200
    assert "no address, but &lt;typed&gt; with care" in answer.body.decode()


def test_a_body_that_is_too_large_gets_a_page_that_says_so(front: Nginx) -> None:
    with tls_socket(front.https) as connection:
        head = f"POST {FORM} HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: {26 * 1024 * 1024}\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 100_000)
        connection.settimeout(20)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
        assert '<html lang="en">' in answer.read().decode()


def test_a_forged_address_does_not_pass_the_limits(front: Nginx) -> None:
    """60 of a form in an hour from one network."""
    statuses = [send(front, "nobody@example.org", **{"X-Forwarded-For": f"203.0.113.{number}"}).status for number in range(62)]
    assert statuses[:50] == [200] * 50
    assert statuses[-1] == 429


def test_nor_where_there_is_no_proxy(hosts: list[Host]) -> None:
    """A stranger who reaches a host past its proxy: FORWARDED_ALLOW_IPS does not name them."""
    path, statuses = "/members/link/", []
    for number in range(62):
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        form = urlencode({"email": "nobody@example.org"})
        statuses.append(ask(hosts[0].port, path, "POST", body=form, headers=forged, tls=False, source="127.0.0.2").status)
    assert statuses[0] == 200
    assert statuses[-1] == 429


# Many and slow


def test_slow_senders_do_not_stop_the_site(front: Nginx) -> None:
    """Ten times as many as the site has threads: half stop in the headers, half in the body."""
    slow = [tls_socket(front.https) for _ in range(20 * THREADS)]
    try:
        for number, connection in enumerate(slow):
            rest = "\r\nContent-Length: 1000\r\n\r\nemail=" if number % 2 else "\r\nX-Slow: "
            connection.sendall(f"POST {FORM} HTTP/1.1\r\nHost: {SITE}{rest}".encode())
        assert [ask(front.https, "/healthz").status for _ in range(10)] == [200] * 10
        assert send(front, TYPED).status == 200
    finally:
        for connection in slow:
            connection.close()


def pipelined(front: Nginx, path: str, count: int) -> list[int]:
    """The statuses of so many requests on one connection, none waiting for the one before."""
    with tls_socket(front.https) as connection:
        request = f"HEAD {path} HTTP/1.1\r\nHost: {SITE}\r\n"
        requests = f"{request}\r\n" * (count - 1) + f"{request}Connection: close\r\n\r\n"
        threading.Thread(target=connection.sendall, args=[requests.encode()]).start()
        got = bytearray()
        while part := connection.recv(65536):
            got += part
    return [int(status) for status in re.findall(rb"^HTTP/1\.1 (\d+)", got, re.MULTILINE)]


def test_an_office_is_not_an_attacker_and_an_attacker_is_not_an_office(front: Nginx) -> None:
    """500 people open a page at once. Who asks five times as often is told to wait, and the others are not."""

    def at_once(count: int) -> list[int]:
        with ThreadPoolExecutor(10) as pool:
            return [status for part in pool.map(lambda _: pipelined(front, "/healthz", count // 10), range(10)) for status in part]

    time.sleep(3)  # what other tests asked for is forgotten at 50 a second
    assert at_once(500) == [200] * 500
    statuses = at_once(2500)
    assert set(statuses) == {200, 429}
    assert ask(front.https, "/static/none.css").status == 404, "files are not counted"


# Hosts that go


def test_one_host_is_killed_and_the_other_serves(front: Nginx, hosts: list[Host]) -> None:
    time.sleep(1)
    hosts[0].kill()
    assert [ask(front.https, "/healthz").status for _ in range(20)] == [200] * 20
    assert [send(front, TYPED).status for _ in range(10)] == [200] * 10


def test_without_a_host_there_is_a_page_that_says_so(front: Nginx, hosts: list[Host]) -> None:
    hosts[0].kill()
    hosts[1].kill()
    answer = ask(front.https, "/")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert '<html lang="en">' in answer.body.decode()


def test_a_rolling_restart_drops_nothing(front: Nginx, hosts: list[Host]) -> None:
    """Pages and forms, while each host is reloaded, then stopped and started."""
    over, failed, count, step = threading.Event(), [], [0], [""]

    def visit(number: int) -> None:
        while not over.is_set():
            answer = send(front, TYPED) if number % 2 else ask(front.https, f"/news/?unknown={count[0]}")
            count[0] += 1
            if answer.status != 200:
                failed.append((number, answer.status, step[-1]))
            time.sleep(0.05)

    visitors = [threading.Thread(target=visit, args=[number]) for number in range(4)]
    for visitor in visitors:
        visitor.start()
    try:
        for host in hosts:
            step.append("reload")
            host.reload()
        for host in hosts:
            step.append("stop")
            host.stop()
            step.append("start")
            time.sleep(1)
            host.start()
            time.sleep(6)  # until nginx asks it again
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()
    assert failed == []
    assert count[0] > 50


# Logs


def test_the_log_has_no_address_no_query_and_no_personal_link(front: Nginx) -> None:
    secret = "A" * 20 + "b_-9" * 6
    for path in (f"/endorsements/confirm/{secret}/", f"/?name={secret}"):
        ask(front.https, path)
    lines = [json.loads(line) for line in front.log("access.log").splitlines()]
    assert "/endorsements/confirm/***/" in [line["path"] for line in lines]
    assert {line["network"] for line in lines} == {"127.0.0.0"}
    assert secret not in front.log("access.log") + front.log("error.log")
