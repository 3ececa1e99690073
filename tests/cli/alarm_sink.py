"""Where letters of alarms go."""

import socket


class Sink:
    """Counts letters; it is the handler of a server of aiosmtpd."""

    def __init__(self) -> None:
        self.letters = 0
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  aiosmtpd's name
        self.letters += 1
        return "250 OK"
