"""Pure functions from the bytes of one fetched page to what it gives: a `Harvest`.

No reader opens a connection, asks for the time or keeps anything between two calls. Every one
takes a `Page` and gives a `Harvest`, or raises `ReadError` when the bytes are not what they
should be; no other exception leaves a reader, whatever the bytes. What a reader cannot use of
an otherwise good page is counted in `Harvest.malformed`.

Who wrote something is never read into an item or a link. Display names that a page shows are
given in `Harvest.names`, so that the pipeline can mask them in the texts of that page.

==================================================  ================================================
page.Page(url, body, fetched_at, status=200,        one answer; `headers` by lower-case name
headers={})
page.ReadError(url, problem, reason, key)           `reason` is a `RejectReason`, `key` one of
                                                    `targets.PROBLEMS`
feed.read_feed(page, follow=True,                   RSS/Atom: links to articles; with
page_pattern=None)                                  `follow=False` the entries themselves
feed.read_comment_feed(page, api)                   WordPress: /comments/feed/, <page>/feed/
sitemap.read_sitemap(page, page_pattern=None)       links: ARTICLE and, from an index, SITEMAP
section.read_section(page, page_pattern=None)       links: ARTICLE, and SECTION for the next page
article.read_article(page)                          one ARTICLE item
wordpress.comments_url(api, after=None)             the REST address to start from
wordpress.read_rest(page, api)                      items, and COMMENTS link to the next page
wordpress.read_html(page, api)                      comments printed in an article's page, and
                                                    COMMENTS links to its further pages of them
isso.thread_url(page, api)                          the address of the comments of a page, or None
isso.read_thread(page, about, api)                  items, and COMMENTS links to further replies;
                                                    `about` is the page they stand beneath
schema_org.read_comments(page)                      comments that an article's page marks up
forum.read_board(page, source)                      links: THREAD, BOARD
forum.read_thread(page, source, thread=None)        items, and THREAD link to the next page;
                                                    `thread`: the first page, where known
discourse.list_url(board)                           the address to start from
discourse.read_list(page, home)                     links: THREAD, BOARD
discourse.read_topic(page, home, number)            items, and THREAD links to the further posts
telegram.read_channel(page, channel)                items, and TIMELINE link to older messages
mastodon.timeline_url(server, tag, since_id=None)   the address to start from
mastodon.read_timeline(page, server, tag)           Timeline(harvest, newest_id)
mastodon.read_answers(page, server, tag, about)     items: the answers to the status `about`
mastodon.instance_url(server), is_closed(page)      whether tag timelines are shown to anyone
bluesky.search_url(service, query)                  the address to start from; `since_url` narrows
                                                    it, `thread_url` is that of a post's answers
bluesky.read_search(page, query)                    Found(harvest, answered)
bluesky.read_thread(page, query)                    items: the answers to a post
export.read_file(path, source, fetched_at)          Iterator[RawItem | BadRow], streaming
==================================================  ================================================
"""
