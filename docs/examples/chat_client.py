"""A visitor of Comity's live chat in Python, with nothing but what comes with it (docs/chat-api.md).

    python chat_client.py https://help.example.org w3-… "Where is order 1042?" order.csv

It starts, writes with a file, waits on the stream for the first answer, marks it as read, and prints what was said.
With CHAT_JWT in the environment, signed by your own server, it proves first who it is.
"""

import json
import os
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

Json = dict[str, Any]
BUSY = (429, 502, 503, 504)


class Problem(Exception):
    """The server said no: `code` is for programs, the words are for people."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body.get("detail") or f"The server answered {status}.")
        self.status, self.code = status, str(body.get("code", ""))


class Chat:
    """One visitor. Keep the token to be the same one again."""

    def __init__(self, url: str, token: str = "") -> None:
        self.base = f"{url.rstrip('/')}/chat/v1/"
        self.token = token

    def start(self, key: str, language: str = "en") -> str:
        """Become a visitor; returns the token, which is told once."""
        self.token = self.call("POST", f"widgets/{key}/visitors", {"language": language})["token"]
        return self.token

    def identify(self, jwt: str) -> str:
        """Prove who the visitor is by what your server signed; returns their name."""
        return str(self.call("POST", "identify", {"jwt": jwt})["name"])

    def upload(self, file: Path) -> int:
        """Give a file; returns the number by which a message takes it over."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        request = self._request("POST", "uploads", body, f"multipart/form-data; boundary={boundary}")
        return int(self._json(request)["id"])

    def send(self, text: str, *, thread: str, conversation: int | None = None, files: list[int] | None = None) -> str:
        """Write. The same key is the same message, so what may have been lost is sent again; returns the key."""
        key, pause = str(uuid.uuid4()), 1.0
        letter = {"key": key, "thread": thread, "conversation": conversation, "text": text, "attachments": files or []}
        while True:
            try:
                self.call("POST", "messages", letter)
                return key
            except Problem as problem:
                if problem.status not in BUSY:
                    raise
            except URLError:  # the connection broke: perhaps it arrived, perhaps not
                pass
            time.sleep(pause)
            pause = min(2 * pause, 30)

    def stream(self, last: str = "") -> Iterator[tuple[str, str, Json]]:
        """Hear what happens: (id, event, data), until the connection ends; `last` is where to go on."""
        request = self._request("GET", "stream")
        if last:
            request.add_header("Last-Event-ID", last)
        fields: dict[str, str] = {}
        with self._opened(request, timeout=60) as lines:
            for line in lines:
                name, _colon, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "event" in fields:
                    yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
                    fields = {}

    def listen(self) -> Iterator[tuple[str, Json]]:
        """Hear what happens, for ever: (event, data). A stream that ended goes on where it stopped."""
        last = ""
        while True:
            try:
                for last_id, event, data in self.stream(last):
                    last = last_id or last
                    yield event, data
            except (URLError, TimeoutError, ConnectionError):
                pass
            time.sleep(2)

    def history(self, conversation: int) -> Iterator[Json]:
        """Return every message of a conversation, the oldest first."""
        after, has_more = 0, True
        while has_more:
            page = self.call("GET", f"conversations/{conversation}/messages?after={after}")
            yield from page["items"]
            has_more = page["has_more"]
            after = page["items"][-1]["id"] if page["items"] else after

    def read(self, conversation: int, message: int) -> None:
        """Say that the answers up to one were read."""
        self.call("POST", f"conversations/{conversation}/read", {"message": message})

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Make one call. Raises Problem."""
        data = None if body is None else json.dumps(body).encode()
        return self._json(self._request(method, path, data, "application/json"))

    def _request(self, method: str, path: str, data: bytes | None = None, kind: str = "") -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Content-Type": kind} if data is not None else {}
        return urllib.request.Request(self.base + path, data, headers, method=method)

    def _json(self, request: urllib.request.Request) -> Json:
        with self._opened(request) as answer:
            found: Json = json.loads(answer.read() or b"{}")
        return found

    def _opened(self, request: urllib.request.Request, timeout: float = 30) -> Any:
        try:
            return urllib.request.urlopen(request, timeout=timeout)
        except HTTPError as error:
            text = error.read()
            raise Problem(error.code, json.loads(text) if text.startswith(b"{") else {}) from None


def main(url: str, key: str, text: str, *files: str) -> None:
    """Write, wait for the first answer, and print what was said."""
    chat, thread = Chat(url), str(uuid.uuid4())
    chat.start(key)
    if jwt := os.environ.get("CHAT_JWT"):
        print(f"proven as {chat.identify(jwt)}", flush=True)
    has_written = False
    for event, data in chat.listen():
        if event == "ready" and not has_written:
            chat.send(text, thread=thread, files=[chat.upload(Path(file)) for file in files])
            has_written = True
        if event == "message" and data["author"]["kind"] == "visitor":
            print(f"in conversation {data['conversation']}", flush=True)
        if event == "message" and data["author"]["kind"] == "agent":
            chat.read(data["conversation"], data["id"])
            break
    for message in chat.history(data["conversation"]):
        names = [file["name"] for file in message["attachments"]]
        print(f"{message['author']['name'] or 'you'}: {message['text']}", *names, f"({message['state']})")


if __name__ == "__main__":
    main(*sys.argv[1:])
