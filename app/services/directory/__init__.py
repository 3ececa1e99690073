"""The postcode directory: read from a source, loaded whole, and asked by the rules."""

from app.services.directory.changes import Change, Changed
from app.services.directory.check import check_postcodes
from app.services.directory.compare import Comparison, compare_directories
from app.services.directory.directory_csv import sample_directory
from app.services.directory.load import LoadedDirectory, load_directory, replace_directory
from app.services.directory.lookup import PREFETCH_MOST, DatabaseDirectory, open_directory
from app.services.directory.source import open_source

__all__ = [
    "PREFETCH_MOST",
    "Change",
    "Changed",
    "Comparison",
    "DatabaseDirectory",
    "LoadedDirectory",
    "check_postcodes",
    "compare_directories",
    "load_directory",
    "open_directory",
    "open_source",
    "replace_directory",
    "sample_directory",
]
