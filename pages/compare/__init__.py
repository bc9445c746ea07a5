"""The parts of the Compare page: the lanes, and one file for each view below them."""
