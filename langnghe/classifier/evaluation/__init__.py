"""Quality of the shipped models, measured and held to floors."""
