"""nginx and Caddy with the files of `deploy/`, on free ports and with a certificate of our own."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.support import certificates, ports
from tests.support.live import HOUSE

DEPLOY = HOUSE / "deploy"
NGINX = """
worker_processes 1;
pid {folder}/pid;
events {{}}
http {{
    types {{ text/html html; }}
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    include {folder}/comity.conf;
}}
"""
CADDY = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"


class Proxy:
    """One of them. `url` is where visitors go."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="comity-proxy-"))
        self.folder.chmod(0o755)  # its workers run as another user
        self.tls_port, self.plain_port = ports.free(2)
        self.url = f"https://localhost:{self.tls_port}"
        self.ca_file = certificates.make(self.folder / "tls")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str]) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(self.folder)})
        ports.wait_for(self.tls_port, what=lambda: (self.folder / "log").read_text())

    def stop(self) -> None:
        """End it and remove its folder."""
        if self._process:
            self._process.terminate()
            self._process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def nginx(proxy: Proxy, port: int) -> None:
    """Start nginx with our file; it passes visitors on to that port of this machine."""
    text = (DEPLOY / "nginx" / "comity.conf").read_text()
    for theirs, ours in (
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{proxy.plain_port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.tls_port} ssl http2;"),
        ("server_name help.example.org;", "server_name localhost;"),
        ("server 127.0.0.1:8400;", f"server 127.0.0.1:{port};"),
        ("/etc/ssl/comity/fullchain.pem", f"{proxy.folder}/tls/server.crt"),
        ("/etc/ssl/comity/privkey.pem", f"{proxy.folder}/tls/server.key"),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    (proxy.folder / "comity.conf").write_text(text)
    (proxy.folder / "main.conf").write_text(NGINX.format(folder=proxy.folder))
    command = [_program("nginx"), "-e", "stderr", "-p", str(proxy.folder), "-c", "main.conf", "-g", "daemon off;"]
    proxy.start(command)


def caddy(proxy: Proxy, port: int) -> None:
    """Start Caddy with our file, likewise; the certificate is ours instead of one that it fetches."""
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    tls = f"\ttls {proxy.folder}/tls/server.crt {proxy.folder}/tls/server.key\n"
    for theirs, ours in (
        ("help.example.org {\n", f"{proxy.url} {{\n{tls}"),
        ("127.0.0.1:8400", f"127.0.0.1:{port}"),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    path = proxy.folder / "Caddyfile"
    path.write_text(CADDY + text)
    proxy.start([_program("caddy"), "run", "--adapter", "caddyfile", "--config", str(path)])


PROXIES: dict[str, Callable[[Proxy, int], None]] = {"nginx": nginx, "caddy": caddy}


def _program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        raise RuntimeError(f"{name} is not installed. Remedy: apt-get install {name}")
    return found
