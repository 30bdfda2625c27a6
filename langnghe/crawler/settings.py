"""The settings that every crawl runs with. Each that differs from Scrapy's default says why."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from langnghe.core.settings import CrawlSettings

PRODUCT = "LangNghe"
"""The product token of the User-Agent: what a robots.txt names to address us (RFC 9309 §2.2.1)."""


def user_agent(crawl: CrawlSettings) -> str:
    """Who is asking, and how to reach us."""
    return f"{PRODUCT}/{version('langnghe')} ({crawl.contact})"


def scrapy_settings(crawl: CrawlSettings) -> dict[str, Any]:
    """Scrapy's settings; what one source has of its own comes on top (`process.py`)."""
    return {
        "USER_AGENT": user_agent(crawl),
        # No way in: both would listen on a port, the first one to run code inside the crawl.
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        # Nothing about sites or people is remembered beside the database.
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "REFERER_ENABLED": False,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        # A proxy would resolve names out of the guard's sight, and log-ins are never used.
        "HTTPPROXY_ENABLED": False,
        "TWISTED_DNS_RESOLVER": "langnghe.crawler.guard.GuardedResolver",
        # Bounds for every answer, as sent and as unpacked.
        "DOWNLOAD_MAXSIZE": crawl.max_response_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # Pace, retries and what an error means are ours: see pace.py, handler.py, answers.py.
        "DOWNLOAD_HANDLERS": {
            "http": "langnghe.crawler.handler.PoliteDownloadHandler",
            "https": "langnghe.crawler.handler.PoliteDownloadHandler",
            "ftp": None,
            "s3": None,
            "file": None,
            "data": None,
        },
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "RETRY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_MAX_TIMES": 5,
        # A page that sends on by markup is read as it is.
        "METAREFRESH_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            "langnghe.crawler.middlewares.FenceMiddleware": 50,
            "langnghe.crawler.robots.RobotsMiddleware": 100,
            "langnghe.crawler.redirects.PlainRedirectMiddleware": 600,
        },
        "ITEM_PIPELINES": {"langnghe.crawler.pipelines.KeepPages": 100},
        # An answer gives one page, and keeping it awaits nothing. Scrapy would start a hundred
        # tasks for each answer.
        "CONCURRENT_ITEMS": 1,
        # It reads the program's own source anew for every source of news.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        # Words of a page or an address never get into the log: see logs.py.
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_LEVEL": "INFO",
        "LOG_FORMATTER": "langnghe.crawler.logs.QuietLogFormatter",
        "LOGSTATS_INTERVAL": 0,
        "STATS_DUMP": False,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xml,application/json;q=0.9,*/*;q=0.5",
            "Accept-Language": "vi,en;q=0.5",
        },
    }
