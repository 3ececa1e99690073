"""Every setting of the product, read once from the environment (prefix `ELD_`) and checked all at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import INCLUDE, Schema, ValidationError
from marshmallow import fields as shape
from marshmallow.validate import OneOf, Range, Regexp

from app.errors import Misconfigured
from app.setting_shapes import Duration, Holders, Networks, Words, Zone

PREFIX = "ELD_"
DEMO_CUPID = "999"
SECRET = re.compile(r"(?<=:)[^:/@]+(?=@)")
AFTER_HOST = re.compile(r"(//[^/?]+)[/?].*")
GEOCODERS = "off, directory, or nominatim:, photon: or pelias: with the address of your own server"


class SettingsSchema(Schema):
    """The shapes; what depends on another setting is worked out in `load_settings`."""

    class Meta:
        unknown = INCLUDE

    database_url = shape.String()
    data_dir = shape.String(load_default="instance")
    cupid = shape.String(validate=Regexp(r"^[0-9]{3}$", error="three digits"))
    cp_name = shape.String(load_default="Numbergroup")
    profile = shape.String(load_default="eff-style-1")
    transport = shape.String(
        validate=Regexp(r"^(folder:.+|sftp://.+)$", error="folder:PATH or sftp://user@host:port/path")
    )
    environment = shape.String(validate=OneOf(["test", "live"]))
    key_dir = shape.String()
    timezone = Zone(load_default=ZoneInfo("Europe/London"))
    export_at = shape.Time(format="%H:%M", load_default=time(2, 0))
    replies_every = Duration(load_default=timedelta(minutes=5))
    fco_overdue = Duration(load_default=timedelta(hours=4))
    final_overdue = Duration(load_default=timedelta(hours=24))
    sftp_host_key = shape.String(load_default="")
    sftp_key = shape.String(load_default="")
    brake_changes = shape.Integer(load_default=100, validate=Range(min=0))
    brake_changes_percent = shape.Float(load_default=5.0, validate=Range(min=0, max=100))
    brake_ceases = shape.Integer(load_default=10, validate=Range(min=0))
    brake_ceases_percent = shape.Float(load_default=1.0, validate=Range(min=0, max=100))
    alarm_mail_to = Words(Regexp(r"^[^@\s,]+@[^@\s,]+$", error="addresses with commas between"), load_default=())
    alarm_mail_from = shape.String(load_default="eld@localhost")
    alarm_smtp = shape.String(
        load_default="",
        validate=Regexp(r"^(|smtps?://[^\s/]+)$", error="smtp://host:port, or smtps:// for TLS; user:password@ before"),
    )
    alarm_webhook = shape.String(load_default="", validate=Regexp(r"^(|https?://[^\s#]+)$", error="http(s)://..."))
    mail_smtp = shape.String(
        load_default="",
        validate=Regexp(r"^(|smtps?://[^\s/]+)$", error="smtp://host:port, or smtps:// for TLS; user:password@ before"),
    )
    mail_from = shape.String(load_default="eld@localhost")
    public_url = shape.String(
        load_default="http://127.0.0.1:8999",
        validate=Regexp(r"^https?://[^\s/?#@]+$", error="https://host: the address of the site, without a path"),
    )
    second_factor = shape.String(validate=OneOf(["staff", "off"]))
    session_idle = Duration(load_default=timedelta(hours=1))
    session_limit = Duration(load_default=timedelta(hours=12))
    access_retention = Duration(load_default=timedelta(days=90))
    enquiry_retention = Duration(load_default=timedelta(days=180))
    limits_storage = shape.String(
        load_default="memory://",
        validate=Regexp(
            r"^(memory://|(redis|rediss|redis\+sentinel|memcached)://[^\s]+)$",
            error="memory://, or where all nodes count together: redis://host:port, memcached://host:port",
        ),
    )
    upload_limit = shape.Integer(load_default=2**30, validate=Range(min=1))
    child_cupids = Words(Regexp(r"^[0-9]{3}$", error="three digits each"), load_default=())
    range_holders = Holders(load_default=())
    post_towns = shape.String(load_default="")
    accommodation = shape.String(load_default="")
    distance_km = shape.Float(load_default=2.0, validate=Range(min=0.1, max=100))
    area_distance_km = shape.Float(load_default=80.0, validate=Range(min=1, max=1000))
    numbers_per_address = shape.Integer(load_default=500, validate=Range(min=1))
    geocoder = shape.String(
        load_default="directory",
        validate=Regexp(r"^(off|directory|(nominatim|photon|pelias):https?://[^\s?#]+)$", error=GEOCODERS),
    )
    geocoder_inside = Words(Regexp(r"^[A-Za-z0-9._:-]+$", error="names of hosts"), load_default=())
    geocoder_timeout = Duration(load_default=timedelta(seconds=2))
    geocoder_budget = Duration(load_default=timedelta(seconds=10))
    review_due = shape.Integer(load_default=1, validate=Range(min=1, max=30))
    port_overdue = shape.Integer(load_default=10, validate=Range(min=1, max=365))
    lookup_database_url = shape.String(load_default="")
    lookup_copy = shape.String(load_default="")
    metrics_from = Networks(load_default=())
    trusted_proxies = shape.Integer(load_default=0, validate=Range(min=0, max=9))
    demo = shape.Boolean(load_default=False)


@dataclass(frozen=True)
class Settings:
    """The settings as the program uses them; `sources` says for each where its value came from."""

    data_dir: Path
    database_url: str
    cupid: str
    cp_name: str
    profile: str
    transport: str
    environment: str
    key_dir: Path
    timezone: ZoneInfo
    export_at: time
    replies_every: timedelta
    fco_overdue: timedelta
    final_overdue: timedelta
    sftp_host_key: str
    sftp_key: str
    brake_changes: int
    brake_changes_percent: float
    brake_ceases: int
    brake_ceases_percent: float
    alarm_mail_to: tuple[str, ...]
    alarm_mail_from: str
    alarm_smtp: str
    alarm_webhook: str
    mail_smtp: str
    mail_from: str
    public_url: str
    second_factor: str
    session_idle: timedelta
    session_limit: timedelta
    access_retention: timedelta
    enquiry_retention: timedelta
    limits_storage: str
    upload_limit: int
    child_cupids: tuple[str, ...]
    range_holders: tuple[tuple[str, str], ...]
    post_towns: str
    accommodation: str
    distance_km: float
    area_distance_km: float
    numbers_per_address: int
    geocoder: str
    geocoder_inside: tuple[str, ...]
    geocoder_timeout: timedelta
    geocoder_budget: timedelta
    review_due: int
    port_overdue: int
    lookup_database_url: str
    lookup_copy: str
    metrics_from: tuple[str, ...]
    trusted_proxies: int
    demo: bool
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def listing(self) -> list[tuple[str, str, str]]:
        """Return (variable, value, source) of every setting; a password inside a URL is never shown."""
        return [
            (
                PREFIX + item.name.upper(),
                _shown(item.name, getattr(self, item.name)),
                self.sources[item.name],
            )
            for item in fields(self)
            if item.name != "sources"
        ]


def _shown(name: str, value: object) -> str:
    """Write a value without its secret: a password, and of a webhook all that may be its token."""
    written = SECRET.sub("***", _written(value))
    return AFTER_HOST.sub(r"\1/***", written) if name == "alarm_webhook" else written


def _written(value: object) -> str:
    """Write a value as the environment may give it."""
    if isinstance(value, tuple):
        pairs = [item for item in value if isinstance(item, tuple)]
        return "; ".join("=".join(pair) for pair in pairs) or ", ".join(value)
    return str(value)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ`; Misconfigured names every fault at once."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    faults = [
        f"{PREFIX}{name.upper()}: there is no such setting" for name in given if name not in SettingsSchema().fields
    ]
    try:
        values = SettingsSchema().load(given)
    except ValidationError as error:
        wrong = error.messages_dict
        faults += [f"{PREFIX}{name.upper()}: {'; '.join(messages)}" for name, messages in wrong.items()]
        raise Misconfigured("; ".join(faults)) from error
    values = {name: value for name, value in values.items() if name in SettingsSchema().fields}
    sources = {name: "environment" if name in given else "default" for name in SettingsSchema().fields}
    _fill(values)
    faults += _contradictions(values)
    if faults:
        raise Misconfigured("; ".join(faults))
    return Settings(**values, sources=sources)


def _fill(values: dict[str, Any]) -> None:
    """Put in the defaults that follow from other settings."""
    data_dir = Path(values["data_dir"]).expanduser().absolute()
    values["data_dir"] = data_dir
    values.setdefault("database_url", f"sqlite:///{data_dir / 'eld.db'}")
    values.setdefault("transport", f"folder:{data_dir}")
    values["key_dir"] = Path(values.get("key_dir", data_dir / "keys")).expanduser().absolute()
    values.setdefault("second_factor", "off" if values["demo"] else "staff")
    if values["demo"]:
        values.setdefault("cupid", DEMO_CUPID)
        values.setdefault("environment", "test")


def _contradictions(values: dict[str, Any]) -> list[str]:
    """Return what must not stand together (interfaces.md, Configuration)."""
    faults = [
        f"{PREFIX}{name.upper()}: required outside demo mode" for name in ("cupid", "environment") if name not in values
    ]
    if values["demo"] and not faults:
        if values["cupid"] != DEMO_CUPID:
            faults.append(f"ELD_CUPID: demo mode is CUPID {DEMO_CUPID}")
        if values["environment"] != "test":
            faults.append("ELD_ENVIRONMENT: demo mode is environment test")
        if not values["transport"].startswith("folder:"):
            faults.append("ELD_TRANSPORT: demo mode delivers to a folder")
    if values["transport"].startswith("sftp:"):
        faults += [
            f"{PREFIX}{name.upper()}: required where ELD_TRANSPORT is sftp://"
            for name in ("sftp_host_key", "sftp_key")
            if not values[name]
        ]
    if bool(values["alarm_mail_to"]) != bool(values["alarm_smtp"]):
        faults.append("ELD_ALARM_MAIL_TO, ELD_ALARM_SMTP: alarms by e-mail need both")
    faults += _at_the_door(values)
    if values.get("environment") == "live" and values["key_dir"].is_relative_to(values["data_dir"]):
        faults.append("ELD_KEY_DIR: in live it must be set, and lie outside ELD_DATA_DIR and what is backed up")
    return faults


def _at_the_door(values: dict[str, Any]) -> list[str]:
    """Return what must not stand together where people log in."""
    faults = []
    if values["second_factor"] == "off" and not values["demo"]:
        faults.append("ELD_SECOND_FACTOR: staff have one; off is for demo mode alone")
    if values["session_idle"] > values["session_limit"]:
        faults.append("ELD_SESSION_IDLE: longer than ELD_SESSION_LIMIT")
    if values.get("environment") == "live" and values["mail_smtp"] and values["public_url"].startswith("http:"):
        faults.append("ELD_PUBLIC_URL: in live the links in mails are https://")
    return faults
