"""Plotly figures, one file per kind of chart."""
