"""A line to a server that can be cut: bytes pass both ways until the test says otherwise."""

import socket
import threading
from contextlib import suppress

PIECE = 65536
# The statement alone, as the protocol has it: "ON COMMIT DROP" is another.
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CutLine:
    """Listens on a port of its own and passes everything on.

    `cut()` ends every connection. `cut_at(words)` waits for a client to say `words` (bytes), and ends all of them at
    once: before the server hears it, or, with `heard`, when the server has answered and before the client hears that.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._at, self._heard, self._waiting = b"", False, False
        self.cuts = 0
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def cut_at(self, words: bytes, *, heard: bool) -> None:
        self._at, self._heard = words, heard

    def cut(self) -> None:
        self.cuts += 1
        self._at, self._waiting = b"", False
        for end in list(self._open):
            self._end(end)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._accepting.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {client, server}
            for source, target, said in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(source, target, said), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, said: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self._waiting and not said:
                    self.cut()  # this is the server's answer
                    return
                if said and self._at and self._at in piece:
                    if not self._heard:
                        self.cut()
                        return
                    self._waiting = True
                target.sendall(piece)
        for end in (source, target):
            self._end(end)

    def _end(self, end: socket.socket) -> None:
        self._open.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)  # closed alone it would live on while another thread reads from it
        end.close()
