"""One spider for each kind of channel: which pages it asks for, and which reader reads them.

A new site is an entry in `sources.yaml`, never code. A new kind of channel is a module here
with its `ChannelTerms`, a reader, and a source class in `core.settings`.
"""
