"""Forums without schema.org markup, read by the CSS selectors of their `selectors:` profile."""

from __future__ import annotations

from cssselect import SelectorError
from lxml.html import HtmlElement
from parsel import Selector

from langnghe.core.settings import ForumSelectors
from langnghe.crawler.readers.html import line, select, to_text
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.schema_org import QUOTES, Marked, Markup, comment_key, last_number


class Profile:
    """A selector profile, applied to one page.

    Raises:
        ReadError: when used, by a selector that is not CSS; it names the selector.
    """

    def __init__(self, selectors: ForumSelectors, page: Page, tree: HtmlElement) -> None:
        self.selectors, self.page, self.tree = selectors, page, tree

    def thread_links(self) -> list[str]:
        """The addresses of threads on a board page, as written."""
        links = self._find(self.tree, self.selectors.thread_link)
        return [link.get("href", "") for link in links]

    def next_page(self) -> str | None:
        """The address of the following page, as written."""
        if self.selectors.next_page is None:
            return None
        found = self._find(self.tree, self.selectors.next_page)
        return next((link.get("href") for link in found if link.get("href")), None)

    def markup(self, is_first_page: bool) -> Markup:
        """The posts of a thread page. The first one of the first page opens the thread."""
        title = next((line(to_text(e)) for e in self._find(self.tree, self.selectors.title)), "")
        markup = Markup()
        for position, post in enumerate(self._find(self.tree, self.selectors.post)):
            bodies = self._find(post, self.selectors.text)
            markup.postings.append(
                Marked(
                    opening=is_first_page and position == 0,
                    text=to_text(bodies[0], self._quotes(bodies[0])) if bodies else "",
                    key=self._key(post),
                    title=title,
                    time=self._time(post),
                )
            )
        return markup

    def _quotes(self, body: HtmlElement) -> list[HtmlElement]:
        if self.selectors.quoted is None:
            return select(body, QUOTES)
        return self._find(body, self.selectors.quoted)

    def _time(self, post: HtmlElement) -> str:
        if self.selectors.time is None:
            return ""
        for element in self._find(post, self.selectors.time):
            for raw in (element.get("datetime"), to_text(element), element.get("title")):
                if raw:
                    return raw
        return ""

    def _key(self, post: HtmlElement) -> str:
        if self.selectors.native_id is None:
            return comment_key("", post.get("id", "") or post.get("data-id", ""))
        values = [found.get() for found in self._css(post, self.selectors.native_id)]
        # Only the number: an attribute may hold more, such as who wrote the post.
        return last_number(values[0]) if values else ""

    def _find(self, root: HtmlElement, css: str) -> list[HtmlElement]:
        found = (selector.root for selector in self._css(root, css))
        return [element for element in found if isinstance(element, HtmlElement)]

    def _css(self, root: HtmlElement, css: str) -> list[Selector]:
        try:
            return Selector(root=root, type="html").css(css)
        except (SelectorError, ValueError) as error:
            raise ReadError(self.page.url, f"{css!r} is no CSS selector ({error})") from None
