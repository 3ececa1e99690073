"""Everything that can happen, as far as the trail is concerned: a closed list, with the exact keys of each.

To add one, add a line: name = "its_name", "the keys of its detail, parted by spaces". Neither a name nor its keys
change once they stand in somebody's trail; a new meaning gets a new name.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class Action(StrEnum):
    """An action and, as `keys`, exactly the keys that its detail has."""

    keys: frozenset[str]

    def __new__(cls, name: str, keys: str = "") -> Self:
        """Make a member of its name and its keys."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.keys = frozenset(keys.split())
        return member

    # the installation
    INSTALLATION_SET_UP = "installation_set_up", "environment cupid demo"
    SETTINGS_CHANGED = "settings_changed", "names"
    PROFILE_CHANGED = "profile_changed", "profile digest test_file_digest approved_by"
    DIRECTORY_LOADED = "directory_loaded", "edition source rows digest"
    DIRECTORY_TOUCHED = "directory_touched", "edition records digest"
    BLOCKS_LOADED = "blocks_loaded", "series rows digest"

    # accounts, people, access
    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_CHANGED = "account_changed", "fields"
    ACCOUNT_VOUCHED = "account_vouched"
    ACCOUNT_SUSPENDED = "account_suspended", "reasons automatic"
    ACCOUNT_RESTORED = "account_restored", "decision"
    REVIEW_OF_SUSPENSION_ASKED = "review_of_suspension_asked"
    USER_ADDED = "user_added", "role account_id"
    LOGGED_IN = "logged_in", "second_factor"
    LOG_IN_FAILED = "log_in_failed", "reason"
    LOGGED_OUT = "logged_out"
    SIGN_UP_ASKED = "sign_up_asked", "link_id"
    EMAIL_CHANGE_ASKED = "email_change_asked", "link_id"
    EMAIL_CHANGED = "email_changed"
    INVITATION_MADE = "invitation_made", "link_id account_role"
    INVITATION_SENT_AGAIN = "invitation_sent_again", "link_id"
    INVITATION_REVOKED = "invitation_revoked", "link_id"
    INVITATION_ACCEPTED = "invitation_accepted", "link_id account_role"
    ROLE_CHANGED = "role_changed", "before after"
    USER_REMOVED = "user_removed"
    PASSWORD_RESET_ASKED = "password_reset_asked", "link_id"
    PASSWORD_CHANGED = "password_changed", "how"
    SECOND_FACTOR_SET_UP = "second_factor_set_up", "recovery_codes"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made", "recovery_codes"
    RECOVERY_CODE_USED = "recovery_code_used", "left"
    SESSIONS_ENDED = "sessions_ended", "sessions why"
    MAILS_SHOWN = "mails_shown", "mails"
    API_KEY_MADE = "api_key_made", "key_id"
    API_KEY_REVOKED = "api_key_revoked", "key_id"
    WEBHOOK_ADDED = "webhook_added", "subscription_id statuses"
    WEBHOOK_CHANGED = "webhook_changed", "subscription_id fields"
    WEBHOOK_SECRET_TURNED = "webhook_secret_turned", "subscription_id"
    WEBHOOK_SWITCHED = "webhook_switched", "subscription_id on why"
    WEBHOOK_TESTED = "webhook_tested", "subscription_id event_id"
    WEBHOOK_REPLAYED = "webhook_replayed", "subscription_id events"
    WEBHOOK_REMOVED = "webhook_removed", "subscription_id"
    ENQUIRY_MADE = "enquiry_made", "topic consent_version"
    ENQUIRY_ANSWERED = "enquiry_answered"
    ENQUIRY_NOTED = "enquiry_noted"
    ENQUIRY_OBJECTED = "enquiry_objected"
    ENQUIRY_CLOSED = "enquiry_closed"
    ENQUIRY_ERASED = "enquiry_erased", "why"
    MESSAGE_WRITTEN = "message_written", "thread_id message_id of_staff case_id"
    MESSAGES_CLOSED = "messages_closed", "thread_id"
    PERSONAL_DATA_READ = "personal_data_read", "purpose records"
    NUMBER_LOOKED_UP = "number_looked_up", "reason call_back"
    LOOK_UP_HANDED_IN = "look_up_handed_in", "journal_id looked_up_at looked_up_by source reason call_back"

    # numbers and locations
    NUMBERS_LOADED = "numbers_loaded", "ranges in_use ported_in digest"
    NUMBER_CEASED = "number_ceased", "effective_date"
    NUMBER_PORTED_OUT = "number_ported_out", "gaining_cupid port_date"
    NUMBER_BARRED = "number_barred"
    NUMBER_UNBARRED = "number_unbarred"
    CHANGE_CANCELLED = "change_cancelled", "kind effective_date"
    PAIR_ENDED = "pair_ended", "direction"
    NUMBERS_PLACED = "numbers_placed", "numbers accepted unchanged for_review digest effective_date findings"
    LOCATION_SUBMITTED = "location_submitted", "fields effective_date findings"
    LOCATIONS_IMPORTED = "locations_imported", "rows accepted unchanged for_review refused digest"
    ADDRESS_CHANGED = "address_changed", "fields numbers"
    REVIEW_APPROVED = "review_approved", "findings made_by"
    REVIEW_RETURNED = "review_returned", "findings"

    # the night
    FILE_EXTRACTED = "file_extracted", "file_name file_sequence kind transactions sha256"
    FILE_DELIVERED = "file_delivered", "file_name sha256"
    FILE_RESENT = "file_resent", "file_name sha256"
    FILE_RELEASED = "file_released", "file_name as_accepted"
    NIGHT_HELD = "night_held", "night reason changes ceases"
    NIGHT_RELEASED = "night_released", "night approvals"
    NIGHTS_HELD = "nights_held"
    NIGHTS_UNHELD = "nights_unheld"
    URGENT_CORRECTION = "urgent_correction", "fields"
    EXPORT_RESUMED = "export_resumed", "file_sequence txn_number names_through records abandoned"
    TRANSACTIONS_ABANDONED = "transactions_abandoned", "transactions digest"
    REPLIES_APPLIED = "replies_applied", "file_name kind sha256 applied repeated unsolicited"
    REPLY_QUARANTINED = "reply_quarantined", "file_name sha256 codes"
    CASE_OPENED = "case_opened", "txn_ref code"
    CASE_ASSIGNED = "case_assigned", "owner_id"
    CASE_FIXED = "case_fixed", "fields txn_ref whole_address"
    CASE_NOTED = "case_noted"
    CASE_REOPENED = "case_reopened"
    CASE_CLOSED = "case_closed", "how"
    ALARM_RAISED = "alarm_raised", "kind subject"
    ALARM_CLEARED = "alarm_cleared", "kind subject"
    RECONCILED = "reconciled", "files digest same differs only_ours only_theirs"
    CORRECTIONS_APPROVED = "corrections_approved", "transactions digest"

    # the trail itself
    VALUES_ERASED = "values_erased", "subject_key through_seq values"
    ORIGINS_EXPIRED = "origins_expired", "through_seq values"
    TRAIL_VERIFIED = "trail_verified", "ok events head"
    TRAIL_EXPORTED = "trail_exported", "from_seq to_seq digest"


