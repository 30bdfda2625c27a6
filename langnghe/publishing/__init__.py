"""The public page: corrections and answers that were approved, with their evidence.

`entries` takes out of the cases what may be published, as `records`; `site` makes pages of them,
`writing` puts them in place.
"""
