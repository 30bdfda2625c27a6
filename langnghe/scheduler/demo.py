"""The sample month: the sample site, served on loopback and read by the real spiders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from langnghe.classifier.opening import open_model
from langnghe.classifier.register import register_at
from langnghe.classifier.work import label_all
from langnghe.core.clock import Clock
from langnghe.core.errors import LangNgheError, NotReadyError
from langnghe.core.home import Home
from langnghe.core.progress import Progress
from langnghe.crawler.logs import LOG_FILE
from langnghe.crawler.process import crawl
from langnghe.dashboard.problems import problem
from langnghe.dashboard.sampleaccounts import add_sample_accounts
from langnghe.scheduler.intake import take_in
from langnghe.scheduler.progress import page_counter
from langnghe.scheduler.samplealerts import add_sample_alerts, add_sample_visits
from langnghe.scheduler.samplecases import WORKED, add_sample_cases
from langnghe.scheduler.service import only_scheduler
from langnghe.scheduler.setup import init_home
from langnghe.scheduler.trends import find_trends
from langnghe.sites.server import SampleSite
from langnghe.store.cases import Cases
from langnghe.store.opening import open_casework, open_stores
from langnghe.store.posts.interface import Filters
from langnghe.store.trendrecords import TrendRecords


@contextmanager
def serving_sample_site(home: Home, clock: Clock) -> Iterator[Home]:
    """Serve the sample site; gives a home of its own below `home`, whose sources lead to it.

    That home is made anew each time: the sample's dates are told from today, so that its newest
    posts are always today's. Nothing of it ever enters the data of `home` itself.
    """
    demo = Home(home.root / "demo")
    if demo.root.exists():
        if not demo.is_sample():
            raise NotReadyError(
                f"{demo.root} không phải thư mục dữ liệu mẫu nên không được xóa. "
                "Hãy đổi tên hoặc chuyển nó đi rồi chạy lại."
            )
        with only_scheduler(demo):
            pass
        shutil.rmtree(demo.root)
    demo.root.mkdir(parents=True, mode=0o700)
    demo.sample_marker.write_text("Dữ liệu mẫu, nội dung hư cấu; xóa được.\n", encoding="utf-8")
    init_home(demo)
    with open_casework(demo) as database:
        add_sample_accounts(database, clock.now() - WORKED)
    with SampleSite(clock.now()) as site:
        site.write_export(demo.root / "import")
        (demo.configs / "sources.yaml").write_text(site.sources(), encoding="utf-8")
        demo.register.write_text(site.register(), encoding="utf-8")
        yield demo


def fill_demo(demo: Home, clock: Clock, progress: Progress) -> dict[str, int]:
    """Crawl the sample site, label what came, fill the queue and work on it; gives the counts."""
    with open_stores(demo, clock) as stores:
        add_sample_visits(demo, stores.database, clock.now())
    report = crawl(demo, demo.sources, clock, progress=page_counter(progress))
    if report.exit_code:
        problems = "; ".join(problem(key).what for row in report.sources for key in row.problems)
        raise LangNgheError(
            f"Không đọc được trang mẫu: {problems}. Xem {demo.logs / LOG_FILE} để biết thêm."
        )
    with open_stores(demo, clock) as stores:
        model = open_model()
        labelled = label_all(
            stores.posts,
            model.classifier,
            batch=demo.settings.label.batch,
            matcher=model.matcher(register_at(demo.register)),
        ).labelled
        with open_casework(demo) as casebase:
            version = model.classifier.version
            add_sample_alerts(demo, stores, casebase, clock.now())
            opened = add_sample_cases(demo, stores.posts, casebase, version)
            opened += take_in(stores.posts, Cases(casebase), model, clock).opened
            find_trends(demo, stores.posts, TrendRecords(casebase), clock)
        posts = sum(stores.posts.counts(Filters(), interval=None).values())
    return {"posts": posts, "labelled": labelled, "items": opened}
