"""The terms of every channel, as data: no spider is needed to read or to show them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from langnghe.core.models import Channel
from langnghe.core.settings import MAX_RETENTION_DAYS
from langnghe.crawler.terms import (
    AS_CONFIGURED,
    TEXT_IN_ITS_THREAD,
    WHOLE_POST,
    ChannelTerms,
    Rate,
)

_TERMS = (
    ChannelTerms(
        channel=Channel.FEED,
        access="Feeds that a site publishes for machines, and the public articles they name.",
        fields=("title", "text", "time of publication", "public address"),
        may_store=TEXT_IN_ITS_THREAD,
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.NEWS,
        access="Public articles that a site's own sitemap, feed or index pages link to.",
        fields=("title", "text", "time of publication", "public address"),
        may_store=TEXT_IN_ITS_THREAD,
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.COMMENTS,
        access=(
            "Comments that a site shows to anyone beneath its articles: in the page itself, or "
            "through the interface that its own pages load them from."
        ),
        fields=("text", "time of publication", "address of the article", "what it answers"),
        may_store=WHOLE_POST,
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.FORUM,
        access="Boards and threads that anyone can read without an account.",
        fields=(
            "title of the thread",
            "text",
            "time of publication",
            "address of the thread",
            "what it answers",
            "number of reactions",
        ),
        may_store=WHOLE_POST,
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.DISCOURSE,
        access=(
            "The documented public JSON of topics that anyone can read without an account. "
            "A forum whose robots.txt forbids it is not read by it; its printed pages may be "
            "read as a forum where robots.txt allows those."
        ),
        fields=(
            "title of the topic",
            "text",
            "time of publication",
            "address of the topic",
            "what it answers",
            "number of reactions",
        ),
        may_store=WHOLE_POST,
        # Discourse turns away who asks more than 200 times a minute or 50 times in ten seconds
        # (config/discourse_defaults.conf): our pace stays far below.
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.TELEGRAM,
        access=(
            "The preview of a public channel that Telegram shows to anyone in a browser, where "
            "the channel's owner left it on and robots.txt allows it. Groups, private channels "
            "and messages have none and are not read."
        ),
        fields=("text", "time of publication", "address of the channel", "what it answers"),
        may_store=TEXT_IN_ITS_THREAD,
        # Telegram names no rate for these pages: twenty messages a second outrun any channel.
        rate=Rate(least_seconds=1.0),
        # Whether an old message still stands there cannot be seen without reading the whole
        # channel, so a text does not stay for long.
        retention_days=30,
        recheck_days=None,
    ),
    ChannelTerms(
        channel=Channel.MASTODON,
        access=(
            "The documented public interface for tag timelines and the answers to a status, "
            "without an account, within the server's own rate limit. A server that closed it to "
            "the public is not read."
        ),
        fields=("text", "time of publication", "address of the tag page", "what it answers"),
        may_store=TEXT_IN_ITS_THREAD,
        # docs.joinmastodon.org/api/rate-limits: 300 requests in 5 minutes for each address.
        rate=Rate(least_seconds=1.0),
        retention_days=MAX_RETENTION_DAYS,
        # Servers tell each other of deletions at once; us nobody tells.
        recheck_days=30,
    ),
    ChannelTerms(
        channel=Channel.BLUESKY,
        access=(
            "The documented search, asked for with the institution's own account and an app "
            "password. Posts that are shown to account holders only are left out: what is read "
            "is what anyone sees on bsky.app without an account."
        ),
        fields=("text", "time of publication", "address of the search page", "what it answers"),
        may_store=TEXT_IN_ITS_THREAD,
        # docs.bsky.app/docs/advanced-guides/rate-limits: 3000 requests in 5 minutes for each
        # address; the log-in, 300 a day for each account, is what `every_minutes` must leave.
        rate=Rate(least_seconds=0.1),
        retention_days=MAX_RETENTION_DAYS,
        # bsky.social/about/support/developer-guidelines: deletions are to be respected; a search
        # tells of none.
        recheck_days=30,
    ),
    ChannelTerms(
        channel=Channel.FACEBOOK,
        access=(
            "The documented Graph API with the key of a page that the institution manages "
            "(permissions pages_read_engagement and pages_read_user_content): posts and comments "
            "that anyone sees on that page. No message, group or profile is asked for, nor who "
            "wrote anything."
        ),
        fields=(
            "text",
            "time of publication",
            "address of the page or of its own post",
            "what it answers",
            "count of reactions",
        ),
        may_store=WHOLE_POST,
        # developers.facebook.com/docs/graph-api/overview/rate-limiting: for a page's key 4,800
        # requests in 24 hours for each of its engaged users; a village's page may have one.
        rate=Rate(least_seconds=1.0, most_a_day=4_800),
        retention_days=MAX_RETENTION_DAYS,
        # Meta's Platform Terms (3.d) ask to delete what was deleted there, and name no number of
        # days. Threads are read whole each time; for the rest, YouTube's number is as good.
        recheck_days=30,
        obeys_robots=False,
        robots_exempt=(
            "graph.facebook.com/robots.txt keeps search engines out of the whole API; the API "
            "itself is documented, and used with a key that the page's owner gave for it."
        ),
    ),
    ChannelTerms(
        channel=Channel.YOUTUBE,
        access=(
            "The documented YouTube Data API v3, with the institution's own key, within its daily "
            "quota. Read are published comments beneath public videos of the channels and videos "
            "that an administrator named."
        ),
        fields=(
            "text",
            "title of the video",
            "time of publication",
            "address of the video",
            "what it answers",
            "number of likes",
        ),
        may_store=WHOLE_POST,
        rate=Rate(least_seconds=0.2),
        retention_days=MAX_RETENTION_DAYS,
        # YouTube API Services Developer Policies III.E.4.d: what was read without the consent of a
        # user is deleted or refreshed within 30 calendar days.
        recheck_days=30,
        obeys_robots=False,
        robots_exempt=(
            "youtube.googleapis.com is the host of the documented API alone. Its robots.txt keeps "
            "search engines out of answers; who calls it with a key does so under the API's terms."
        ),
    ),
    ChannelTerms(
        channel=Channel.FILE,
        access=(
            "Exports that the institution made itself of public pages or groups where it takes "
            "part, laid into its own folder."
        ),
        fields=(
            "text",
            "title",
            "time of publication",
            "public address",
            "what it answers",
            "number of reactions",
        ),
        may_store=WHOLE_POST,
        rate=AS_CONFIGURED,
        retention_days=MAX_RETENTION_DAYS,
        # A file does not change: what was deleted at its source since is missing in the next one.
        recheck_days=None,
        obeys_robots=False,
    ),
)

TERMS: Mapping[Channel, ChannelTerms] = MappingProxyType({terms.channel: terms for terms in _TERMS})

RECHECK_DAYS: Mapping[Channel, int] = MappingProxyType(
    {terms.channel: terms.recheck_days for terms in _TERMS if terms.recheck_days is not None}
)
"""Channels whose posts go when they were not seen at their source for so many days."""
