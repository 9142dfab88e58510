"""Which channels the settings ask for: the mail server they name, or the folder; and the one to partners' servers."""

from pathlib import Path

from directory.delivery.channels import Channel
from directory.delivery.channels.folder import FolderChannel
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.channels.webhook import WebhookChannel
from directory.delivery.letters import Sender
from directory.settings import Settings, SettingsError


def open_channels(settings: Settings) -> list[Channel]:
    """One channel for each lane. Raises SettingsError for a mail server that makes no sense."""
    return [open_channel(settings), WebhookChannel(loopback=settings.webhooks_to_loopback)]


def open_channel(settings: Settings) -> Channel:
    """The channel for all mail. Raises SettingsError for a mail server that makes no sense."""
    sender = Sender(settings.site_name, settings.mail_from, settings.bounce_mailbox, settings.secret)
    if not settings.smtp_url:
        return FolderChannel(folder(settings), sender)
    try:
        return SmtpChannel(settings.smtp_url, sender)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def folder(settings: Settings) -> Path:
    """Where mail goes when there is no mail server."""
    return settings.data_dir / "mail"
