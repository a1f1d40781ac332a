"""Parts of pages: cards, tables, headlines, the passport, the frame."""
