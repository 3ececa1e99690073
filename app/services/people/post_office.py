"""Letters over SMTP (ELD_MAIL_SMTP); a connection for each."""

import smtplib
import ssl
from contextlib import suppress
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from app.services.alarms.deadline import in_time
from app.services.alarms.messages import NotSent
from app.services.people.letters import Letter
from app.settings import Settings

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}
PERMANENT = range(500, 600)


class PostOffice(Protocol):
    """Whatever takes letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; NotSent, which says whether the next letter would meet the same."""


class Refusal(NotSent):
    """The server takes this letter neither now nor later."""


def open_post_office(settings: Settings) -> PostOffice | None:
    """Return the server of the settings, None where there is none."""
    return SmtpPost(settings) if settings.mail_smtp else None


class SmtpPost:
    """A mail server, `smtp://` (with TLS where it offers that, and always before a password) or `smtps://`."""

    def __init__(self, settings: Settings) -> None:
        self._place = urlsplit(settings.mail_smtp)
        self._from = settings.mail_from

    def send(self, letter: Letter) -> None:
        """Hand the letter over; what is said of a failure names no address and quotes no answer, which may name one."""
        try:
            message = self._message(letter)
            in_time(lambda: self._deliver(message))
        except smtplib.SMTPAuthenticationError as fault:
            raise NotSent(f"the mail server refuses our log-in ({fault.smtp_code})") from fault
        except smtplib.SMTPRecipientsRefused as fault:
            code = max(code for code, _ in fault.recipients.values())
            raise _refused(code, "the address") from fault
        except smtplib.SMTPResponseException as fault:
            raise _refused(fault.smtp_code, "the letter") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Refusal("the mail server cannot write to such an address", channel_down=False) from fault
        except ssl.SSLError as fault:
            raise NotSent(f"the mail server's TLS fails ({fault.reason or 'no reason'})") from fault
        except TimeoutError as fault:
            raise NotSent("no answer in time") from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotSent(f"the mail server cannot be reached, or breaks off ({type(fault).__name__})") from fault
        except (ValueError, MessageError, IndexError) as fault:
            raise NotSent("the address, ELD_MAIL_FROM or ELD_MAIL_SMTP cannot be used", channel_down=False) from fault

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.at)
        domain = parseaddr(self._from)[1].rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{letter.key}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        # No line of ours is folded inside a link: a token broken in two is of no use.
        message.set_content(letter.text, cte="quoted-printable")
        return message

    def _deliver(self, message: EmailMessage) -> None:
        server = _connect(self._place)
        try:
            if self._place.scheme == "smtp":
                _begin_tls(server, with_password=bool(self._place.username))
            if self._place.username:
                server.login(unquote(self._place.username), unquote(self._place.password or ""))
            server.send_message(message)
        finally:
            # The letter is theirs, or not: how the farewell goes changes nothing of that.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _connect(place: SplitResult) -> smtplib.SMTP:
    if not place.hostname or place.port == 0:
        raise ValueError("no host")
    where = place.hostname, place.port or PORTS[place.scheme]
    if place.scheme == "smtps":
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)


def _begin_tls(server: smtplib.SMTP, *, with_password: bool) -> None:
    """Use TLS where it is offered (RFC 7435); a password goes only to a server that proves its name."""
    server.ehlo()
    if not server.has_extn("starttls"):
        if with_password:
            raise NotSent("the mail server offers no TLS: the password is not sent in the clear")
        return
    context = ssl.create_default_context()
    if not with_password:
        # A relay's own certificate is better than none.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server.starttls(context=context)
    server.ehlo()


def _refused(code: int, what: str) -> NotSent:
    kind = Refusal if code in PERMANENT else NotSent
    return kind(f"the mail server refuses {what} ({code})", channel_down=False)
