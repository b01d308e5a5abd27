"""The talk of the built-in receiver: aiosmtpd's, but a mail is read in large pieces instead of line by line."""

import asyncio
import re

from aiosmtpd.smtp import SMTP

LINE_END = b"\r\n"
END = b"\r\n.\r\n"

_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_ADDRESS = re.compile(rf"<({_ATOMS}@[a-z0-9-]+(?:\.[a-z0-9-]+)*)>(?: +([^()]*))?", re.ASCII | re.IGNORECASE)


class MailServer(SMTP):
    """One connection. Lines may be as long as they like: programs write longer ones than the standard has."""

    line_length_limit = 64 * 1024  # how much may wait to be read; commands have limits of their own

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """Read a mail up to the line with a single dot, and hand it in."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None, "there is one from the greeting on"
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._read_mail()
        if content is None:
            status = "552 Error: Too much mail data"
        else:
            self.envelope.content = self.envelope.original_content = content
            status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Return an address and what stands behind it. Nearly every one is plain; the parser of mails takes long."""
        plain = _ADDRESS.fullmatch(arg)
        return (plain[1], plain[2] or "") if plain else super()._getaddr(arg)

    async def _read_mail(self) -> bytes | None:
        """Return what was sent, without the dots that protected lines; None when it was too large."""
        # The line end of the command itself, so that an empty mail ends like any other.
        self._reader._buffer[:0] = LINE_END  # type: ignore[attr-defined]
        largest = self.data_size_limit or 0
        pieces, size, is_whole = [], 0, False
        while not is_whole:
            try:
                piece = await self._reader.readuntil(END)
                is_whole = True
            except asyncio.LimitOverrunError as more:
                piece = await self._reader.read(more.consumed)
            self._reset_timeout()
            size += len(piece)
            if size <= largest + len(END):
                pieces.append(piece)
            else:
                pieces.clear()
        if not pieces:
            return None
        whole = b"".join(pieces)[: -len(END) + len(LINE_END)]
        return whole.replace(b"\r\n.", LINE_END)[len(LINE_END) :]
