"""The Draw page: what the network makes of a digit, how it works, files to take home."""
