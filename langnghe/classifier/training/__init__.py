"""Training of the shipped models. Needs data sets that are not part of the product."""
