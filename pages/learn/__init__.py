"""The parts of the Learn page: its chapters, one file and two texts for each."""
