"""The dashboard's server: Streamlit behind our door. `vitals dashboard` runs this."""

import warnings

import authlib.deprecate
from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboard.door import Door

# Authlib warns of the library that it is used with; who runs a dashboard can do nothing about it.
warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
app = App("app.py", middleware=[Middleware(Door)])
