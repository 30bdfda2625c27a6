"""The pages, in Vietnamese, served by Streamlit."""
