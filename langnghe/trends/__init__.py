"""What public opinion does over time: series, coverage, spikes, opinion streams, forecasts."""
