"""The checks, in the order in which they are played."""

from . import console, pages, flow, signing, injection, widget, mails  # noqa: F401
