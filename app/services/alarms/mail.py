"""Alarms by e-mail."""

import smtplib
import ssl
from contextlib import suppress
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from app.domain.alarms import Channel
from app.services.alarms.deadline import in_time
from app.services.alarms.messages import Message, NotSent, Word
from app.settings import Settings

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}
SHOUTS = {Word.RAISED: "ALARM", Word.LASTS: "STILL", Word.OVER: "OVER", Word.TEST: "TEST"}


class Mail:
    """The mail server of ELD_ALARM_SMTP; each message is a connection of its own."""

    channel = Channel.MAIL

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, message: Message) -> str:
        """Send to every address; where the server takes some and refuses others, say how many. Raises NotSent."""
        letter = _letter(self._settings, message)
        try:
            refused = in_time(lambda: _post(_server(self._settings.alarm_smtp), letter))
        except smtplib.SMTPAuthenticationError as fault:
            raise NotSent(f"the mail server refuses our log-in ({fault.smtp_code})") from fault
        except smtplib.SMTPRecipientsRefused as fault:
            raise NotSent("the mail server refuses every address", channel_down=False) from fault
        except smtplib.SMTPResponseException as fault:
            raise NotSent(f"the mail server refuses ({fault.smtp_code})", channel_down=False) from fault
        except ssl.SSLError as fault:
            raise NotSent(f"the mail server's TLS fails ({fault.reason or 'no reason'})") from fault
        except TimeoutError as fault:
            raise NotSent("no answer in time") from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotSent(f"the mail server cannot be reached, or breaks off ({type(fault).__name__})") from fault
        except (ValueError, MessageError) as fault:
            raise NotSent("ELD_ALARM_MAIL_TO, ELD_ALARM_MAIL_FROM or ELD_ALARM_SMTP cannot be used") from fault
        return f"{refused} of {len(self._settings.alarm_mail_to)} addresses refused" if refused else ""


def _letter(settings: Settings, message: Message) -> EmailMessage:
    try:
        letter = EmailMessage()
        letter["From"] = settings.alarm_mail_from
        letter["To"] = ", ".join(settings.alarm_mail_to)
    except (ValueError, MessageError, IndexError) as fault:  # what the library raises for what is no address
        raise NotSent("ELD_ALARM_MAIL_TO or ELD_ALARM_MAIL_FROM cannot be used") from fault
    where = f"999 {settings.environment} {settings.cupid}"
    letter["Subject"] = f"[{where}] {SHOUTS[message.word]}: {message.title}"
    letter["Date"] = format_datetime(message.at)
    domain = parseaddr(settings.alarm_mail_from)[1].rpartition("@")[2] or "localhost"
    # The same message has the same id when it is sent again, and all of one alarm lie in one thread.
    letter["Message-ID"] = f"<{message.key}@{domain}>"
    letter["References"] = f"<{message.thread}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n\n".join(message.text.splitlines()) + "\n")
    return letter


def _server(url: str) -> SplitResult:
    place = urlsplit(url)
    if not place.hostname or place.port == 0:
        raise ValueError("no host")
    return place


def _post(place: SplitResult, letter: EmailMessage) -> int:
    """Send, and return how many addresses were refused, where others were not."""
    host, port = str(place.hostname), place.port or PORTS[place.scheme]
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if place.scheme == "smtp":
            _begin_tls(server, log_in=bool(place.username))
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        return len(server.send_message(letter))
    finally:
        # The message is theirs, or not: how the farewell goes changes nothing of that.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _begin_tls(server: smtplib.SMTP, *, log_in: bool) -> None:
    """Use TLS where the server offers it; a password goes to nobody but a server that proves its name."""
    server.ehlo()
    if server.has_extn("starttls"):
        context = ssl.create_default_context()
        if not log_in:
            # Opportunistic (RFC 7435): a mail relay's own certificate is better than none, and there is no secret.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        server.starttls(context=context)
        server.ehlo()
    elif log_in:
        raise NotSent("the mail server offers no TLS: the password is not sent in the clear")