class EventRefused(ValueError):
    """An event does not have the form that the list gives it: a mistake in the program."""


# No white space and no @: a name, an address, a postcode or an e-mail address cannot be written so.
TOKEN = re.compile(r"[A-Za-z0-9_.,:/+=\-]{0,200}")
TELEPHONE = re.compile(r"\+?[0-9]{10,14}")


def check_detail(action: Action, detail: Mapping[str, Any]) -> None:
    """Raise EventRefused unless `detail` has exactly the action's keys, and values that name no person.

    Values are whole numbers, truth values, None, and codes: text without spaces that is no telephone number;
    or lists and mappings of these. Everything else belongs into `values`, which can be erased.
    """
    if not isinstance(action, Action):
        raise EventRefused(f"{action!r} is not in the list of actions")
    if detail.keys() != action.keys:
        missing, unknown = sorted(action.keys - detail.keys()), sorted(detail.keys() - action.keys)
        raise EventRefused(f"{action}: keys missing {missing}, keys unknown {unknown}")
    for key, value in detail.items():
        _check_value(f"{action}.{key}", value)


def check_token(place: str, text: str) -> None:
    """Raise EventRefused when `text` could be a name, an address, a number or a postcode; never quotes it."""
    if not TOKEN.fullmatch(text):
        raise EventRefused(f"{place}: only codes of letters, digits and _.,:/+=- go into the chain")
    if TELEPHONE.fullmatch(text):
        raise EventRefused(f"{place}: a telephone number is a personal value")


def _check_value(place: str, value: object) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        check_token(place, value)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_value(place, item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check_token(place, key)
            _check_value(place, item)
    else:
        raise EventRefused(f"{place}: a {type(value).__name__} does not go into the chain")
