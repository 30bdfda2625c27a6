"""From a flagged post to a published correction or answer: rules as plain functions."""
