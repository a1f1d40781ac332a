"""The dashboard's server: Streamlit behind our door. `vitals dashboard` runs this."""

import warnings

from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboard.door import Door

# Authlib says so of the library that Streamlit has it use; nobody who runs a dashboard can help it.
warnings.filterwarnings("ignore", message="The httpx module is deprecated")
app = App("app.py", middleware=[Middleware(Door)])
