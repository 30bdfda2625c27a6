"""What the fork server of `tests.commands` has loaded before the first command."""

import gc

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

import langnghe.briefing.produce
import langnghe.cli
import langnghe.crawler.middlewares
import langnghe.crawler.pipelines
import langnghe.crawler.process
import langnghe.scheduler.demo
import langnghe.store.migrations.upgrade
import langnghe.trends.alerts  # noqa: F401

for component in (
    *default_settings.EXTENSIONS_BASE,
    *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    *default_settings.SPIDER_MIDDLEWARES_BASE,
):
    load_object(component)
# What is here now is nobody's garbage: a child that looks for some copies no page of it.
gc.freeze()
