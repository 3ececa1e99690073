"""Profiles from where they lie: those that are shipped, by name, and an operator's own, by path."""

from functools import lru_cache
from importlib import resources
from pathlib import Path

from emergency_export.faults import ProfileFault, WrongProfile
from emergency_export.profile_reading import read_profile
from emergency_export.profiles import Profile


def canonical(text: str) -> str:
    """Return a profile's text without what an editor may change unseen: line endings and spaces at their ends."""
    return "\n".join(line.rstrip() for line in text.removeprefix("\ufeff").splitlines()).strip("\n") + "\n"


def parse_profile(text: str) -> Profile:
    """Return the profile that this TOML declares; WrongProfile names every fault at once."""
    return _profile_of(canonical(text))


# Every file and every reply asks for the profile that it was written by, and there are never many.
@lru_cache(maxsize=16)
def _profile_of(text: str) -> Profile:
    return read_profile(text)


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the program."""
    folder = resources.files("emergency_export") / "profiles"
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by its name, or one from a TOML file; WrongProfile where it is none or has faults."""
    if isinstance(name_or_path, str) and name_or_path in shipped_profiles():
        source = resources.files("emergency_export") / "profiles" / f"{name_or_path}.toml"
        return parse_profile(source.read_text("utf-8"))
    try:
        return parse_profile(Path(name_or_path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as wrong:
        message = (
            f"no such profile; shipped are {', '.join(shipped_profiles())}, or give the path of a TOML file in UTF-8"
        )
        raise WrongProfile([ProfileFault(str(name_or_path), message)]) from wrong
