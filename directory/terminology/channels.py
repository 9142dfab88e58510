"""How a request reaches a clinic; the first three can be chosen in the clinic's rooms."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


class Channel(StrEnum):
    """Codes of `Endpoint.channel`."""

    EMAIL = "EMAIL"
    PORTAL = "PORTAL"
    WEBHOOK = "WEBHOOK"
    FAX = "FAX"
    DIRECT = "DIRECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """`offered`: can be chosen. `mails`: codes and notices go to a mailbox at the endpoint's address."""

    code: str
    label: str
    offered: bool = False
    mails: bool = False


CHANNELS: CodeList[ChannelRow] = CodeList(
    "channels",
    (
        ChannelRow(code=Channel.EMAIL, label=_("By email, with a link to each request"), offered=True, mails=True),
        ChannelRow(
            code=Channel.PORTAL,
            label=_("In these rooms; an email says only that something waits"),
            offered=True,
            mails=True,
        ),
        ChannelRow(
            code=Channel.WEBHOOK,
            label=_("To our own system (webhook); codes still come by email"),
            offered=True,
            mails=True,
        ),
        ChannelRow(code=Channel.FAX, label=_("By fax")),
        ChannelRow(code=Channel.DIRECT, label=_("By Direct secure message")),
    ),
)

MAILED = tuple(row.code for row in CHANNELS if row.mails)
"""Those with a mailbox for codes and notices."""
