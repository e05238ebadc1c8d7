"""The report as a page: one file of HTML with its plots, that needs nothing else, no network and no script."""
