"""What stands before and around Streamlit: log-in, its forms, and the guard of everything else."""
