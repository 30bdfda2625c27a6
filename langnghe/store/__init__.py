"""Where posts and the state of the crawl are kept."""
