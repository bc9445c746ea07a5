"""Serving the app with several processes."""
